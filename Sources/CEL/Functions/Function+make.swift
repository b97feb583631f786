/// Short forms for tables of functions.
extension Function {
    typealias Unary = @Sendable (Value, inout Fuel) throws(Failure) -> Value
    typealias Binary = @Sendable (Value, Value, inout Fuel) throws(Failure) -> Value
    typealias Variadic = @Sendable ([Value], inout Fuel) throws(Failure) -> Value

    static func unary(
        _ name: String, _ signatures: [Signature], _ body: @escaping Unary
    ) -> Function {
        Function(name, argumentCount: 1, signatures: signatures, body: .unary(body))
    }

    static func binary(
        _ name: String, _ signatures: [Signature], _ body: @escaping Binary
    ) -> Function {
        Function(name, argumentCount: 2, signatures: signatures, body: .binary(body))
    }

    /// A method without arguments.
    static func method(
        _ name: String, _ signatures: [Signature], _ body: @escaping Unary
    ) -> Function {
        Function(
            name, isMethod: true, argumentCount: 1, signatures: signatures, body: .unary(body))
    }

    /// A method with one argument.
    static func method(
        _ name: String, _ signatures: [Signature], _ body: @escaping Binary
    ) -> Function {
        Function(
            name, isMethod: true, argumentCount: 2, signatures: signatures, body: .binary(body))
    }

    /// A method with more arguments, as many as its signatures have.
    static func method(
        _ name: String, _ signatures: [Signature], of count: Int, _ body: @escaping Variadic
    ) -> Function {
        Function(
            name, isMethod: true, argumentCount: count, signatures: signatures,
            body: .variadic(body))
    }
}
