import CEL
import Core

/// Makes documents at random that are as large as the estimate takes them to be.
struct CostlyDocument {
    private var random: CostRandom
    private var parts = 0
    private var bytes = 0

    init(seed: UInt64) { random = CostRandom(seed: seed) }

    mutating func next() -> JSONValue {
        parts = Limits.costElements
        bytes = Limits.costTextBytes
        switch random.below(5) {
        case 0: return .array(flat())
        case 1: return object(flat())
        case 2:
            // Few fields, and what is in one of them is large.
            parts -= 3
            bytes -= 3
            let large = random.below(2) == 0 ? JSONValue.array(flat()) : object(flat())
            return .object(
                JSONObject([
                    .init(name: "a", value: large), .init(name: "b", value: .number(.int(1))),
                    .init(name: "c", value: .string("")),
                ]))
        case 3: return .string(text(bytes))
        default: return value(4)
        }
    }

    /// All that is left, on one level.
    private mutating func flat() -> [JSONValue] {
        let length = random.below(3) == 0 ? 0 : bytes / max(1, parts) / 2
        var values: [JSONValue] = []
        while parts > 0 {
            parts -= 1
            values.append(length == 0 ? .number(.int(Int64(parts))) : .string(text(length)))
        }
        return values
    }

    private mutating func object(_ values: [JSONValue]) -> JSONValue {
        var members: [JSONObject.Member] = []
        for (index, value) in values.enumerated() {
            let name = index < 4 ? CostlyExpression.fields[index] : "f\(index)"
            bytes -= name.utf8.count
            members.append(.init(name: name, value: value))
        }
        return .object(JSONObject(members))
    }

    private mutating func text(_ wanted: Int) -> String {
        let count = max(0, min(wanted, bytes))
        bytes -= count
        return String(repeating: "a", count: count)
    }

    private mutating func value(_ levels: Int) -> JSONValue {
        let kind = levels == 0 ? random.below(3) : 3 + random.below(2)
        switch kind {
        case 0: return .number(.double(1e300))
        case 1: return .string(text(random.below(64)))
        case 2: return .bool(true)
        default:
            var values: [JSONValue] = []
            for _ in 0..<(1 + random.below(12)) where parts > 0 {
                parts -= 1
                values.append(value(random.below(levels)))
            }
            return kind == 3 ? .array(values) : object(values)
        }
    }
}
