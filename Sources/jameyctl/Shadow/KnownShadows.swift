import Core
import Mind
import Proof
import Store

/// What a store tells of whether anything runs in shadow, beside on what it differs: no difference
/// means that both agree only where something ran.
struct KnownShadows {
    /// Rules in mode shadow of the set in force; nil where this build does not understand it.
    private(set) var rules: Int? = 0
    /// Since when that set is in force; nil in a store without one.
    private(set) var since: Timestamp?
    /// Events of the log since then, where the store tells.
    private(set) var events: Int64?
    /// `rules.shadow`, as the newest start had it.
    private(set) var directory: String?
    /// Whether the store tells what is configured.
    private(set) var isConfigurationKnown = false

    init() {}

    init(_ reader: StoreReader) throws(ReadError) {
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
    var isAny: Bool { rules != 0 || directory != nil }

    /// For a person.
    var lines: [String] {
        let inForce =
            switch rules {
            case nil: "this jameyctl does not understand the rules in force"
            case 0?: "no rule in force is in mode shadow"
            case let count?:
                counted(count, "rule") + " in mode shadow"
                    + (since.map { " since \(Self.text($0))" } ?? "")
                    + (events.map { ", over " + counted(Int($0), "event") } ?? "")
            }
        guard isConfigurationKnown else {
            return [inForce, "whether rules.shadow is configured is not in the store"]
        }
        guard let directory else { return [inForce, "rules.shadow is not configured"] }
        return [
            inForce, "rules.shadow is \(directory.printable)",
            "whether it has rules is in the agent's health, not in the store",
        ]
    }

    /// `2026-03-01 12:00:00`
    static func text(_ time: Timestamp) -> String {
        time.rfc3339().prefix(19).split(separator: "T").joined(separator: " ")
    }

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
