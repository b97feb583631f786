import Core
import Mind

/// The rule sets in shadow, and how much of what they come to is told (decision 0023).
struct ShadowDesk {
    /// One set in shadow, with a mind of its own.
    struct Running {
        let source: ShadowDifference.Source
        let ruleset: RuleSet
        var mind: Mind
        var differences = 0

        var isTooLarge: Bool { mind.knownBytes > Limits.shadowBytesMax }
    }

    /// Empty where nothing is in shadow, which then costs nothing.
    var running: [Running] = []
    /// The directory's set, the last good one; nil where it has no files.
    var directory: RuleSet?
    /// The set in force that the shadows were begun beside.
    var active: String?
    /// Why the files of the directory are not in shadow, or a shadow has ended.
    var fault: String?
    /// Differences to be published once the batch is committed; memories of the rules in force have
    /// a list of their own, which these never fill.
    var updates: [Publication] = []
    private var budget = Budget()

    /// Of each kind, how many were told in this second, and how many were not since then.
    private struct Budget {
        var second: MonotonicTime?
        var told: [Int] = Array(repeating: 0, count: ShadowDifference.Kind.allCases.count + 1)
        var omitted: [Int] = Array(repeating: 0, count: ShadowDifference.Kind.allCases.count + 1)
    }

    /// - Returns: how many were omitted before it; nil where this one is to be omitted, too.
    mutating func take(_ kind: ShadowDifference.Kind, at now: MonotonicTime) -> Int? {
        if budget.second.map({ now - $0 >= .seconds(1) }) ?? true {
            budget.second = now
            for index in budget.told.indices { budget.told[index] = 0 }
        }
        guard budget.told[kind.rawValue] < Limits.shadowDifferencesPerSecond else {
            budget.omitted[kind.rawValue] += 1
            return nil
        }
        budget.told[kind.rawValue] += 1
        defer { budget.omitted[kind.rawValue] = 0 }
        return budget.omitted[kind.rawValue]
    }

    var nextTimer: Timestamp? { running.compactMap(\.mind.nextTimer).min() }
    var bytes: Int { running.reduce(0) { $0 + $1.mind.knownBytes } }
}
