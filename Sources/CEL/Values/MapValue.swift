/// A map made by an expression or given to it, in the order in which its entries came.
///
/// The order is what comprehensions see, so that equal runs have equal outcomes.
public struct MapValue: Sendable {
    /// One key and its value.
    public struct Entry: Equatable, Sendable {
        public let key: Value
        public let value: Value

        public init(key: Value, value: Value) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var entries: [Entry] = []
    /// Empty while a search from end to end is the faster one.
    private var places: [MapKey: Int] = [:]
    private static let searchedCountMax = 8

    public init() {}

    /// nil when a key is of no allowed kind (bool, int, uint, string) or comes twice.
    public init?(_ entries: some Sequence<(Value, Value)>) {
        for (key, value) in entries {
            guard insert(key: key, value: value) == .inserted else { return nil }
        }
    }

    enum Insertion { case inserted, repeatedKey, unsupportedKey }

    mutating func insert(key: Value, value: Value) -> Insertion {
        guard let place = Self.key(of: key) else { return .unsupportedKey }
        guard find(place) == nil else { return .repeatedKey }
        entries.append(Entry(key: key, value: value))
        if !places.isEmpty {
            places[place] = entries.count - 1
        } else if entries.count > Self.searchedCountMax {
            for (index, entry) in entries.enumerated() {
                if let place = MapKey(entry.key) { places[place] = index }
            }
        }
        return .inserted
    }

    /// The value of the key that equals `key` in the language's sense.
    public subscript(_ key: Value) -> Value? {
        guard let place = MapKey(key), let index = find(place) else { return nil }
        return entries[index].value
    }

    func value(named name: String) -> Value? {
        find(.string(name)).map { entries[$0].value }
    }

    private func find(_ key: MapKey) -> Int? {
        if !places.isEmpty { return places[key] }
        return entries.firstIndex { MapKey($0.key) == key }
    }

    /// Doubles look up, but are no keys themselves.
    private static func key(of value: Value) -> MapKey? {
        switch value.kind {
        case .bool, .int, .uint, .string: MapKey(value)
        case .null, .double, .bytes, .list, .map, .timestamp, .duration, .type, .optional,
            .ip, .cidr:
            nil
        }
    }
}

extension MapValue: Equatable {
    public static func == (a: MapValue, b: MapValue) -> Bool { a.entries == b.entries }
}
