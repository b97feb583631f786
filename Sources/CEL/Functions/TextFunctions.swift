/// `size` and the predicates of strings.
enum TextFunctions {
    typealias Failure = EvaluationError.Reason

    /// Code points of a string, bytes, elements or entries.
    static func size(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch value {
        case .string(let text):
            try fuel.spend(bytes: text.utf8.count)
            return .int(Int64(text.unicodeScalars.count))
        case .bytes(let bytes): return .int(Int64(bytes.count))
        case .list, .array, .map, .object, .null, .bool, .int, .uint, .double, .number,
            .timestamp, .duration, .type, .optional, .network:
            if let list = ListView(value) { return .int(Int64(list.count)) }
            if let map = MapView(value) { return .int(Int64(map.count)) }
            throw .noOverload("size", value.kind, nil)
        }
    }

    static func contains(_ a: Value, _ b: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        let (text, part) = try strings(a, b, "contains", &fuel)
        return .bool(Text.contains(text, part))
    }

    static func startsWith(_ a: Value, _ b: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        let (text, part) = try strings(a, b, "startsWith", &fuel)
        return .bool(Text.hasPrefix(text, part))
    }

    static func endsWith(_ a: Value, _ b: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        let (text, part) = try strings(a, b, "endsWith", &fuel)
        return .bool(Text.hasSuffix(text, part))
    }

    /// With a pattern that is only known now.
    static func matches(_ a: Value, _ b: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        let (text, source) = try strings(a, b, "matches", &fuel)
        try fuel.spend(source.utf8.count)
        let pattern: Pattern
        do {
            pattern = try Pattern(source)
        } catch {
            throw .invalidArgument("invalid regular expression: \(error.message)")
        }
        try fuel.spend(pattern.instructions.count)
        return .bool(try pattern.matches(text, spending: &fuel))
    }

    static func matches(
        _ value: Value, _ pattern: Pattern, _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        guard case .string(let text) = value else {
            throw .noOverload("matches", value.kind, .string)
        }
        return .bool(try pattern.matches(text, spending: &fuel))
    }

    private static func strings(
        _ a: Value, _ b: Value, _ name: String, _ fuel: inout Fuel
    ) throws(Failure) -> (String, String) {
        guard case .string(let text) = a, case .string(let part) = b else {
            throw .noOverload(name, a.kind, b.kind)
        }
        try fuel.spend(bytes: text.utf8.count)
        return (text, part)
    }
}
