import Core

/// How often a rule had something to say: no part of the judgement, and of no checkpoint.
public struct RuleCounts: Equatable, Sendable {
    /// Alerts that it raised, and those that ended, those of forgotten entities among them.
    public var raised = 0
    public var resolved = 0
    /// Verdicts in which it applied, by what they came to.
    public var approved = 0
    public var denied = 0
    /// How often it was evaluated and had no value. Of an alert rule it can be more often: what
    /// fails as it has before is counted for all rules together.
    public var failed = 0

    public init() {}
}

extension Mind {
    /// Counts from now on: what was folded from the log was counted in its time.
    public mutating func beginCounts() {
        ruleCounts = Array(repeating: RuleCounts(), count: ruleset?.rules.count ?? 0)
        countedSince = nil
    }

    /// Goes on where a mind under the same rules was, which this one takes the place of.
    public mutating func keepCounts(of other: Mind) {
        guard ruleset?.digest == other.ruleset?.digest else { return }
        ruleCounts = other.ruleCounts
        countedSince = other.countedSince
    }

    /// Counts what rules had to say about a proposal. Contributions and failures stand in the
    /// order of the rules that were asked.
    mutating func count(_ verdict: Verdict, asking rules: [Int]) {
        guard let ruleset else { return }
        var (contributions, failures) = (verdict.contributions[...], verdict.failures[...])
        for index in rules where !contributions.isEmpty || !failures.isEmpty {
            let name = ruleset.rules[index].name
            if contributions.first?.rule == name {
                contributions.removeFirst()
                if verdict.isApproved {
                    ruleCounts[index].approved += 1
                } else {
                    ruleCounts[index].denied += 1
                }
            }
            // One whose message fails is among both.
            if failures.first?.rule == name {
                failures.removeFirst()
                ruleCounts[index].failed += 1
            }
        }
    }
}
