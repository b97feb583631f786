import Core
import Mind
import Store

/// What other rules would have decided on recorded history, beside what was decided.
public struct Backtest: Sendable {
    /// The digest of the other rules.
    public var ruleset: String
    /// The event after which the fold began.
    public var start: EventSequence
    /// The events whose decisions are compared, and when the first and the last of them were.
    public var events: ClosedRange<EventSequence>
    public var from: Timestamp
    public var to: Timestamp
    public var verdicts = VerdictComparison()
    public var alerts = AlertComparison()
    /// By rule, in the order of their names.
    public var rules: [(name: String, tally: RuleTally)] = []
    /// By entity: those with a difference, the one with most of them first.
    public var entities: [(name: String, tally: EntityTally)] = []
    /// Entities with a difference beyond `Limits.backtestEntitiesMax`, told as a number only.
    public var furtherEntities = 0
    /// Rules that could not be evaluated, each evaluation counted.
    public var ruleFailures = 0

    /// How often a rule had a part in what was decided, then and now.
    public struct RuleTally: Equatable, Sendable {
        /// Verdicts that it applied to.
        public var applied = Sides()
        /// Alerts that it raised.
        public var raised = Sides()
        /// Flips of verdicts between whose sides its part differs.
        public var flips = 0
        public var isEqual: Bool { flips == 0 && applied.isEqual && raised.isEqual }
    }

    public struct EntityTally: Equatable, Sendable {
        public var denyToAllow = 0
        public var allowToDeny = 0
        public var newAlerts = 0
        public var vanishedAlerts = 0
        public var total: Int { denyToAllow + allowToDeny + newAlerts + vanishedAlerts }
    }

    /// A number on either side.
    public struct Sides: Equatable, Sendable {
        public var recorded = 0
        public var supposed = 0
        public var isEqual: Bool { recorded == supposed }
    }

    init(_ ruleset: String, _ events: ClosedRange<EventSequence>, from start: EventSequence) {
        self.ruleset = ruleset
        self.events = events
        self.start = start
        from = Timestamp(microseconds: 0)
        to = from
    }
}

extension History {
    /// Folds recorded events under other rules and holds what they decide against what was decided.
    ///
    /// Nothing is written or published. What was known where the fold begins goes on under the
    /// other rules as when they take effect; the recorded rule sets are left out. Only what the log
    /// holds can be judged: a message that no route recorded is not there.
    /// - Parameters:
    ///   - events: whose decisions are compared, within the log.
    ///   - start: where the fold begins, before them.
    ///   - progress: is told the last event folded, every `Limits.readPageRows` events.
    /// - Throws: every case of `HistoryError`.
    public func backtest(
        _ ruleset: RuleSet, on events: ClosedRange<EventSequence>, from start: Start,
        progress: ((EventSequence) -> Void)? = nil
    ) throws(HistoryError) -> Backtest {
        guard start.sequence < events.lowerBound,
            var mind = try mind(at: start, under: .other(ruleset))
        else { throw .outOfReach(events.lowerBound, since: try reach()) }
        var stored = RecordedDecisions(reader, of: events)
        var work = BacktestWork(Backtest(ruleset.digest, events, from: mind.sequence))
        try fold(
            &mind, through: events.upperBound, under: .other(ruleset), progress: progress
        ) { (event, outcome) throws(HistoryError) in
            guard events.contains(event.sequence) else { return true }
            let recorded = try stored.next(of: event.sequence)
            work.take(event, recorded, outcome)
            return true
        }
        return work.finish()
    }
}
