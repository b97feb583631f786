extension ValueType {
    /// Of a value that is written in the expression.
    init(of value: Value) {
        switch value {
        case .null: self = .null
        case .bool: self = .bool
        case .int: self = .int
        case .uint: self = .uint
        case .double: self = .double
        case .number: self = .number
        case .string: self = .string
        case .bytes: self = .bytes
        case .timestamp: self = .timestamp
        case .duration: self = .duration
        case .type: self = .type
        case .network(.ip): self = .ip
        case .network(.cidr): self = .cidr
        case .list, .array: self = .list(.dyn)
        case .map, .object: self = .map(.dyn, .dyn)
        case .optional: self = .optional(.dyn)
        }
    }
}
