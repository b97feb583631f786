import Core

/// `base64.encode` and `base64.decode`.
enum Encoders {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] = [
        .unary("base64.encode", [Signature(.bytes, gives: .string)], encode),
        .unary("base64.decode", [Signature(.string, gives: .bytes)], decode),
    ]

    private static func encode(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        guard case .bytes(let bytes) = value else {
            throw .noOverload("base64.encode", value.kind, nil)
        }
        try fuel.claim(bytes: (bytes.count + 2) / 3 * 4, "a string")
        return .string(Base64.encode(bytes))
    }

    /// The padding may be left out.
    private static func decode(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        guard let text = value.string else {
            throw .noOverload("base64.decode", value.kind, nil)
        }
        try fuel.spend(bytes: text.utf8.count)
        let missing = text.utf8.last == UInt8(ascii: "=") ? 0 : (4 - text.utf8.count % 4) % 4
        guard let bytes = Base64.decode(text + String(repeating: "=", count: missing)) else {
            throw .invalidArgument("the text is not base 64")
        }
        return .bytes(bytes)
    }
}
