import Mind

/// Rules and their terms as lines for a person.
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
}
