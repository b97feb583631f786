import Core

/// The alerts of one side, as they come and go.
struct AlertSide {
    /// Told apart by bytes, as minds tell names apart.
    private struct Key: Hashable {
        /// In `rules`.
        var rule: Int
        var entity: ExactText
    }

    /// In the order in which they were first told of.
    private var spans: [AlertSpan] = []
    /// The one that fires, by rule and entity.
    private var firing: [Key: Int] = [:]
    private var rules = TextNumbers()
    /// How often each rule raised one, by its number.
    private var counts: [Int] = []
    /// Alerts beyond those, and the event that the first of them was raised by.
    private(set) var left = 0
    private var leftSince: EventSequence?
    /// Memory for reading the next one.
    private var tape = JSONTape()
    var count: Int { spans.count }

    /// A decision that raises or resolves; of one that cannot be read nothing is known.
    mutating func take(_ decision: Decision) {
        guard let alert = try? JSONDocument(decision.json, reusing: &tape) else { return }
        defer { tape = alert.recycled() }
        let rule = ruleNumber(alert)
        let key = Key(rule: rule, entity: ExactText(decision.entity))
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
        counts[rule] += 1
        spans.append(
            AlertSpan(
                rule: rules.text(rule), entity: decision.entity,
                raised: decision.isPositive ? moment : nil,
                resolved: decision.isPositive ? nil : moment, message: alert.text("message")))
    }

    /// There are few rules and many alerts: each rule's name is made once.
    private mutating func ruleNumber(_ alert: JSONDocument) -> Int {
        guard let node = alert.member(named: "rule") else { return add("") }
        if let known = alert.withText(of: node, { rules.number(of: $0) }) { return known }
        return add(alert.text("rule"))
    }

    private mutating func add(_ rule: String) -> Int {
        if let known = rules.number(of: rule) { return known }
        counts.append(0)
        return rules.add(rule)
    }

    /// How often each rule raised one.
    var raised: [(rule: String, count: Int)] {
        rules.all.compactMap { rule in
            counts[rule.number] > 0 ? (rule: rule.text, count: counts[rule.number]) : nil
        }
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
        let (then, now) = (recorded.byName(before: end), supposed.byName(before: end))
        let compared = (then.values.joined().count, now.values.joined().count)
        comparison.left =
            comparison.recorded + comparison.supposed - compared.0 - compared.1
        var (vanished, new): ([AlertSpan], [AlertSpan]) = ([], [])
        for (name, spans) in then {
            let others = now[name] ?? []
            let starts = Set(others.map(\.first))
            comparison.same += spans.count { starts.contains($0.first) }
            let met = spans.meeting(others)
            comparison.moved += zip(spans, met).count { $1 && !starts.contains($0.first) }
            vanished += zip(spans, met).filter { !$1 }.map(\.0)
            new += zip(others, others.meeting(spans)).filter { !$1 }.map(\.0)
        }
        for (name, spans) in now where then[name] == nil { new += spans }
        for span in vanished {
            tallies[ExactText(span.entity), default: .init()].vanishedAlerts += 1
        }
        for span in new { tallies[ExactText(span.entity), default: .init()].newAlerts += 1 }
        comparison.vanished = AlertComparison.Spans(vanished, rowsMax: rowsMax)
        comparison.new = AlertComparison.Spans(new, rowsMax: rowsMax)
        return comparison
    }

    private struct Name: Hashable {
        var rule: ExactText
        var entity: ExactText
    }

    /// Each rule's and entity's in the order of the log.
    private func byName(before end: EventSequence) -> [Name: [AlertSpan]] {
        let spans = end == .max ? spans : spans.filter { $0.first < end }
        return Dictionary(grouping: spans) {
            Name(rule: ExactText($0.rule), entity: ExactText($0.entity))
        }
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
    fileprivate func member(named name: StaticString) -> Int? {
        member(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// A member that is a text; empty where it is none.
    fileprivate func text(_ name: StaticString) -> String {
        guard let node = member(named: name), case .string(let text) = value(of: node) else {
            return ""
        }
        return text
    }
}
