import Core
import Mind

extension Agent {
    /// The rules in force, with what they had to say so far, and those in shadow.
    public func rulesReport() -> RulesReport {
        RulesReport(
            ruleset: mind.ruleset, counts: mind.ruleCounts,
            countedSince: mind.countedSince ?? vitals.startedAt, heldBy: hold?.how,
            fault: vitals.rulesFault,
            shadows: shadow.running.map { running in
                RulesReport.Shadow(
                    source: running.source, digest: running.ruleset.digest,
                    rules: running.ruleset.rules.count, differences: running.differences,
                    bytes: running.mind.knownBytes)
            },
            shadowFault: shadow.fault)
    }
}
