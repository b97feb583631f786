/// The functions of optionals that take values; `or`, `orValue`, `optMap` and `optFlatMap` are the
/// resolver's, because they do not always look at their argument.
enum OptionalFunctions {
    typealias Failure = EvaluationError.Reason

    private static let element = ValueType.parameter(0)

    static let functions: [Function] = [
        .unary("optional.of", [Signature(element, gives: .optional(element))]) { value, _ in
            .optional(value)
        },
        Function(
            "optional.none", argumentCount: 0, signatures: [Signature(gives: .optional(.dyn))],
            body: .variadic { _, _ in .optional(nil) }),
        .unary(
            "optional.ofNonZeroValue", [Signature(element, gives: .optional(element))]
        ) { value, _ in .optional(value.isZero ? nil : value) },
        .unary("optional.unwrap", unwrapping, unwrap),
        .method("unwrapOpt", unwrapping, unwrap),
        .method("hasValue", [Signature(.optional(element), gives: .bool)]) {
            value, _ throws(Failure) in
            guard case .optional(let content) = value else {
                throw .noOverload("hasValue", value.kind, nil)
            }
            return .bool(content != nil)
        },
        .method("value", [Signature(.optional(element), gives: element)]) {
            value, _ throws(Failure) in
            guard case .optional(let content) = value else {
                throw .noOverload("value", value.kind, nil)
            }
            guard let content else { throw .noOptionalValue }
            return content
        },
        end("first") { $0 > 0 ? 0 : nil },
        end("last") { $0 > 0 ? $0 - 1 : nil },
    ]

    private static let unwrapping = [
        Signature(.list(.optional(element)), gives: .list(element))
    ]

    /// The values of those that have one.
    private static func unwrap(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        guard let list = ListView(value) else { throw .noOverload("unwrap", value.kind, nil) }
        try fuel.spend(list.count)
        var values: [Value] = []
        for index in 0..<list.count {
            guard case .optional(let content) = list[index] else {
                throw .noOverload("unwrap", list[index].kind, nil)
            }
            if let content { values.append(content) }
        }
        return .list(values)
    }

    /// An element of a list, by the count of all.
    private static func end(
        _ name: String, _ place: @escaping @Sendable (Int) -> Int?
    ) -> Function {
        .method(name, [Signature(.list(element), gives: .optional(element))]) {
            value, _ throws(Failure) in
            guard let list = ListView(value) else { throw .noOverload(name, value.kind, nil) }
            return .optional(place(list.count).map { list[$0] })
        }
    }
}

extension Value {
    /// Whether it is what a field has that nobody set (`optional.ofNonZeroValue`).
    var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value), .number(.int(let value)): value == 0
        case .uint(let value): value == 0
        case .double(let value), .number(.double(let value)): value == 0
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let elements): elements.isEmpty
        case .array(let elements): elements.isEmpty
        case .map(let map): map.entries.isEmpty
        case .object(let object): object.members.isEmpty
        case .timestamp(let instant): instant.seconds == 0 && instant.nanoseconds == 0
        case .duration(let interval): interval.nanoseconds == 0
        case .type, .optional, .network: false
        }
    }
}
