import Core
import Mind

/// The rules in force, how often each had something to say, and what is in shadow.
public struct RulesReport: Sendable {
    /// A rule set in shadow.
    public struct Shadow: Equatable, Sendable {
        public var source: ShadowDifference.Source
        public var digest: String
        public var rules: Int
        public var differences: Int
        /// What its mind knows of entities, by its own estimate.
        public var bytes: Int
    }

    /// One rule, as it stands in its file.
    public struct Entry: Sendable {
        public var rule: Rule
        /// The names of the routes that it is on.
        public var routes: [String]
        /// Whether it raises alerts: it is on a route of telemetry.
        public var raisesAlerts: Bool
        public var counts: RuleCounts
    }

    /// nil before any took effect.
    public var ruleset: RuleSet?
    /// By rule, in the order of `ruleset`.
    public var counts: [RuleCounts]
    /// Since when it is counted: the start of the agent, or when the rules took effect.
    public var countedSince: Timestamp
    /// Why they are in force although the directory has others: `rollback`, `promote`.
    public var heldBy: RuleActivation.How?
    /// Why the newest rule files are not in force.
    public var fault: String?
    public var shadows: [Shadow]
    /// Why the files of the shadow directory are not in shadow, or a shadow has ended.
    public var shadowFault: String?

    public var digest: String? { ruleset?.digest }

    /// Worked out where it is asked for, away from the loop.
    public var entries: [Entry] {
        guard let ruleset else { return [] }
        var routes: [[Int]] = Array(repeating: [], count: ruleset.rules.count)
        for (place, route) in ruleset.routes.enumerated() {
            for rule in route.rules { routes[rule].append(place) }
        }
        return ruleset.rules.indices.map { index in
            let own = routes[index].map { ruleset.routes[$0] }
            return Entry(
                rule: ruleset.rules[index], routes: own.map(\.name),
                raisesAlerts: own.contains(where: \.isTelemetry), counts: counts[index])
        }
    }
}

extension Route {
    fileprivate var isTelemetry: Bool {
        if case .telemetry = kind { true } else { false }
    }
}
