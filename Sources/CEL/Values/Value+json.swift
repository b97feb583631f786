import Core

extension Value {
    /// The value as JSON, in the manner of protobuf's JSON mapping; nil for what has none.
    ///
    /// Bytes become base64, timestamps RFC 3339, durations `"1.5s"`, not finite doubles and uints
    /// beyond int64 strings, addresses and keys their text, an optional the value it has. A type
    /// has no JSON, nor has an optional without value or a value of more than
    /// `Limits.evaluationFuelMax` parts.
    public var json: JSONValue? {
        var fuel = Fuel(Limits.evaluationFuelMax)
        return try? json(spending: &fuel)
    }

    private func json(
        spending fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> JSONValue {
        try fuel.spend(1)
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .number(.int(value))
        case .uint(let value):
            return Int64(exactly: value).map { .number(.int($0)) } ?? .string(String(value))
        case .double(let value): return Self.json(of: value)
        case .number(let value): return .number(value)
        case .string(let value): return .string(value)
        case .bytes(let value):
            try fuel.spend(bytes: value.count)
            return .string(Base64.encode(value))
        case .array(let elements): return .array(elements)
        case .object(let object): return .object(object)
        case .timestamp(let value): return .string(value.description)
        case .duration(let value): return .string(value.description)
        case .type: throw .invalidArgument("a type has no JSON form")
        case .optional(let value?): return try value.json(spending: &fuel)
        case .optional(nil): throw .noOptionalValue
        case .network(let value): return .string(value.description)
        case .list(let elements):
            var converted: [JSONValue] = []
            converted.reserveCapacity(elements.count)
            for element in elements { converted.append(try element.json(spending: &fuel)) }
            return .array(converted)
        case .map(let map):
            var members: [JSONObject.Member] = []
            for entry in map.entries {
                let value = try entry.value.json(spending: &fuel)
                members.append(.init(name: entry.key.keyText, value: value))
            }
            return .object(JSONObject(members))
        }
    }

    private static func json(of value: Double) -> JSONValue {
        if let number = JSONNumber(value) { return .number(number) }
        return .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
    }

    /// The text of a map's key; empty for values that are no keys.
    var keyText: String {
        switch self {
        case .bool(let value): String(value)
        case .int(let value), .number(.int(let value)): String(value)
        case .uint(let value): String(value)
        case .string(let value): value
        case .double, .number(.double), .null, .bytes, .list, .array, .map, .object, .timestamp,
            .duration, .type, .optional, .network:
            ""
        }
    }
}
