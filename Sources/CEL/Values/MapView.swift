import Core

/// A map to read from, wherever its entries come from.
enum MapView {
    case values(MapValue)
    case json(JSONObject)

    init?(_ value: Value) {
        switch value {
        case .map(let map): self = .values(map)
        case .object(let object): self = .json(object)
        case .null, .bool, .int, .uint, .double, .number, .string, .bytes, .list, .array,
            .timestamp, .duration, .type, .optional, .network:
            return nil
        }
    }

    var count: Int {
        switch self {
        case .values(let map): map.entries.count
        case .json(let object): object.members.count
        }
    }

    /// - Precondition: `index` is in `0..<count`.
    func key(at index: Int) -> Value {
        switch self {
        case .values(let map): map.entries[index].key
        case .json(let object): .string(object.members[index].name)
        }
    }

    /// - Precondition: `index` is in `0..<count`.
    func value(at index: Int) -> Value {
        switch self {
        case .values(let map): map.entries[index].value
        case .json(let object): Value(object.members[index].value)
        }
    }

    func value(named name: String) -> Value? {
        switch self {
        case .values(let map): map.value(named: name)
        case .json(let object): object.value(named: name)
        }
    }

    subscript(key: Value) -> Value? {
        switch self {
        case .values(let map): return map[key]
        case .json(let object):
            guard case .string(let name) = key else { return nil }
            return object.value(named: name)
        }
    }
}

extension JSONObject {
    /// By code points, as the language compares strings.
    func value(named name: String) -> Value? {
        for member in members where Text.isEqual(member.name, name) { return Value(member.value) }
        return nil
    }
}

extension MapView {
    /// What it costs in fuel to find a key: a document's members are searched one by one.
    var searchCost: Int {
        switch self {
        case .values: 0
        case .json(let object): object.members.count >> 3
        }
    }
}
