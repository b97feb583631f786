import Core
import Mind
import Proof

/// Rules and their terms as lines for a person, drawn from their JSON, which the daemon tells too.
enum ExplanationText {
    /// `  overheat: true, for 3s   [rules.yaml:12]`
    static func head(_ rule: JSONValue) -> String {
        let (name, result) = (rule["rule"]?.string ?? "", rule["result"]?.string ?? "")
        let timing = texts(of: rule["timing"]).map { ", " + $0 }.joined()
        let (file, line) = (rule["file"]?.string ?? "", rule["line"]?.int ?? 0)
        return "  \(name): \(result)\(timing)   [\(file):\(line)]"
    }

    /// The terms of a rule: each, what it looks at, and what it is made of below it.
    static func lines(of rule: JSONValue) -> [String] { lines(rule["terms"]?.array ?? []) }

    static func lines(_ terms: [JSONValue], indent: Int = 4) -> [String] {
        terms.flatMap { term in
            let (result, text) = (term["result"]?.string ?? "", term["term"]?.string ?? "")
            let line = String(repeating: " ", count: indent) + "\(result)  \(text)"
            let parts = term["parts"]?.array ?? []
            return behind(line, seen(term), indent) + lines(parts, indent: indent + 4)
        }
    }

    static func texts(of list: JSONValue?) -> [String] {
        (list?.array ?? []).compactMap(\.string)
    }

    /// What a term saw stands behind it where there is room, else below.
    private static func behind(_ line: String, _ seen: String?, _ indent: Int) -> [String] {
        guard let seen else { return [line] }
        let whole = line + "   (\(seen))"
        if whole.terminalColumns <= String.reportColumns { return [whole] }
        return [line, String(repeating: " ", count: indent + 2) + "(\(seen))"]
    }

    private static func seen(_ term: JSONValue) -> String? {
        if let observed = term["observed"]?.string, let value = term["value"]?.string {
            return "\(observed) is \(value)"
        }
        return term["comparison"].map { seen(inComparison: $0) }
    }

    /// What stands on the side that could be otherwise; both where neither is constant.
    private static func seen(inComparison comparison: JSONValue) -> String {
        let (left, right) = (side("left", comparison), side("right", comparison))
        switch comparison["constant"]?.string {
        case "right", "both": return left
        case "left": return right
        case _: return "\(left), \(right)"
        }
    }

    private static func side(_ name: String, _ comparison: JSONValue) -> String {
        let value = comparison[name + "_value"]?.string ?? ""
        return "\(comparison[name]?.string ?? "") is \(value)"
    }
}

extension Explanation.Rule {
    /// As it is told.
    var told: JSONValue {
        let json = JSONWriter.object { write(to: &$0) }
        return (try? JSONScanner.scan(json)) ?? .null
    }
}
