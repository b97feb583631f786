import CEL

/// What a place of a rule takes of an expression.
enum ExpectedValue {
    case anything
    /// A condition.
    case truth
    /// A message.
    case text
    /// A strength, from 0.0 to 1.0.
    case share
    /// What is published or remembered: text as it is, everything else as JSON.
    case document

    /// What is wrong with an expression that could not give it, whatever its variables are.
    func fault(of expression: CEL.Expression) -> (message: String, hint: String?)? {
        let type = expression.type
        guard type != .dyn else { return nil }
        switch self {
        case .anything: return nil
        case .truth:
            return type == .bool
                ? nil : ("must give a bool, not \(type)", Self.question(about: type))
        case .text:
            return type == .string
                ? nil : ("must give a string, not \(type)", Self.text(of: type))
        case .share:
            guard type.isNumeric else { return ("must give a number, not \(type)", nil) }
            guard let value = expression.literal?.asDouble, !(0...1).contains(value) else {
                return nil
            }
            return ("must be from 0 to 1, not \(value)", nil)
        case .document:
            return type.hasJSON
                ? nil : ("must give what can be written as JSON, not \(type)", nil)
        }
    }

    /// How to ask something about a value of the type.
    private static func question(about type: ValueType) -> String? {
        switch type {
        case .number, .simple(.int), .simple(.uint), .simple(.double):
            "compare it with a number, as in … > 0"
        case .simple(.string): "compare it with a text, as in … == \"on\""
        case .list, .map, .simple(.bytes): "ask for its size, as in size(…) > 0"
        case .optional: "write ….hasValue(), or ….orValue(false)"
        case .dyn, .parameter, .simple: nil
        }
    }

    /// How to make text of a value of the type.
    private static func text(of type: ValueType) -> String? {
        switch type {
        case .number: "write string(…)"
        case .list, .map, .simple(.null), .simple(.type): "write \"%s\".format([…])"
        case .simple: "write string(…)"
        case .optional: "write ….orValue(\"\")"
        case .dyn, .parameter: nil
        }
    }
}

extension ValueType {
    /// Whether some value of the type can be written as JSON.
    fileprivate var hasJSON: Bool {
        switch self {
        case .simple(let kind): kind != .type
        case .list(let content), .map(_, let content), .optional(let content): content.hasJSON
        case .dyn, .number, .parameter: true
        }
    }
}
