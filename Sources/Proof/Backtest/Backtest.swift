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
    /// Flips of one direction, and alerts of one side only, that are listed: the first ones.
    public let rowsMax: Int

    /// How often a rule had a part in what was decided, then and now.
    public struct RuleTally: Equatable, Sendable {
        /// Verdicts that it applied to.
        public var applied = Sides()
        /// Alerts that it raised.
        public var raised = Sides()
        /// Flips of verdicts between whose sides its part differs.
        public var flips = 0
        public var isEqual: Bool { flips == 0 && applied.isEqual && raised.isEqual }

        static func + (one: RuleTally, other: RuleTally) -> RuleTally {
            RuleTally(
                applied: one.applied + other.applied, raised: one.raised + other.raised,
                flips: one.flips + other.flips)
        }
    }

    public struct EntityTally: Equatable, Sendable {
        public var denyToAllow = 0
        public var allowToDeny = 0
        public var newAlerts = 0
        public var vanishedAlerts = 0
        public var total: Int { denyToAllow + allowToDeny + newAlerts + vanishedAlerts }

        static func + (one: EntityTally, other: EntityTally) -> EntityTally {
            EntityTally(
                denyToAllow: one.denyToAllow + other.denyToAllow,
                allowToDeny: one.allowToDeny + other.allowToDeny,
                newAlerts: one.newAlerts + other.newAlerts,
                vanishedAlerts: one.vanishedAlerts + other.vanishedAlerts)
        }
    }

    /// A number on either side.
    public struct Sides: Equatable, Sendable {
        public var recorded = 0
        public var supposed = 0
        public var isEqual: Bool { recorded == supposed }

        static func + (one: Sides, other: Sides) -> Sides {
            Sides(
                recorded: one.recorded + other.recorded, supposed: one.supposed + other.supposed)
        }
    }

    init(
        _ ruleset: String, _ events: ClosedRange<EventSequence>, from start: EventSequence,
        rowsMax: Int = Limits.backtestFlipsMax
    ) {
        self.ruleset = ruleset
        self.rowsMax = rowsMax
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
    ///   - lanes: how many minds share the work, each on a thread of its own, where the log can be
    ///     divided (decision 0025).
    ///   - rowsMax: how many flips of one direction, and alerts of one side only, are listed; all
    ///     are counted.
    ///   - progress: is told the last event folded, every `Limits.readPageRows` events; what it
    ///     throws ends the backtest.
    /// - Throws: every case of `HistoryError` but `.noEvents`.
    public func backtest(
        _ ruleset: RuleSet, on events: ClosedRange<EventSequence>, from start: Start,
        lanes: Int = 1, rowsMax: Int = Limits.backtestFlipsMax, progress: Progress? = nil
    ) throws(HistoryError) -> Backtest {
        guard start.sequence < events.lowerBound,
            let mind = try mind(at: start, under: .other(ruleset))
        else { throw .outOfReach(events.lowerBound, since: try reach()) }
        let work = BacktestWork(
            Backtest(ruleset.digest, events, from: mind.sequence, rowsMax: rowsMax))
        var lanes = min(lanes, Limits.backtestLanesMax)
        var judgesOnly = true
        while true {
            let attempt = BacktestAttempt(
                events: events, mind: mind, work: work, judgesOnly: judgesOnly)
            let end =
                lanes > 1
                ? try divided(attempt, under: ruleset, lanes: lanes, progress: progress)
                : try whole(attempt, under: ruleset, progress: progress)
            switch end {
            case .found(let backtest): return backtest
            case .tooManyEntities: judgesOnly = false
            case .undividable: lanes = 1
            }
        }
    }

    /// By one mind, which takes in everything.
    func whole(
        _ attempt: BacktestAttempt, under ruleset: RuleSet, progress: Progress?
    ) throws(HistoryError) -> BacktestAttempt.End {
        var (mind, work, events) = (attempt.mind, attempt.work, attempt.events)
        let entitiesMax = attempt.judgesOnly ? mind.judgeOnly() : .max
        var stored = RecordedDecisions(reader, of: events)
        var isTooMany = false
        try fold(
            &mind, through: events.upperBound, under: .other(ruleset),
            before: { mind, _ in if mind.entityCount > entitiesMax { isTooMany = true } },
            progress: progress
        ) { (event, outcome) throws(HistoryError) in
            guard events.contains(event.sequence) else { return !isTooMany }
            let recorded = try stored.next(of: event.sequence)
            work.cover(event.at)
            work.take(LogPosition(sequence: event.sequence, at: event.at), recorded, outcome)
            return !isTooMany
        }
        if isTooMany || mind.entityCount > entitiesMax { return .tooManyEntities }
        work.settle()
        return .found(work.finish())
    }
}

/// One way to do a backtest.
struct BacktestAttempt {
    var events: ClosedRange<EventSequence>
    /// Where the fold begins, under the other rules.
    var mind: Mind
    /// Nothing has been taken into it.
    var work: BacktestWork
    /// Whether minds leave out what no decision depends on, which is most of the work about alerts.
    var judgesOnly: Bool

    enum End {
        case found(Backtest)
        /// More than can be known by minds that leave something out.
        case tooManyEntities
        /// The log cannot be divided among several minds.
        case undividable
    }
}
