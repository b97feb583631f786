import Core

/// A number of any kind, for the operations that take them all.
enum Numeric {
    case int(Int64)
    case uint(UInt64)
    case double(Double)

    init?(_ value: Value) {
        switch value {
        case .int(let value), .number(.int(let value)): self = .int(value)
        case .uint(let value): self = .uint(value)
        case .double(let value), .number(.double(let value)): self = .double(value)
        case .null, .bool, .string, .bytes, .list, .array, .map, .object, .timestamp, .duration,
            .type, .optional, .network:
            return nil
        }
    }

    var double: Double {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        }
    }

    /// An integer's order with a double: exact, or as the conformance suite has it, where the
    /// integer is rounded to a double first (`9223372036854775807 < 9223372036854775808.0` is
    /// false there).
    enum Precision { case exact, rounded }

    /// Below, at or above 0; nil when one is NaN.
    static func compare(_ a: Numeric, _ b: Numeric, _ precision: Precision) -> Int? {
        switch (a, b) {
        case (.int(let a), .int(let b)): return order(a, b)
        case (.uint(let a), .uint(let b)): return order(a, b)
        case (.int(let a), .uint(let b)): return a < 0 ? -1 : order(UInt64(a), b)
        case (.uint(let a), .int(let b)): return b < 0 ? 1 : order(a, UInt64(b))
        case (.double(let a), .double(let b)): return a.isNaN || b.isNaN ? nil : order(a, b)
        case (_, .double(let b)):
            if b.isNaN { return nil }
            if precision == .rounded { return order(a.double, b) }
            return a.exactOrder(with: b)
        case (.double(let a), _):
            if a.isNaN { return nil }
            if precision == .rounded { return order(a, b.double) }
            return -b.exactOrder(with: a)
        }
    }

    /// - Precondition: self is an integer and `other` is not NaN.
    private func exactOrder(with other: Double) -> Int {
        if other >= 0x1p64 { return -1 }
        if other < -0x1p63 { return 1 }
        let whole = other.rounded(.down)
        let integer: Numeric = whole < 0 ? .int(Int64(whole)) : .uint(UInt64(whole))
        let order = Self.compare(self, integer, .exact) ?? 0
        return order == 0 && whole < other ? -1 : order
    }

    private static func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }
}

extension JSONNumber {
    /// The number of a double, an int where it is integral within ±2^53; nil when it is not
    /// finite, which JSON cannot say.
    init?(_ value: Double) {
        guard value.isFinite else { return nil }
        if value.magnitude <= 0x1p53, let int = Int64(exactly: value) {
            self = .int(int)
        } else {
            self = .double(value)
        }
    }
}
