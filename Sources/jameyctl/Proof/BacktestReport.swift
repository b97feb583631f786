import Core
import Proof

/// What a backtest came to, for a person or as JSON.
struct BacktestReport: Report {
    let backtest: Backtest
    /// Events before these that are in the log and cannot be folded.
    let unreached: ClosedRange<EventSequence>?
    /// How many of each list are shown to a person.
    let limit: Int

    private static let nameColumns = 24
    private static let factColumns = 10

    var json: [UInt8] { backtest.json(unreached: unreached) }

    var lines: [String] {
        head + flips("DENY→ALLOW", backtest.verdicts.denyToAllow)
            + flips("ALLOW→DENY", backtest.verdicts.allowToDeny)
            + spans("new alerts", backtest.alerts.new)
            + spans("vanished alerts", backtest.alerts.vanished) + rules + entities + changes
    }

    private var head: [String] {
        let (verdicts, alerts) = (backtest.verdicts, backtest.alerts)
        let facts = [
            "events    \(backtest.events.lowerBound) to \(backtest.events.upperBound), "
                + "\(backtest.from.rfc3339()) to \(backtest.to.rfc3339())",
            "folded    from "
                + (backtest.start == 0
                    ? "the log's beginning" : "the checkpoint at \(backtest.start)"),
            "verdicts  \(verdicts.recorded) recorded, \(verdicts.supposed) now: "
                + "\(verdicts.denyToAllow.count) DENY→ALLOW, "
                + "\(verdicts.allowToDeny.count) ALLOW→DENY",
            "alerts    \(alerts.recorded) recorded, \(alerts.supposed) now: \(alerts.same) same, "
                + "\(alerts.moved) moved, \(alerts.new.count) new, "
                + "\(alerts.vanished.count) vanished",
        ]
        return ["rules", "  \(backtest.ruleset)"]
            + facts.flatMap { $0.wrapped(hanging: Self.factColumns) }
            + notes.flatMap { $0.wrapped() }
    }

    private var notes: [String] {
        var notes: [String] = []
        if let unreached {
            notes.append(
                "not judged: events \(unreached.lowerBound) to \(unreached.upperBound); no "
                    + "checkpoint reaches back to them")
        }
        let verdicts = backtest.verdicts
        if verdicts.gone > 0 {
            notes.append("\(verdicts.gone) recorded verdicts are on no route of these rules")
        }
        if verdicts.added > 0 {
            notes.append("\(verdicts.added) verdicts are on routes that were not there")
        }
        if backtest.alerts.left > 0 {
            notes.append("\(backtest.alerts.left) alerts are too many, and were not compared")
        }
        if backtest.ruleFailures > 0 {
            notes.append("rules failed \(backtest.ruleFailures) times; see jameyctl rules explain")
        }
        return notes
    }

    // MARK: Lists

    private func flips(_ title: String, _ flips: VerdictComparison.Flips) -> [String] {
        guard flips.count > 0 else { return [] }
        return ["", "\(title): \(flips.count)"] + flips.pairs.prefix(limit).flatMap(Self.lines)
            + rest(flips.count)
    }

    private static func lines(_ pair: VerdictPair) -> [String] {
        let action = pair.action.map { " " + $0 } ?? ""
        let movers = pair.movers.isEmpty ? "the threshold" : pair.movers.joined(separator: ", ")
        let entity = pair.entity.cut(to: nameColumns)
        return [
            "event \(pair.event) \(SoulLine.time(pair.at)) \(entity)\(action)",
            "  then  \(margin(pair.recorded.margin)) \(pair.recorded.explanation)",
            "  now   \(margin(pair.supposed.margin)) \(pair.supposed.explanation)",
            "  by    \(movers)",
        ].map { $0.printable.cut(to: String.reportColumns) }
    }

    private func spans(_ title: String, _ spans: AlertComparison.Spans) -> [String] {
        guard spans.count > 0 else { return [] }
        return ["", "\(title): \(spans.count)"] + spans.spans.prefix(limit).map(Self.line)
            + rest(spans.count)
    }

    private static func line(_ span: AlertSpan) -> String {
        let raised = span.raised.map { "event \($0.event) \(SoulLine.time($0.at))" }
        let resolved = span.resolved.map { "to \(SoulLine.time($0.at))" }
        let times = "\(raised ?? "firing before") \(resolved ?? "still firing")"
        // Two names share what the times leave.
        let entity = span.entity.cut(to: nameColumns / 3 * 2)
        return "\(times) \(entity) \(span.rule)".printable.cut(to: String.reportColumns)
    }

    private func rest(_ count: Int) -> [String] {
        count > limit ? ["… and \(count - limit) more; --limit or --json lists them"] : []
    }

    private var rules: [String] {
        let changed = backtest.rules.filter { !$0.tally.isEqual }
        guard !changed.isEmpty else { return [] }
        let title =
            "rule".padded(to: Self.nameColumns) + "  applied then, now  alerts then, now  flips"
        return ["", title]
            + changed.map { name, tally in
                [
                    Self.name(name), Self.right(tally.applied.recorded, 12),
                    Self.right(tally.applied.supposed, 6), Self.right(tally.raised.recorded, 11),
                    Self.right(tally.raised.supposed, 6), Self.right(tally.flips, 6),
                ].joined()
            }
    }

    private var entities: [String] {
        guard !backtest.entities.isEmpty else { return [] }
        let title = "entity".padded(to: Self.nameColumns) + "  DENY→ALLOW ALLOW→DENY  new vanished"
        var lines = ["", title]
        lines += backtest.entities.prefix(limit).map { name, tally in
            [
                Self.name(name), Self.right(tally.denyToAllow, 12),
                Self.right(tally.allowToDeny, 11), Self.right(tally.newAlerts, 5),
                Self.right(tally.vanishedAlerts, 9),
            ].joined()
        }
        return lines + rest(backtest.entities.count + backtest.furtherEntities)
    }

    private var changes: [String] {
        let changes = backtest.verdicts.largestChanges
        guard !changes.isEmpty else { return [] }
        return ["", "largest changes of margin"]
            + changes.map { pair in
                "event \(pair.event) \(Self.margin(pair.recorded.margin)) →"
                    + " \(Self.margin(pair.supposed.margin)) "
                    + "\(pair.entity.cut(to: Self.nameColumns)) "
                    + pair.movers.joined(separator: ", ")
            }.map { $0.printable.cut(to: String.reportColumns) }
    }

    private static func name(_ name: String) -> String {
        name.printable.cut(to: nameColumns).padded(to: nameColumns)
    }

    private static func right(_ number: Int, _ columns: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(1, columns - text.count)) + text
    }

    /// Two decimals, with a sign: how far above or below its threshold a score was.
    static func margin(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        let decimals = hundredths % 100
        return (value < 0 && hundredths > 0 ? "-" : "+")
            + "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
    }
}
