import Core

/// A list to read from, wherever its elements come from.
enum ListView {
    case values([Value])
    case json([JSONValue])

    init?(_ value: Value) {
        switch value {
        case .list(let elements): self = .values(elements)
        case .array(let elements): self = .json(elements)
        case .null, .bool, .int, .uint, .double, .number, .string, .bytes, .map, .object,
            .timestamp, .duration, .type, .optional, .network:
            return nil
        }
    }

    var count: Int {
        switch self {
        case .values(let elements): elements.count
        case .json(let elements): elements.count
        }
    }

    /// - Precondition: `index` is in `0..<count`.
    subscript(index: Int) -> Value {
        switch self {
        case .values(let elements): elements[index]
        case .json(let elements): Value(elements[index])
        }
    }
}
