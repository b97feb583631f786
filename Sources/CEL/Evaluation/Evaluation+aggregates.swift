/// Lists and maps that are written out.
extension Evaluation {
    mutating func list<A: Activation>(
        _ elements: [Node.Element], _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = try evaluate(element.value, &activation)
            if element.isOptional {
                if let content = try content(of: value, "[?]", element.value) {
                    values.append(content)
                }
            } else {
                values.append(value)
            }
        }
        return .list(values)
    }

    mutating func map<A: Activation>(
        _ entries: [Node.Entry], _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var map = MapValue()
        for entry in entries {
            let key = try evaluate(entry.key, &activation)
            var value = try evaluate(entry.value, &activation)
            if entry.isOptional {
                guard let content = try content(of: value, "{?}", entry.value) else { continue }
                value = content
            }
            try insert(key: key, value: value, into: &map, at: entry.key.at)
        }
        return .map(map)
    }

    func insert(
        key: Value, value: Value, into map: inout MapValue, at offset: Int32
    ) throws(EvaluationError) {
        switch map.insert(key: key, value: value) {
        case .inserted: break
        case .unsupportedKey: throw Self.noOverload("map key", key, at: offset)
        case .repeatedKey:
            throw EvaluationError(
                .invalidArgument("the key '\(key.keyText)' is repeated"), offset: offset)
        }
    }
}
