import Core

/// The language's `==`: numbers by value across their kinds, other kinds never equal.
enum Equality {
    /// One unit of fuel for every pair of elements, and for bytes what they cost.
    static func isEqual(
        _ a: Value, _ b: Value, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Bool {
        switch (a, b) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.string(let a), .string(let b)):
            try fuel.spend(bytes: min(a.utf8.count, b.utf8.count))
            return Text.isEqual(a, b)
        case (.bytes(let a), .bytes(let b)):
            try fuel.spend(bytes: min(a.count, b.count))
            return a == b
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.type(let a), .type(let b)): return a == b
        case (.network(let a), .network(let b)): return a == b
        case (.optional(let a), .optional(let b)):
            guard let a, let b else { return a == nil && b == nil }
            try fuel.spend(1)
            return try isEqual(a, b, &fuel)
        case (.null, _), (.bool, _), (.string, _), (.bytes, _), (.timestamp, _), (.duration, _),
            (.type, _), (.optional, _), (.network, _):
            return false
        case (.int, _), (.uint, _), (.double, _), (.number, _):
            return Ordering.numbers(a, b) == 0
        case (.list, _), (.array, _):
            guard let a = ListView(a), let b = ListView(b) else { return false }
            return try areEqual(a, b, &fuel)
        case (.map, _), (.object, _):
            guard let a = MapView(a), let b = MapView(b) else { return false }
            return try areEqual(a, b, &fuel)
        }
    }

    private static func areEqual(
        _ a: ListView, _ b: ListView, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count {
            try fuel.spend(1)
            guard try isEqual(a[index], b[index], &fuel) else { return false }
        }
        return true
    }

    private static func areEqual(
        _ a: MapView, _ b: MapView, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count {
            try fuel.spend(1 + b.searchCost)
            guard let other = b[a.key(at: index)],
                try isEqual(a.value(at: index), other, &fuel)
            else { return false }
        }
        return true
    }
}
