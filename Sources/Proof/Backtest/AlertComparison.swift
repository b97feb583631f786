import Core

/// Alerts of the same time, then and now.
public struct AlertComparison: Sendable {
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
    /// Alerts beyond `Limits.backtestAlertsMax` of a side, which were not compared.
    public var left = 0

    /// Alerts of one side only.
    public struct Spans: Sendable {
        public var count = 0
        /// The first `Limits.backtestFlipsMax` of them.
        public var spans: [AlertSpan] = []
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

    fileprivate var first: EventSequence { raised?.event ?? .min }
    fileprivate var last: EventSequence { resolved?.event ?? .max }
}

/// The alerts of one side, as they come and go.
struct AlertSide {
    private struct Key: Hashable {
        var rule: String
        var entity: String
    }

    /// In the order in which they were first told of.
    private var spans: [AlertSpan] = []
    /// The one that fires, by rule and entity.
    private var firing: [Key: Int] = [:]
    private(set) var left = 0
    var count: Int { spans.count }

    /// A decision that raises or resolves.
    mutating func take(_ decision: Decision, _ json: JSONValue) {
        let key = Key(rule: json["rule"]?.string ?? "", entity: decision.entity)
        let moment = AlertSpan.LogMoment(event: decision.eventSequence, at: decision.at)
        if !decision.isPositive, let place = firing.removeValue(forKey: key) {
            spans[place].resolved = moment
            return
        }
        guard count < Limits.backtestAlertsMax else {
            if decision.isPositive { left += 1 }
            return
        }
        if decision.isPositive { firing[key] = count }
        spans.append(
            AlertSpan(
                rule: key.rule, entity: key.entity, raised: decision.isPositive ? moment : nil,
                resolved: decision.isPositive ? nil : moment,
                message: json["message"]?.string ?? ""))
    }

    /// Both sides against each other.
    static func compare(_ recorded: AlertSide, _ supposed: AlertSide) -> AlertComparison {
        var comparison = AlertComparison()
        comparison.recorded = recorded.count + recorded.left
        comparison.supposed = supposed.count + supposed.left
        comparison.left = recorded.left + supposed.left
        let (then, now) = (recorded.byKey, supposed.byKey)
        var (vanished, new): ([AlertSpan], [AlertSpan]) = ([], [])
        for (key, spans) in then {
            let others = now[key] ?? []
            let starts = Set(others.map(\.first))
            comparison.same += spans.count { starts.contains($0.first) }
            let met = spans.meeting(others)
            comparison.moved += zip(spans, met).count { $1 && !starts.contains($0.first) }
            vanished += zip(spans, met).filter { !$1 }.map(\.0)
            new += zip(others, others.meeting(spans)).filter { !$1 }.map(\.0)
        }
        for (key, spans) in now where then[key] == nil { new += spans }
        comparison.vanished = AlertComparison.Spans(vanished)
        comparison.new = AlertComparison.Spans(new)
        return comparison
    }

    /// Each rule's and entity's in the order of the log.
    private var byKey: [Key: [AlertSpan]] {
        Dictionary(grouping: spans) { Key(rule: $0.rule, entity: $0.entity) }
    }

    /// How often each rule raised one.
    var raised: [String: Int] {
        spans.reduce(into: [:]) { $0[$1.rule, default: 0] += 1 }
    }
}

extension AlertComparison.Spans {
    /// All of them, in any order.
    init(_ all: [AlertSpan]) {
        count = all.count
        let sorted = all.sorted {
            ($0.first, $0.last, $0.rule, $0.entity) < ($1.first, $1.last, $1.rule, $1.entity)
        }
        spans = Array(sorted.prefix(Limits.backtestFlipsMax))
    }

    /// How many of them each entity has; of those listed.
    func count(
        by entities: inout [String: Backtest.EntityTally],
        _ add: (inout Backtest.EntityTally) -> Void
    ) {
        for span in spans { add(&entities[span.entity, default: .init()]) }
    }
}

extension [AlertSpan] {
    /// Of each whether it fires at some moment together with one of the others; both in order.
    fileprivate func meeting(_ others: [AlertSpan]) -> [Bool] {
        var place = 0
        return map { span in
            while place < others.count, others[place].last < span.first { place += 1 }
            return place < others.count && others[place].first <= span.last
        }
    }
}
