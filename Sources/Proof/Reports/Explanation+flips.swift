import Mind

extension Explanation.Term {
    /// What would have made it hold: of alternatives each, else the first that is missing. Empty
    /// where that cannot be said.
    public var flips: [String] {
        if let comparison {
            return comparison.leftValue.hasPrefix("error")
                || comparison.rightValue.hasPrefix("error") ? [] : [comparison.flip]
        }
        let missing = parts.filter { $0.result != "\($0.wanted)" }
        guard !isAnyOf else { return missing.flatMap(\.flips) }
        return missing.first?.flips ?? []
    }
}

extension Explanation.Comparison {
    /// What would have made it hold: `payload.rpm at most 1500; it is 1800`.
    fileprivate var flip: String {
        if isLeftConstant, !isRightConstant {
            return "\(right) \(Self.words(Self.mirrored(relation))) \(left); it is \(rightValue)"
        }
        let bound = isRightConstant ? right : rightValue
        return "\(left) \(Self.words(relation)) \(bound); it is \(leftValue)"
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
}
