import Core

/// `abs` and `sign`: the result is of the argument's kind.
enum MathSign {
    typealias Failure = EvaluationError.Reason

    private static let signatures = [ValueType.int, .uint, .double].map {
        Signature($0, gives: $0, keepsNumbers: true)
    }

    static let functions: [Function] = [
        .unary("math.abs", signatures) { value, _ throws(Failure) in try magnitude(value) },
        .unary("math.sign", signatures) { value, _ throws(Failure) in try sign(value) },
    ]

    private static func magnitude(_ value: Value) throws(Failure) -> Value {
        switch value {
        case .int(let number):
            guard number != .min else { throw .overflow("math.abs") }
            return .int(abs(number))
        case .uint: return value
        case .double(let number): return .double(number.magnitude)
        case .number(.int(let number)):
            return .number(number == .min ? .double(0x1p63) : .int(abs(number)))
        case .number(.double(let number)): return .number(.double(number.magnitude))
        case .null, .bool, .string, .bytes, .list, .array, .map, .object, .timestamp, .duration,
            .type, .optional, .network:
            throw .noOverload("math.abs", value.kind, nil)
        }
    }

    /// -1, 0 or 1; of NaN it is NaN.
    private static func sign(_ value: Value) throws(Failure) -> Value {
        switch value {
        case .int(let number): return .int(number.signum())
        case .uint(let number): return .uint(number.signum())
        case .double(let number):
            return .double(number.isNaN ? .nan : number > 0 ? 1 : number < 0 ? -1 : 0)
        case .number(.int(let number)): return .number(.int(number.signum()))
        case .number(.double(let number)):
            return .number(.int(number > 0 ? 1 : number < 0 ? -1 : 0))
        case .null, .bool, .string, .bytes, .list, .array, .map, .object, .timestamp, .duration,
            .type, .optional, .network:
            throw .noOverload("math.sign", value.kind, nil)
        }
    }
}
