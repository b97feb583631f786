import Core

/// What functions make of their arguments.
extension Value {
    var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// An int, or a JSON number that is integral.
    var integer: Int64? {
        switch self {
        case .int(let value), .number(.int(let value)): value
        case .number(.double(let value)): Int64(exactly: value)
        case .null, .bool, .uint, .double, .string, .bytes, .list, .array, .map, .object,
            .timestamp, .duration, .type, .optional, .network:
            nil
        }
    }
}
