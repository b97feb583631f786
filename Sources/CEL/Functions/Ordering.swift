import Core

/// The language's `<` and its likes.
enum Ordering {
    /// Below, at or above 0; nil when a number is NaN, which is in no order to anything.
    static func compare(
        _ a: Value, _ b: Value, _ name: String, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Int? {
        switch (a, b) {
        case (.bool(let a), .bool(let b)): return (a ? 1 : 0) - (b ? 1 : 0)
        case (.string(let a), .string(let b)):
            try fuel.spend(bytes: min(a.utf8.count, b.utf8.count))
            return Text.compare(a, b)
        case (.bytes(let a), .bytes(let b)):
            try fuel.spend(bytes: min(a.count, b.count))
            return Octets.compare(a, b)
        case (.timestamp(let a), .timestamp(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.duration(let a), .duration(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.null, _), (.bool, _), (.string, _), (.bytes, _), (.list, _), (.array, _), (.map, _),
            (.object, _), (.timestamp, _), (.duration, _), (.type, _), (.optional, _),
            (.network, _), (.int, _), (.uint, _),
            (.double, _), (.number, _):
            guard Numeric(a) != nil, Numeric(b) != nil else {
                throw .noOverload(name, a.kind, b.kind)
            }
            return numbers(a, b)
        }
    }

    /// The order of two numbers; nil when one is NaN or no number.
    static func numbers(_ a: Value, _ b: Value) -> Int? {
        guard let left = Numeric(a), let right = Numeric(b) else { return nil }
        return Numeric.compare(left, right, a.isJSONNumber || b.isJSONNumber ? .exact : .rounded)
    }
}

extension Value {
    var isJSONNumber: Bool {
        if case .number = self { return true }
        return false
    }
}
