import Core

/// `ceil`, `floor`, `round`, `trunc` and the questions about doubles.
///
/// A JSON number is taken where a double is, integral or not, and stays one.
enum MathRounding {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] = [
        rounding("math.ceil", .up), rounding("math.floor", .down),
        rounding("math.round", .toNearestOrAwayFromZero), rounding("math.trunc", .towardZero),
        question("math.isInf") { $0.isInfinite },
        question("math.isNaN") { $0.isNaN },
        question("math.isFinite") { $0.isFinite },
        .unary(
            "math.sqrt", [Signature(.number, gives: .double)]
        ) { value, _ throws(Failure) in
            guard let number = Numeric(value) else {
                throw .noOverload("math.sqrt", value.kind, nil)
            }
            return .double(number.double.squareRoot())
        },
    ]

    private static func rounding(
        _ name: String, _ rule: FloatingPointRoundingRule
    ) -> Function {
        .unary(
            name, [Signature(.double, gives: .double, keepsNumbers: true)]
        ) { value, _ throws(Failure) in
            switch value {
            case .double(let number): return .double(number.rounded(rule))
            case .number(.int): return value
            case .number(.double(let number)):
                return JSONNumber(number.rounded(rule)).map(Value.number) ?? value
            case .null, .bool, .int, .uint, .string, .bytes, .list, .array, .map, .object,
                .timestamp, .duration, .type, .optional, .network:
                throw .noOverload(name, value.kind, nil)
            }
        }
    }

    private static func question(
        _ name: String, _ answer: @escaping @Sendable (Double) -> Bool
    ) -> Function {
        .unary(name, [Signature(.double, gives: .bool)]) { value, _ throws(Failure) in
            switch value {
            case .double(let number), .number(.double(let number)): return .bool(answer(number))
            case .number(.int(let number)): return .bool(answer(Double(number)))
            case .null, .bool, .int, .uint, .string, .bytes, .list, .array, .map, .object,
                .timestamp, .duration, .type, .optional, .network:
                throw .noOverload(name, value.kind, nil)
            }
        }
    }
}
