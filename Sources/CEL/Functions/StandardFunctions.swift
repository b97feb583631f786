/// The functions of CEL's core (language definition, "List of Standard Definitions").
enum StandardFunctions {
    static let all: [Function] =
        conversions + texts + times + [TextOverlap.function]

    private static let conversions: [Function] = [
        unary("bool", Conversions.toBool),
        unary("bytes", Conversions.toBytes),
        unary("double", Conversions.toDouble),
        unary("duration", Conversions.toDuration),
        unary("dyn") { value, _ in value },
        unary("int", Conversions.toInt),
        unary("string", Conversions.toString),
        unary("timestamp", Conversions.toTimestamp),
        unary("type") { value, _ in .type(value.kind) },
        unary("uint", Conversions.toUInt),
    ]

    private static let texts: [Function] = [
        unary("size", TextFunctions.size),
        method("size", TextFunctions.size),
        method("contains", TextFunctions.contains),
        method("startsWith", TextFunctions.startsWith),
        method("endsWith", TextFunctions.endsWith),
        method("matches", TextFunctions.matches),
        Function("matches", argumentCount: 2, body: .binary(TextFunctions.matches)),
    ]

    private static let times: [Function] = TimeField.allCases.flatMap { field in
        [
            method(field.rawValue) { value, _ throws(Function.Failure) in
                try field.value(of: value)
            },
            method(field.rawValue) { value, zone, _ throws(Function.Failure) in
                try field.value(of: value, in: zone)
            },
        ]
    }

    private static func unary(
        _ name: String,
        _ body: @escaping @Sendable (Value, inout Fuel) throws(Function.Failure) -> Value
    ) -> Function {
        Function(name, argumentCount: 1, body: .unary(body))
    }

    private static func method(
        _ name: String,
        _ body: @escaping @Sendable (Value, inout Fuel) throws(Function.Failure) -> Value
    ) -> Function {
        Function(name, isMethod: true, argumentCount: 1, body: .unary(body))
    }

    private static func method(
        _ name: String,
        _ body: @escaping @Sendable (Value, Value, inout Fuel) throws(Function.Failure) -> Value
    ) -> Function {
        Function(name, isMethod: true, argumentCount: 2, body: .binary(body))
    }
}
