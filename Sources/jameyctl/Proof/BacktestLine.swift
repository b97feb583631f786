import Core

/// What a backtest lists, as lines for a person.
enum BacktestLine {
    private static let columns = BacktestReport.nameColumns

    /// A verdict that flipped: both sides, and what made it.
    static func flip(_ pair: JSONValue) -> [String] {
        let action = pair["action"]?.string.map { " " + $0 } ?? ""
        let movers = movers(of: pair)
        let entity = text("entity", pair).fitted(to: columns)
        return [
            "event \(number("event_seq", pair)) \(time(of: pair)) \(entity)\(action)",
            "  then  \(side("recorded", pair))", "  now   \(side("supposed", pair))",
            "  by    \(movers.isEmpty ? "the threshold" : movers)",
        ].map { $0.printable.fitted(to: String.reportColumns) }
    }

    /// An alert of one side only.
    static func span(_ span: JSONValue) -> String {
        let raised = span["raised"].map { "event \(number("event_seq", $0)) \(time(of: $0))" }
        let resolved = span["resolved"].map { "to \(time(of: $0))" }
        let times = "\(raised ?? "firing before") \(resolved ?? "still firing")"
        // Two names share what the times leave.
        let entity = text("entity", span).fitted(to: columns / 3 * 2)
        return "\(times) \(entity) \(text("rule", span))".printable.fitted(to: String.reportColumns)
    }

    /// A rule's part then and now; nil where both are the same.
    static func rule(_ rule: JSONValue) -> String? {
        let counts = ["applied", "alerts"].map { name in
            ["recorded", "supposed"].map { number($0, rule[name] ?? .null) }
        }
        let flips = number("flips", rule)
        guard flips > 0 || counts.contains(where: { $0[0] != $0[1] }) else { return nil }
        return [
            name(text("rule", rule)), right(counts[0][0], 12), right(counts[0][1], 6),
            right(counts[1][0], 11), right(counts[1][1], 6), right(flips, 6),
        ].joined()
    }

    /// How often decisions about an entity differ.
    static func entity(_ entity: JSONValue) -> String {
        let counts = [
            ("deny_to_allow", 12), ("allow_to_deny", 11), ("new_alerts", 5),
            ("vanished_alerts", 9),
        ].map { right(number($0.0, entity), $0.1) }
        return name(text("entity", entity)) + counts.joined()
    }

    /// A verdict by how much its margin changed.
    static func change(_ pair: JSONValue) -> String {
        let margins = ["recorded", "supposed"].map { margin(pair[$0]?["margin"]?.double ?? 0) }
        let line =
            "event \(number("event_seq", pair)) \(margins[0]) → \(margins[1]) "
            + "\(text("entity", pair).fitted(to: columns)) \(movers(of: pair))"
        return line.printable.fitted(to: String.reportColumns)
    }

    private static func movers(of pair: JSONValue) -> String {
        (pair["rules"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
    }

    private static func side(_ name: String, _ pair: JSONValue) -> String {
        let side = pair[name]
        let explanation = side?["explanation"]?.string ?? ""
        return "\(margin(side?["margin"]?.double ?? 0)) \(explanation)"
    }

    private static func time(of json: JSONValue) -> String {
        SoulLine.time(json["timestamp"]?.time ?? Timestamp(microseconds: 0))
    }

    private static func text(_ name: String, _ json: JSONValue) -> String {
        json[name]?.string ?? ""
    }

    private static func number(_ name: String, _ json: JSONValue) -> Int64 {
        json[name]?.int ?? 0
    }

    private static func name(_ name: String) -> String {
        name.printable.fitted(to: columns).padded(to: columns)
    }

    private static func right(_ number: Int64, _ columns: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(1, columns - text.count)) + text
    }

    /// Two decimals, with a sign: how far above or below its threshold a score was.
    static func margin(_ value: Double) -> String {
        let hundredths = Int(near: abs(value) * 100)
        let decimals = hundredths % 100
        return (value < 0 && hundredths > 0 ? "-" : "+")
            + "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
    }
}
