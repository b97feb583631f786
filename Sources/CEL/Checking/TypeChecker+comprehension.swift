/// The types of macros that go through lists and maps.
extension TypeChecker {
    mutating func comprehension(
        _ comprehension: Node.Comprehension, _ node: Node
    ) -> ValueType {
        let range = type(of: comprehension.range)
        let (key, value) = elements(of: range, comprehension, node)
        if let second = comprehension.second {
            locals[comprehension.local] = key
            locals[second] = value
        } else {
            locals[comprehension.local] = comprehension.single(of: range, key: key, value: value)
        }
        if let predicate = comprehension.predicate {
            expect(.bool, predicate, by: "'\(comprehension.macro.rawValue)'")
        }
        let made = comprehension.transform.map { type(of: $0) }
        switch comprehension.macro {
        case .all, .exists, .existsOne: return .bool
        case .filter: return .list(locals[comprehension.local])
        case .map, .transformList: return .list(made ?? .dyn)
        case .transformMap: return .map(key, made ?? .dyn)
        case .transformMapEntry:
            guard let made, let transform = comprehension.transform else { return .dyn }
            switch made {
            case .map, .dyn: return made
            case .number, .simple, .list, .optional, .parameter:
                return fault(
                    "'transformMapEntry' wants a map of each element, not \(made)", transform,
                    hint: "write {key: value}")
            }
        }
    }

    /// Index or key, and element or value.
    private mutating func elements(
        of range: ValueType, _ comprehension: Node.Comprehension, _ node: Node
    ) -> (key: ValueType, value: ValueType) {
        switch range {
        case .list(let element): return (.int, element)
        case .map(let key, let value): return (key, value)
        case .dyn, .parameter: return (.dyn, .dyn)
        case .number, .simple, .optional:
            let name = comprehension.macro.rawValue
            let none = fault("'\(name)' goes through a list or map, not \(range)", node)
            return (none, none)
        }
    }
}

extension Node.Comprehension {
    /// The one variable of a macro that has one: an element, or the key of a map.
    fileprivate func single(of range: ValueType, key: ValueType, value: ValueType) -> ValueType {
        if case .map = range { return key }
        return value
    }
}
