/// One way in which a function can be called: the types it takes and the type it gives.
public struct Signature: Sendable {
    public let parameters: [ValueType]
    public let result: ValueType
    /// Whether a JSON number among the arguments makes the result one (rules.md).
    public let keepsNumbers: Bool

    public init(_ parameters: ValueType..., gives result: ValueType, keepsNumbers: Bool = false) {
        self.parameters = parameters
        self.result = result
        self.keepsNumbers = keepsNumbers
    }

    /// What the arguments make of the result; nil when they are of other types.
    ///
    /// - Parameter arguments: As many as there are parameters, or more, which are like the last.
    func result(of arguments: [ValueType]) -> ValueType? {
        guard let last = parameters.last else { return arguments.isEmpty ? result : nil }
        var bindings: [Int: ValueType] = [:]
        for (index, argument) in arguments.enumerated() {
            let parameter = index < parameters.count ? parameters[index] : last
            guard Self.take(argument, for: parameter, &bindings) else { return nil }
        }
        if keepsNumbers, result.isNumeric, arguments.contains(where: \.isOpen) { return .number }
        return result.substituting(bindings)
    }

    private static func take(
        _ argument: ValueType, for parameter: ValueType, _ bindings: inout [Int: ValueType]
    ) -> Bool {
        switch (parameter, argument) {
        case (.parameter(let number), _):
            guard let bound = bindings[number] else {
                bindings[number] = argument
                return true
            }
            bindings[number] = bound.joined(with: argument)
            return bound.mayEqual(argument)
        case (_, .dyn): return true
        case (.dyn, _): return true
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)):
            return take(b, for: a, &bindings)
        case (.map(let k, let v), .map(let l, let w)):
            return take(l, for: k, &bindings) && take(w, for: v, &bindings)
        case (.number, _), (.simple, .number): return parameter.isNumeric && argument.isNumeric
        case (.simple, _), (.list, _), (.map, _), (.optional, _): return parameter == argument
        }
    }
}

extension ValueType {
    /// With the open types bound; what no argument bound is `dyn`.
    fileprivate func substituting(_ bindings: [Int: ValueType]) -> ValueType {
        switch self {
        case .dyn, .number, .simple: self
        case .list(let element): .list(element.substituting(bindings))
        case .map(let key, let value):
            .map(key.substituting(bindings), value.substituting(bindings))
        case .optional(let value): .optional(value.substituting(bindings))
        case .parameter(let number): bindings[number] ?? .dyn
        }
    }
}
