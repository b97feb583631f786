import Core
import Mind

/// Rules and their terms as lines for a person, and as JSON.
enum ExplanationText {
    /// `  overheat: true, for 3s   [rules.yaml:12]`
    static func head(_ rule: Explanation.Rule) -> String {
        let timing = rule.timing.isEmpty ? "" : ", " + rule.timing.joined(separator: ", ")
        return "  \(rule.name): \(rule.result)\(timing)   [\(rule.file):\(rule.line)]"
    }

    /// Each term, what it looks at, and what it is made of below it.
    static func lines(_ terms: [Explanation.Term], indent: Int = 4) -> [String] {
        terms.flatMap { term in
            let line = String(repeating: " ", count: indent) + "\(term.result)  \(term.text)"
            return behind(line, seen(term), indent) + lines(term.parts, indent: indent + 4)
        }
    }

    /// What a term saw stands behind it where there is room, else below.
    private static func behind(_ line: String, _ seen: String?, _ indent: Int) -> [String] {
        guard let seen else { return [line] }
        let whole = line + "   (\(seen))"
        if whole.count <= String.reportColumns { return [whole] }
        return [line, String(repeating: " ", count: indent + 2) + "(\(seen))"]
    }

    private static func seen(_ term: Explanation.Term) -> String? {
        if let observed = term.observed, let value = term.value { return "\(observed) is \(value)" }
        return term.comparison.map { seen($0) }
    }

    /// What stands on the side that could be otherwise; both where neither is constant.
    private static func seen(_ comparison: Explanation.Comparison) -> String {
        let (left, right) = (
            "\(comparison.left) is \(comparison.leftValue)",
            "\(comparison.right) is \(comparison.rightValue)"
        )
        if comparison.isRightConstant { return left }
        return comparison.isLeftConstant ? right : "\(left), \(right)"
    }

    /// What would have made a comparison hold: `payload.rpm at most 1500; it is 1800`.
    static func flip(_ comparison: Explanation.Comparison) -> String {
        let bound: String
        if comparison.isLeftConstant, !comparison.isRightConstant {
            bound = words(mirrored(comparison.relation)) + " " + comparison.left
            return "\(comparison.right) \(bound); it is \(comparison.rightValue)"
        }
        bound = comparison.isRightConstant ? comparison.right : comparison.rightValue
        return "\(comparison.left) \(words(comparison.relation)) \(bound); it is "
            + comparison.leftValue
    }

    private static func words(_ relation: String) -> String {
        switch relation {
        case "==": "equal to"
        case "!=": "other than"
        case "<": "below"
        case "<=": "at most"
        case ">": "above"
        case _: "at least"
        }
    }

    private static func mirrored(_ relation: String) -> String {
        switch relation {
        case "<": ">"
        case "<=": ">="
        case ">": "<"
        case ">=": "<="
        case _: relation
        }
    }

    // MARK: JSON

    static func write(_ route: Explanation.Route, to json: inout JSONWriter) {
        json.member("route", route.name)
        json.member("kind", route.kind)
        json.member("entity", route.entity)
        json.object("params") { params in
            for capture in route.captures { params.member(capture.name, capture.value) }
        }
        json.array("rules") { list in
            for rule in route.rules { list.object { write(rule, to: &$0) } }
        }
    }

    static func write(_ rule: Explanation.Rule, to json: inout JSONWriter) {
        json.member("rule", rule.name)
        json.member("file", rule.file)
        json.member("line", rule.line)
        json.member("mode", rule.mode)
        json.member("asked", rule.isAsked)
        if let access = rule.access { json.member("access", access) }
        json.member("result", rule.result)
        json.member("timing", rule.timing)
        if rule.standing != .init() {
            json.object("standing") { write(rule.standing, to: &$0) }
        }
        json.array("terms") { list in
            for term in rule.terms { list.object { write(term, to: &$0) } }
        }
    }

    private static func write(_ standing: Explanation.Standing, to json: inout JSONWriter) {
        if let since = standing.firingSince { json.member("firing_since", since) }
        json.member("waits", ifPresent: standing.wait?.rawValue)
        if let due = standing.due { json.member("due", due) }
        if let raised = standing.raisedAt { json.member("raised_at", raised) }
    }

    static func write(_ term: Explanation.Term, to json: inout JSONWriter) {
        json.member("term", term.text)
        json.member("result", term.result)
        json.member("observed", ifPresent: term.observed)
        json.member("value", ifPresent: term.value)
        if let comparison = term.comparison {
            json.object("comparison") {
                $0.member("left", comparison.left)
                $0.member("left_value", comparison.leftValue)
                $0.member("holds_where", comparison.relation)
                $0.member("right", comparison.right)
                $0.member("right_value", comparison.rightValue)
            }
        }
        guard !term.parts.isEmpty else { return }
        json.member("any_of", term.isAnyOf)
        json.array("parts") { list in
            for part in term.parts { list.object { write(part, to: &$0) } }
        }
    }
}
