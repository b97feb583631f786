import Core
import Mind
import Store

/// What a store tells of whether anything runs in shadow, beside on what it differs: no difference
/// means that both agree only where something ran.
public struct KnownShadows: Sendable {
    /// Rules in mode shadow of the set in force; nil where this build does not understand it.
    public var rules: Int? = 0
    /// Since when that set is in force; nil in a store without one.
    public var since: Timestamp?
    /// Events of the log since then, where the store tells.
    public var events: Int64?
    /// `rules.shadow`, as the newest start had it.
    public var directory: String?
    /// Whether the store tells what is configured.
    public var isConfigurationKnown = false

    /// Nothing is known.
    public init() {}

    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public init(_ reader: StoreReader) throws(ReadError) {
        if let stored = try reader.latestRuleset() {
            let rules = try? stored.rules().rules
            self.rules = rules.map { all in all.filter { $0.mode == .shadow }.count }
            since = stored.activatedAt
            let newest = try reader.activations(limit: 1).first?.activation
            let last = try reader.status().lastEvent?.sequence
            if let newest, newest.digest == stored.digest, let first = newest.eventSequence {
                events = last.map { $0 - first }
            }
        }
        if let record = try reader.latestConfiguration() {
            let body = try? JSONScanner.scan(Array(record.utf8))
            isConfigurationKnown = body != nil
            directory = body?["rules"]?["shadow"]?.string
        }
    }

    /// Whether anything can have run.
    public var isAny: Bool { rules != 0 || directory != nil }

    /// For a program: what is not known is left out.
    func write(to json: inout JSONWriter) {
        if let rules { json.member("rules", rules) }
        if let since { json.member("since", since) }
        if let events { json.member("events", events) }
        if isConfigurationKnown {
            json.member("directory", directory.map { .string($0) } ?? .null)
        }
    }
}
