import Core

extension Evaluation {
    /// The elements that a comprehension goes through.
    private enum Elements {
        case list(ListView)
        case keys(MapView)

        var count: Int {
            switch self {
            case .list(let list): list.count
            case .keys(let map): map.count
            }
        }

        subscript(index: Int) -> Value {
            switch self {
            case .list(let list): list[index]
            case .keys(let map): map.key(at: index)
            }
        }
    }

    mutating func run<A: Activation>(
        _ comprehension: Node.Comprehension, _ node: Node, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        let range = try evaluate(comprehension.range, &activation)
        let elements: Elements
        if let list = ListView(range) {
            elements = .list(list)
        } else if let map = MapView(range) {
            elements = .keys(map)
        } else {
            throw Self.noOverload(comprehension.macro.rawValue, range, at: node.at)
        }
        switch comprehension.macro {
        case .all: return try junction(comprehension, elements, isAll: true, &activation)
        case .exists: return try junction(comprehension, elements, isAll: false, &activation)
        case .existsOne: return try existsOne(comprehension, elements, &activation)
        case .map, .filter: return try collect(comprehension, elements, &activation)
        }
    }

    /// `all` and `exists`: the element that decides wins over errors of the others.
    private mutating func junction<A: Activation>(
        _ comprehension: Node.Comprehension, _ elements: Elements, isAll: Bool,
        _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var absorbed: EvaluationError?
        for index in 0..<elements.count {
            locals[comprehension.local] = elements[index]
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
            locals[comprehension.local] = elements[index]
            if try predicate(comprehension, &activation) { count += 1 }
        }
        return .bool(count == 1)
    }

    private mutating func collect<A: Activation>(
        _ comprehension: Node.Comprehension, _ elements: Elements, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var values: [Value] = []
        for index in 0..<elements.count {
            let element = elements[index]
            locals[comprehension.local] = element
            guard try predicate(comprehension, &activation) else { continue }
            if let transform = comprehension.transform {
                values.append(try evaluate(transform, &activation))
            } else {
                values.append(element)
            }
        }
        return .list(values)
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
