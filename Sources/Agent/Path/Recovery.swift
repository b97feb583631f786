import Core
import Mind
import Store

/// Makes the mind again from the store: the newest usable checkpoint, and the events after it.
enum Recovery {
    /// The mind at the end of the log.
    static func start(
        _ store: StoreWriter, _ rules: any RuleSource, root: String
    ) throws(StartError) -> Mind {
        let settings = Mind.Settings(root: root, logID: store.logID)
        do throws(ReadError) {
            var mind = try restore(store, rules, settings)
            try fold(store, rules, into: &mind)
            mind.beginCounts()
            return mind
        } catch {
            throw .store("the log cannot be read: \(error)")
        }
    }

    /// The store tells people of the souls that the mind has, also where that was not made from a
    /// checkpoint of them.
    static func align(_ store: StoreWriter, with mind: Mind) throws(StartError) {
        var souls: [(entity: String, soul: Soul)] = []
        mind.forEachSoul { souls.append(($0, $1)) }
        do throws(CommitError) {
            try store.align(souls)
        } catch { throw .store("souls cannot be written: \(error)") }
    }

    static func again(
        _ store: StoreWriter, _ rules: any RuleSource, like mind: Mind
    ) throws(StartError) -> Mind {
        var again = try start(store, rules, root: mind.settings.root)
        again.keepCounts(of: mind)
        return again
    }

    /// The newest checkpoint that can be used; a new mind where there is none.
    private static func restore(
        _ store: StoreWriter, _ rules: any RuleSource, _ settings: Mind.Settings
    ) throws(ReadError) -> Mind {
        var index = 0
        while let checkpoint = try store.storedCheckpoint(fromNewest: index) {
            index += 1
            guard let digest = try? Mind.rulesetDigest(ofCheckpoint: checkpoint.bytes) else {
                continue
            }
            let ruleset = try ruleset(digest, store, rules)
            if let mind = try? Mind(
                settings: settings, checkpoint: checkpoint.bytes, ruleset: ruleset)
            {
                return mind
            }
        }
        return Mind(settings: settings)
    }

    private static func fold(
        _ store: StoreWriter, _ rules: any RuleSource, into mind: inout Mind
    ) throws(ReadError) {
        var folded = mind
        var failure: ReadError?
        if folded.sequence == 0 { try begin(&folded, store, rules) }
        try store.forEachEvent(after: folded.sequence) { event in
            guard failure == nil else { return }
            do throws(ReadError) {
                _ = try folded.fold(event) { (digest) throws(ReadError) in
                    if let ruleset = try ruleset(digest, store, rules) { return ruleset }
                    throw .corrupt("the rule set \(digest) of event \(event.sequence) is missing")
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        mind = folded
    }

    /// Retention may have deleted the beginning of a log whose checkpoints are of no use, as those
    /// of another version: what is left is folded, and souls are as the store has them
    /// (decision 0018).
    private static func begin(
        _ mind: inout Mind, _ store: StoreWriter, _ rules: any RuleSource
    ) throws(ReadError) {
        guard let last = store.lastEvent else { return }
        let first = try store.firstSequence() ?? last.sequence + 1
        guard first > 1 else { return }
        var latest: RuleSet?
        if let stored = try store.latestRuleset() {
            latest = try ruleset(stored.digest, store, rules)
        }
        mind.begin(
            after: first - 1, under: latest, believing: try store.souls(), asOf: last.sequence,
            at: last.at)
    }

    /// A rule set as it was activated; an older one that this version reads no more is nil.
    static func ruleset(
        _ digest: String, _ store: StoreWriter, _ rules: any RuleSource
    ) throws(ReadError) -> RuleSet? {
        guard let stored = try store.ruleset(digest: digest) else { return nil }
        let files = stored.files.map { RuleFile(name: $0.name, text: $0.text) }
        return try? rules.load(files)
    }
}
