import Core

/// Indices and membership.
enum Lookup {
    /// `container[index]`.
    static func element(
        of container: Value, at index: Value, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Value {
        if case .optional = container {
            return .optional(try optionalElement(of: container, at: index, &fuel))
        }
        if let list = ListView(container) {
            guard let place = try place(index) else { throw .noOverload("[]", .list, index.kind) }
            guard 0..<Int64(list.count) ~= place else { throw .noElement(place) }
            return list[Int(place)]
        }
        guard let map = MapView(container) else {
            throw .noOverload("[]", container.kind, index.kind)
        }
        try fuel.spend(map.searchCost)
        guard let found = map[index] else { throw .noKey(text(of: index)) }
        return found
    }

    /// `container[?index]`, and any index of an optional; nil where there is no such element.
    static func optionalElement(
        of container: Value, at index: Value, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Value? {
        if case .optional(let content) = container {
            guard let content else { return nil }
            return try optionalElement(of: content, at: index, &fuel)
        }
        if let list = ListView(container) {
            guard let place = try place(index) else {
                throw .noOverload("[?]", .list, index.kind)
            }
            return 0..<Int64(list.count) ~= place ? list[Int(place)] : nil
        }
        guard let map = MapView(container) else {
            throw .noOverload("[?]", container.kind, index.kind)
        }
        try fuel.spend(map.searchCost)
        return map[index]
    }

    /// A list's index: any number that is integral; nil for what is no number.
    private static func place(_ index: Value) throws(EvaluationError.Reason) -> Int64? {
        switch Numeric(index) {
        case nil: return nil
        case .int(let value)?: return value
        case .uint(let value)?: return Int64(exactly: value) ?? .max
        case .double(let value)?:
            guard let exact = Int64(exactly: value) else {
                throw .invalidArgument("a list's index must be integral")
            }
            return exact
        }
    }

    private static func text(of key: Value) -> String {
        key.keyText.isEmpty ? "of type \(key.kind.typeName)" : key.keyText
    }

    /// `value in container`.
    static func contains(
        _ value: Value, in container: Value, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Bool {
        if let list = ListView(container) {
            for index in 0..<list.count {
                try fuel.spend(1)
                if try Equality.isEqual(list[index], value, &fuel) { return true }
            }
            return false
        }
        guard let map = MapView(container) else {
            throw .noOverload("in", value.kind, container.kind)
        }
        try fuel.spend(map.searchCost)
        return map[value] != nil
    }
}
