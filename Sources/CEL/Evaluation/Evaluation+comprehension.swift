import Core

extension Evaluation {
    /// The elements that a comprehension goes through.
    private enum Elements {
        case list(ListView)
        case map(MapView)

        init?(_ value: Value) {
            if let list = ListView(value) {
                self = .list(list)
            } else if let map = MapView(value) {
                self = .map(map)
            } else {
                return nil
            }
        }

        var count: Int {
            switch self {
            case .list(let list): list.count
            case .map(let map): map.count
            }
        }

        /// What a macro with one variable sees: an element or a key.
        func single(_ index: Int) -> Value {
            switch self {
            case .list(let list): list[index]
            case .map(let map): map.key(at: index)
            }
        }

        /// The first variable of two: an index or a key.
        func key(_ index: Int) -> Value {
            switch self {
            case .list: .int(Int64(index))
            case .map(let map): map.key(at: index)
            }
        }

        /// The second variable of two: an element or a value.
        func value(_ index: Int) -> Value {
            switch self {
            case .list(let list): list[index]
            case .map(let map): map.value(at: index)
            }
        }
    }

    mutating func run<A: Activation>(
        _ comprehension: Node.Comprehension, _ node: Node, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        let range = try evaluate(comprehension.range, &activation)
        guard let elements = Elements(range) else {
            throw Self.noOverload(comprehension.macro.rawValue, range, at: node.at)
        }
        switch comprehension.macro {
        case .all: return try junction(comprehension, elements, isAll: true, &activation)
        case .exists: return try junction(comprehension, elements, isAll: false, &activation)
        case .existsOne: return try existsOne(comprehension, elements, &activation)
        case .map, .filter, .transformList:
            return try collect(comprehension, elements, &activation)
        case .transformMap, .transformMapEntry:
            return try collectMap(comprehension, elements, node, &activation)
        }
    }

    private mutating func enter(
        _ index: Int, of elements: Elements, _ comprehension: Node.Comprehension
    ) {
        if let second = comprehension.second {
            locals[comprehension.local] = elements.key(index)
            locals[second] = elements.value(index)
        } else {
            locals[comprehension.local] = elements.single(index)
        }
    }

    /// `all` and `exists`: the element that decides wins over errors of the others.
    private mutating func junction<A: Activation>(
        _ comprehension: Node.Comprehension, _ elements: Elements, isAll: Bool,
        _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var absorbed: EvaluationError?
        for index in 0..<elements.count {
            enter(index, of: elements, comprehension)
            do {
                let holds = try predicate(comprehension, &activation)
                if holds != isAll { return .bool(holds) }
            } catch {
                if error.reason == .outOfFuel { throw error }
                absorbed = absorbed ?? error
            }
        }
        if let absorbed { throw absorbed }
        return .bool(isAll)
    }

    private mutating func existsOne<A: Activation>(
        _ comprehension: Node.Comprehension, _ elements: Elements, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var count = 0
        for index in 0..<elements.count {
            enter(index, of: elements, comprehension)
            if try predicate(comprehension, &activation) { count += 1 }
        }
        return .bool(count == 1)
    }

    private mutating func collect<A: Activation>(
        _ comprehension: Node.Comprehension, _ elements: Elements, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var values: [Value] = []
        for index in 0..<elements.count {
            enter(index, of: elements, comprehension)
            guard try predicate(comprehension, &activation) else { continue }
            if let transform = comprehension.transform {
                values.append(try evaluate(transform, &activation))
            } else {
                values.append(elements.single(index))
            }
        }
        return .list(values)
    }

    /// `transformMap` keeps keys, or makes them of indices; `transformMapEntry` takes the entries
    /// of the maps that its body gives.
    private mutating func collectMap<A: Activation>(
        _ comprehension: Node.Comprehension, _ elements: Elements, _ node: Node,
        _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var result = MapValue()
        for index in 0..<elements.count {
            enter(index, of: elements, comprehension)
            guard try predicate(comprehension, &activation),
                let transform = comprehension.transform
            else { continue }
            let value = try evaluate(transform, &activation)
            if comprehension.macro == .transformMap {
                try insert(
                    key: elements.key(index), value: value, into: &result, at: node.at)
                continue
            }
            try merge(value, into: &result, transform)
        }
        return .map(result)
    }

    private mutating func merge(
        _ value: Value, into result: inout MapValue, _ node: Node
    ) throws(EvaluationError) {
        guard let entries = MapView(value) else {
            throw Self.noOverload("transformMapEntry", value, at: node.at)
        }
        guard result.entries.count + entries.count <= Limits.valueElementsMax else {
            throw EvaluationError(.tooLarge("a map"), offset: node.at)
        }
        do { try fuel.spend(entries.count) } catch {
            throw EvaluationError(error, offset: node.at)
        }
        for place in 0..<entries.count {
            try insert(
                key: entries.key(at: place), value: entries.value(at: place), into: &result,
                at: node.at)
        }
    }

    private mutating func predicate<A: Activation>(
        _ comprehension: Node.Comprehension, _ activation: inout A
    ) throws(EvaluationError) -> Bool {
        guard let predicate = comprehension.predicate else { return true }
        let value = try evaluate(predicate, &activation)
        guard case .bool(let holds) = value else {
            throw Self.noOverload(comprehension.macro.rawValue, value, at: predicate.at)
        }
        return holds
    }
}
