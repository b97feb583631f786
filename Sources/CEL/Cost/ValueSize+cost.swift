import Core

/// What operations on a value of the size cost.
extension ValueSize {
    /// To read the text or write it.
    var reading: Double { bytes / 16 }

    /// To go through the elements of the first level without looking into them.
    var walking: Double {
        switch shape {
        case .scalar, .text: 0
        case .list, .map, .any: isShare ? parts : min(count, parts)
        }
    }

    /// The turns of a loop.
    var turns: Double {
        switch shape {
        case .scalar, .text: 0
        case .list, .map, .any: count
        }
    }

    /// To find a key: the members of a document are searched one by one.
    var searching: Double {
        switch shape {
        case .scalar, .text, .list: 0
        case .map, .any: walking / 8
        }
    }

    /// To compare all of it with something else.
    var comparing: Double {
        let search = mayHoldMaps ? Double(Limits.costElements) / 8 : 0
        return parts * (1 + search) + reading
    }

    private var mayHoldMaps: Bool {
        switch shape {
        case .scalar, .text: false
        case .list: count > 0 && element().mayHoldMaps
        case .map, .any: true
        }
    }

    /// To compare two values: it ends where the smaller one does.
    ///
    /// Which of the two is looked at may not depend on what one turn of a loop has.
    static func comparing(
        _ a: ValueSize, _ b: ValueSize, by cost: (ValueSize) -> Double = \.comparing
    ) -> Double {
        if a.shape == .scalar || b.shape == .scalar { return 0 }
        switch (a.isShare, b.isShare) {
        case (false, false): return min(cost(a), cost(b))
        case (true, false): return cost(b) <= littleMax ? cost(b) : cost(a)
        case (false, true): return cost(a) <= littleMax ? cost(a) : cost(b)
        case (true, true): return cost(a)
        }
    }

    /// To look for a value among the elements or keys.
    func containing(_ value: ValueSize) -> Double {
        if value.shape == .scalar { return walking + searching }
        let cost = value.comparing
        if !value.isShare, cost <= Self.littleMax { return walking * (1 + cost) + searching }
        return walking + comparing + searching
    }

    /// What costs no more than this in every turn of a loop is not shared out over them.
    private static let littleMax = 16.0
}

// MARK: What is known

extension ValueSize {
    /// Of a value that is written in the expression.
    init(of value: Value) {
        switch value {
        case .string(let text): self = .text(Double(text.utf8.count))
        case .bytes(let bytes): self = .text(Double(bytes.count))
        case .list(let elements): self = .list(elements.map(ValueSize.init(of:)))
        case .array(let elements): self = .list(elements.map { ValueSize(of: Value($0)) })
        case .map(let map):
            self = .map(
                keys: map.entries.map { ValueSize(of: $0.key) },
                values: map.entries.map { ValueSize(of: $0.value) })
        case .object(let object):
            self = .map(
                keys: object.members.map { .text(Double($0.name.utf8.count)) },
                values: object.members.map { ValueSize(of: Value($0.value)) })
        case .optional(let content): self = (content.map(ValueSize.init(of:)) ?? .scalar).wrapped
        case .null, .bool, .int, .uint, .double, .number, .timestamp, .duration, .type, .network:
            self = .scalar
        }
    }

    /// Of any value of a type.
    public init(of type: ValueType) {
        let unknown = ValueSize.unknown
        switch type {
        case .dyn, .parameter: self = unknown
        case .number: self = .scalar
        case .simple(let kind):
            self = kind == .string || kind == .bytes ? .text(unknown.bytes) : .scalar
        case .list(let element):
            let element = ValueSize(of: element)
            self = .list(
                count: unknown.count, inner: element.parts, bytes: element.bytes, element: element)
        case .map(let key, let value):
            let values = ValueSize(of: .list(value))
            self = values.mapped(keyBytes: ValueSize(of: key).bytes)
        case .optional(let content): self = ValueSize(of: content).wrapped
        }
    }
}
