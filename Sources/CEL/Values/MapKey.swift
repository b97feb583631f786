import Core

/// What a map finds its entries by: numbers by their value, so that `1`, `1u` and `1.0` are one.
enum MapKey: Sendable {
    case bool(Bool)
    case int(Int64)
    /// Above `Int64.max` only.
    case uint(UInt64)
    case string(String)

    /// nil for values that no key can equal.
    init?(_ value: Value) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value), .number(.int(let value)): self = .int(value)
        case .uint(let value): self = Int64(exactly: value).map(MapKey.int) ?? .uint(value)
        case .double(let value), .number(.double(let value)):
            if let int = Int64(exactly: value) {
                self = .int(int)
            } else if let uint = UInt64(exactly: value) {
                self = .uint(uint)
            } else {
                return nil
            }
        case .string(let value): self = .string(value)
        case .null, .bytes, .list, .array, .map, .object, .timestamp, .duration, .type, .optional,
            .network:
            return nil
        }
    }
}

extension MapKey: Hashable {
    static func == (a: MapKey, b: MapKey) -> Bool {
        switch (a, b) {
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.uint(let a), .uint(let b)): a == b
        case (.string(let a), .string(let b)): Text.isEqual(a, b)
        case (.bool, _), (.int, _), (.uint, _), (.string, _): false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .uint(let value): hasher.combine(value)
        case .string(let value): Text.hash(value, into: &hasher)
        }
    }
}
