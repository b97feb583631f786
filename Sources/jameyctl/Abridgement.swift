import CEL
import Core

/// The beginning of a value: so many elements and bytes of text, counted over all levels.
struct Abridgement {
    private(set) var value: Value
    /// Whether nothing is left out.
    var isWhole: Bool { left >= 0 }
    private var left: Int

    init(_ value: Value, to count: Int) {
        self.value = .null
        left = count
        self.value = beginning(of: value)
    }

    private mutating func beginning(of value: Value) -> Value {
        switch value {
        case .string(let text):
            let room = max(0, left)
            left -= text.utf8.count
            return left >= 0 ? value : .string(String(text.unicodeScalars.prefix(room)))
        case .bytes(let bytes):
            let room = max(0, left)
            left -= bytes.count
            return .bytes(Array(bytes.prefix(room)))
        case .list(let elements): return .list(beginning(of: elements.lazy))
        case .array(let elements): return .list(beginning(of: elements.lazy.map(Value.init)))
        case .map(let map):
            return beginning(of: map.entries.lazy.map { ($0.key, $0.value) })
        case .object(let object):
            return beginning(
                of: object.members.lazy.map { (.string($0.name), Value($0.value)) })
        case .optional(let content?): return .optional(beginning(of: content))
        case .optional(nil), .null, .bool, .int, .uint, .double, .number, .timestamp, .duration,
            .type, .network:
            return value
        }
    }

    private mutating func beginning(of elements: some Sequence<Value>) -> [Value] {
        var kept: [Value] = []
        for element in elements {
            left -= 1
            guard left >= 0 else { break }
            kept.append(beginning(of: element))
        }
        return kept
    }

    private mutating func beginning(of entries: some Sequence<(Value, Value)>) -> Value {
        var kept: [(Value, Value)] = []
        for (key, value) in entries {
            left -= 1
            guard left >= 0 else { break }
            kept.append((key, beginning(of: value)))
        }
        return MapValue(kept).map(Value.map) ?? .null
    }
}
