/// The functions of CEL's core (language definition, "List of Standard Definitions") and of its
/// extension libraries.
enum StandardFunctions {
    static let all: [Function] =
        (conversions + texts).map(marked) + times + [TextOverlap.function] + strings + math
        + Encoders.functions + OptionalFunctions.functions + NetworkFunctions.functions

    /// With what code can do by itself.
    private static func marked(_ function: Function) -> Function {
        var function = function
        function.intrinsic =
            switch function.name {
            case "startsWith": .startsWith
            case "endsWith": .endsWith
            case "contains": .contains
            case "size": .size
            case "int": .int
            case "uint": .uint
            case "double": .double
            case "string": .string
            case "type": .type
            case "dyn": .dyn
            default: nil
            }
        return function
    }

    private static let strings: [Function] =
        StringSearch.functions + StringChange.functions + StringParts.functions
        + StringFormat.functions

    private static let math: [Function] =
        MathRounding.functions + MathSign.functions + MathExtremes.functions
        + MathBits.functions

    private static let conversions: [Function] = [
        .unary("bool", from(.bool, .string, gives: .bool), Conversions.toBool),
        .unary("bytes", from(.bytes, .string, gives: .bytes), Conversions.toBytes),
        .unary("double", from(.number, .string, gives: .double), Conversions.toDouble),
        .unary("duration", from(.duration, .string, gives: .duration), Conversions.toDuration),
        .unary("dyn", from(.dyn, gives: .dyn)) { value, _ in value },
        .unary("int", from(.number, .string, .timestamp, gives: .int), Conversions.toInt),
        .unary(
            "string",
            from(
                .string, .bool, .number, .bytes, .timestamp, .duration, .ip, .cidr,
                gives: .string),
            Conversions.toString),
        .unary(
            "timestamp", from(.timestamp, .string, .int, gives: .timestamp),
            Conversions.toTimestamp),
        .unary("type", from(.dyn, gives: .type)) { value, _ in .type(value.kind) },
        .unary("uint", from(.number, .string, gives: .uint), Conversions.toUInt),
    ]

    /// One signature for every type that is taken.
    private static func from(_ types: ValueType..., gives result: ValueType) -> [Signature] {
        types.map { Signature($0, gives: result) }
    }

    private static let sized = from(
        .string, .bytes, .list(.dyn), .map(.dyn, .dyn), gives: .int)
    private static let predicate = [Signature(.string, .string, gives: .bool)]

    private static let texts: [Function] = [
        .unary("size", sized, TextFunctions.size),
        .method("size", sized, TextFunctions.size),
        .method("contains", predicate, TextFunctions.contains),
        .method("startsWith", predicate, TextFunctions.startsWith),
        .method("endsWith", predicate, TextFunctions.endsWith),
        .method("matches", predicate, TextFunctions.matches),
        .binary("matches", predicate, TextFunctions.matches),
    ]

    private static let times: [Function] = TimeField.allCases.flatMap { field in
        [
            .method(field.rawValue, field.signatures) { value, _ throws(Function.Failure) in
                try field.value(of: value)
            },
            .method(
                field.rawValue, [Signature(.timestamp, .string, gives: .int)]
            ) { value, zone, _ throws(Function.Failure) in
                try field.value(of: value, in: zone)
            },
        ]
    }
}
