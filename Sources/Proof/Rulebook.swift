import Mind
import Store
import Synchronization

/// The rule sets of a store as they took effect, each read once.
final class Rulebook: Sendable {
    private let reader: StoreReader
    private let known = Mutex<[String: RuleSet]>([:])

    init(_ reader: StoreReader) { self.reader = reader }

    /// - Throws: `.store`, `.rulesetMissing`, `.rulesetNotUnderstood`.
    func ruleset(_ digest: String) throws(HistoryError) -> RuleSet {
        if let ruleset = known.withLock({ $0[digest] }) { return ruleset }
        let stored: StoredRuleset?
        do throws(ReadError) { stored = try reader.ruleset(digest: digest) } catch {
            throw .store(error)
        }
        guard let stored else { throw .rulesetMissing(digest) }
        let ruleset: RuleSet
        do throws(RuleSetErrors) { ruleset = try stored.rules() } catch {
            throw .rulesetNotUnderstood(digest, reason: "\(error)")
        }
        guard ruleset.digest == digest else {
            throw .rulesetNotUnderstood(digest, reason: "its files come to \(ruleset.digest)")
        }
        known.withLock { $0[digest] = ruleset }
        return ruleset
    }
}

extension KnownRoutes {
    /// The routes of all rule sets of a store, as far as they can still be read.
    public func all(in reader: StoreReader) throws(ReadError) -> [Route] {
        try routes(of: try reader.rulesetDigests()) { (digest) throws(ReadError) -> [RuleFile]? in
            try reader.ruleset(digest: digest)?.ruleFiles
        }
    }
}

extension StoredRuleset {
    /// - Throws: where this build does not understand them any more.
    public func rules() throws(RuleSetErrors) -> RuleSet { try RuleSetLoader.load(ruleFiles) }

    /// Its files, for a loader.
    public var ruleFiles: [RuleFile] { files.map { RuleFile(name: $0.name, text: $0.text) } }
}
