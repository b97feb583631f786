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
    /// By bytes, as minds tell names apart.
    private struct Key: Hashable {
        var rule: ExactText
        var entity: ExactText
    }

    /// In the order in which they were first told of.
    private var spans: [AlertSpan] = []
    /// The one that fires, by rule and entity.
    private var firing: [Key: Int] = [:]
    /// Alerts beyond those, and the event that the first of them was raised by.
    private var left = 0
    private var leftSince: EventSequence?
    /// Memory for reading the next one.
    private var tape = JSONTape()
    var count: Int { spans.count }

    /// A decision that raises or resolves; of one that cannot be read nothing is known.
    mutating func take(_ decision: Decision) {
        guard let alert = try? JSONDocument(decision.json, reusing: &tape) else { return }
        defer { tape = alert.recycled() }
        let rule = alert.text("rule")
        let key = Key(rule: ExactText(rule), entity: ExactText(decision.entity))
        let moment = AlertSpan.LogMoment(event: decision.eventSequence, at: decision.at)
        if !decision.isPositive, let place = firing.removeValue(forKey: key) {
            spans[place].resolved = moment
            return
        }
        guard count < Limits.backtestAlertsMax else {
            if decision.isPositive {
                left += 1
                leftSince = leftSince ?? decision.eventSequence
            }
            return
        }
        if decision.isPositive { firing[key] = count }
        spans.append(
            AlertSpan(
                rule: rule, entity: decision.entity, raised: decision.isPositive ? moment : nil,
                resolved: decision.isPositive ? nil : moment, message: alert.text("message")))
    }

    /// Takes over alerts of other entities.
    /// - Returns: false where there are more than are compared.
    mutating func add(_ other: AlertSide) -> Bool {
        spans += other.spans
        return count <= Limits.backtestAlertsMax && left + other.left == 0
    }

    /// Both sides against each other.
    /// - Parameters:
    ///   - tallies: are told of every new and vanished alert of their entities.
    ///   - rowsMax: how many of these are listed, each.
    static func compare(
        _ recorded: AlertSide, _ supposed: AlertSide,
        _ tallies: inout [ExactText: Backtest.EntityTally], rowsMax: Int
    ) -> AlertComparison {
        var comparison = AlertComparison()
        comparison.recorded = recorded.count + recorded.left
        comparison.supposed = supposed.count + supposed.left
        // What one side has no room for must not be missing from it.
        let end = min(recorded.leftSince ?? .max, supposed.leftSince ?? .max)
        let (then, now) = (recorded.byKey(before: end), supposed.byKey(before: end))
        let compared = (then.values.joined().count, now.values.joined().count)
        comparison.left =
            comparison.recorded + comparison.supposed - compared.0 - compared.1
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
        for span in vanished {
            tallies[ExactText(span.entity), default: .init()].vanishedAlerts += 1
        }
        for span in new { tallies[ExactText(span.entity), default: .init()].newAlerts += 1 }
        comparison.vanished = AlertComparison.Spans(vanished, rowsMax: rowsMax)
        comparison.new = AlertComparison.Spans(new, rowsMax: rowsMax)
        return comparison
    }

    /// Each rule's and entity's in the order of the log.
    private func byKey(before end: EventSequence) -> [Key: [AlertSpan]] {
        let spans = end == .max ? spans : spans.filter { $0.first < end }
        return Dictionary(grouping: spans) {
            Key(rule: ExactText($0.rule), entity: ExactText($0.entity))
        }
    }

    /// How often each rule raised one.
    var raised: [String: Int] {
        spans.reduce(into: [:]) { $0[$1.rule, default: 0] += 1 }
    }
}

extension AlertComparison.Spans {
    /// All of them, in any order.
    fileprivate init(_ all: [AlertSpan], rowsMax: Int) {
        count = all.count
        let sorted = all.sorted {
            ($0.first, $0.last, $0.rule, $0.entity) < ($1.first, $1.last, $1.rule, $1.entity)
        }
        spans = Array(sorted.prefix(rowsMax))
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

extension JSONDocument {
    /// A member that is a text; empty where it is none.
    fileprivate func text(_ name: StaticString) -> String {
        let bytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard let node = member(bytes), case .string(let text) = value(of: node) else { return "" }
        return text
    }
}
