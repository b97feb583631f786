import Core
import Mind
import Proof
import Store

/// The mind at the end of a store's log, made again as the agent would at its start.
struct MindAtRest {
    let writer: StoreWriter
    let settings: Mind.Settings
    /// Every rule set of the store that can be read.
    let rulesets: [String: RuleSet]
    /// Of every rule set of which they can be read.
    let routes: [Route]

    /// - Throws: where only an agent can know its mind: it has never run since it keeps its root.
    init(_ writer: StoreWriter) throws(Ending) {
        self.writer = writer
        var rulesets: [String: RuleSet] = [:]
        do throws(ReadError) {
            let digests = try writer.rulesetDigests()
            for digest in digests {
                guard let stored = try writer.ruleset(digest: digest) else { continue }
                rulesets[digest] = try? stored.rules()
            }
            guard let root = try writer.root() ?? (rulesets.isEmpty ? "" : nil) else {
                throw ReadError.corrupt("root")
            }
            routes = try KnownRoutes().routes(of: digests) {
                (digest) throws(ReadError) -> [RuleFile]? in
                try writer.ruleset(digest: digest)?.ruleFiles
            }
            settings = Mind.Settings(root: root, logID: writer.logID)
            self.rulesets = rulesets
        } catch {
            throw .failure(
                Exit.data,
                "the store does not say which topics are its agent's: start the agent, "
                    + "and forget while it runs")
        }
    }

    /// - Throws: where the log cannot be folded; the agent tells what is wrong.
    func recover() throws(Ending) -> Mind {
        do throws(ReadError) {
            var mind = try restore()
            if mind.sequence == 0 { try begin(&mind) }
            var failure: ReadError?
            try writer.forEachEvent(after: mind.sequence) { event in
                guard failure == nil else { return }
                do throws(ReadError) {
                    _ = try mind.fold(event) { (digest) throws(ReadError) in
                        if let ruleset = rulesets[digest] { return ruleset }
                        throw .corrupt("the rule set \(digest) is missing")
                    }
                } catch { failure = error }
            }
            if let failure { throw failure }
            return mind
        } catch {
            throw .failure(Exit.data, "what the agent knows cannot be read: \(error)")
        }
    }

    /// Where the log's beginning is gone, souls are as the store has them (decision 0018).
    private func begin(_ mind: inout Mind) throws(ReadError) {
        guard let last = writer.lastEvent else { return }
        let first = try writer.firstSequence() ?? last.sequence + 1
        guard first > 1 else { return }
        let latest = try writer.latestRuleset().flatMap { rulesets[$0.digest] }
        mind.begin(
            after: first - 1, under: latest, believing: try writer.souls(), asOf: last.sequence,
            at: last.at)
    }

    private func restore() throws(ReadError) -> Mind {
        var index = 0
        while let checkpoint = try writer.storedCheckpoint(fromNewest: index) {
            index += 1
            guard let digest = try? Mind.rulesetDigest(ofCheckpoint: checkpoint.bytes),
                let mind = try? Mind(
                    settings: settings, checkpoint: checkpoint.bytes, ruleset: rulesets[digest])
            else { continue }
            return mind
        }
        return Mind(settings: settings)
    }
}
