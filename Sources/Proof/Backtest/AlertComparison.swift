import Core

/// Alerts of the same time, then and now.
public struct AlertComparison: Equatable, Sendable {
    /// Raised, or firing already where the comparison begins and told of in it.
    public var recorded = 0
    public var supposed = 0
    /// Raised by the same event on both sides.
    public var same = 0
    /// On both sides at some moment, but raised by different events.
    public var moved = 0
    /// On one side only, in the order of the log.
    public var new = Spans()
    public var vanished = Spans()
    /// Alerts that were not compared: those of both sides from the event on at which one side had
    /// more than `Limits.backtestAlertsMax`.
    public var left = 0

    /// Alerts of one side only.
    public struct Spans: Equatable, Sendable {
        public var count = 0
        /// The first `Backtest.rowsMax` of them.
        public var spans: [AlertSpan] = []
    }

    /// Takes over those of other entities.
    mutating func add(_ other: AlertComparison, rowsMax: Int) {
        recorded += other.recorded
        supposed += other.supposed
        same += other.same
        moved += other.moved
        left += other.left
        new.add(other.new, rowsMax: rowsMax)
        vanished.add(other.vanished, rowsMax: rowsMax)
    }
}

/// One alert from when it was raised to when it was resolved.
public struct AlertSpan: Equatable, Sendable {
    public var rule: String
    public var entity: String
    /// nil where it was firing before the comparison begins.
    public var raised: LogMoment?
    /// nil where it still fires at the end.
    public var resolved: LogMoment?
    public var message: String

    public struct LogMoment: Equatable, Sendable {
        public var event: EventSequence
        public var at: Timestamp
    }

    var first: EventSequence { raised?.event ?? .min }
    var last: EventSequence { resolved?.event ?? .max }
}

extension AlertComparison.Spans {
    /// All of them, in any order.
    init(_ all: [AlertSpan], rowsMax: Int) {
        count = all.count
        spans = Self.first(rowsMax, of: all)
    }

    fileprivate mutating func add(_ other: Self, rowsMax: Int) {
        count += other.count
        spans = Self.first(rowsMax, of: spans + other.spans)
    }

    private static func first(_ rowsMax: Int, of all: [AlertSpan]) -> [AlertSpan] {
        let sorted = all.sorted {
            ($0.first, $0.last, $0.rule, $0.entity) < ($1.first, $1.last, $1.rule, $1.entity)
        }
        return Array(sorted.prefix(rowsMax))
    }
}
