/// What looks into optionals, or at their alternative only where they are empty.
extension Evaluation {
    /// The value that an optional has.
    func content(
        of value: Value, _ name: String, _ node: Node
    ) throws(EvaluationError) -> Value? {
        guard case .optional(let content) = value else {
            throw Self.noOverload(name, value, at: node.at)
        }
        return content
    }

    /// A field of a map, or of the map that an optional has; nil where it is missing.
    mutating func optionalField(
        _ field: String, of value: Value, _ node: Node
    ) throws(EvaluationError) -> Value? {
        if case .optional(let content) = value {
            guard let content else { return nil }
            return try optionalField(field, of: content, node)
        }
        return try member(field, of: value, "selection", node)
    }

    /// `left.or(right)` or `left.orValue(right)`.
    mutating func alternative<A: Activation>(
        _ left: Node, _ right: Node, unwraps: Bool, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        let name = unwraps ? "orValue" : "or"
        let first = try evaluate(left, &activation)
        if let content = try content(of: first, name, left) { return unwraps ? content : first }
        let second = try evaluate(right, &activation)
        if !unwraps { _ = try content(of: second, name, right) }
        return second
    }

    mutating func map<A: Activation>(
        _ map: Node.OptionalMap, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        let target = try evaluate(map.target, &activation)
        let name = map.isFlat ? "optFlatMap" : "optMap"
        guard let content = try content(of: target, name, map.target) else {
            return .optional(nil)
        }
        locals[map.local] = content
        let result = try evaluate(map.body, &activation)
        return map.isFlat ? result : .optional(result)
    }
}
