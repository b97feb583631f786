import Core

/// A rule's part in a verdict, as a row of the table that `why` shows.
struct WhyRow {
    static let heading = text("rule", "stance", ["weight", "strength", "contribution"])

    private static let ruleColumns = 24
    private static let decimals = 10_000.0

    let rule: String
    let text: String

    /// One that the verdict names.
    init?(contribution entry: JSONValue) {
        guard let rule = entry["rule"]?.string else { return nil }
        self.rule = rule
        let numbers = ["weight", "strength", "contribution"].map { member in
            entry[member]?.double.map { "\($0)" } ?? ""
        }
        text = Self.text(rule, entry["stance"]?.string ?? "", numbers)
    }

    /// One that had nothing to say, as it is explained.
    init?(silent rule: JSONValue) {
        guard let name = rule["rule"]?.string, let mode = rule["mode"]?.string else { return nil }
        self.rule = name
        let reason = mode == "active" ? "does not apply" : "mode \(mode)"
        let weight = rule["weight"]?.double.map { "\($0)" } ?? ""
        text = Self.text(name, rule["stance"]?.string ?? "", [weight, "-", reason])
    }

    private static func text(_ rule: String, _ stance: String, _ cells: [String]) -> String {
        rule.printable.fitted(to: ruleColumns).padded(to: ruleColumns) + " " + stance.padded(to: 7)
            + zip(cells, [8, 10, 16]).map { right($0, $1) }.joined()
    }

    /// A number that would touch the one before it has four decimals; --json has all of them.
    private static func right(_ text: String, _ count: Int) -> String {
        let rounded = Double(text).map { ($0 * decimals).rounded() / decimals }
        let shown = text.count < count ? text : rounded.map { "\($0)" } ?? text
        let cell = shown.fitted(to: count - 1)
        return String(repeating: " ", count: count - cell.count) + cell
    }
}
