import Core

/// One run over the tree: what it may still spend and the variables of its comprehensions.
struct Evaluation {
    var fuel: Fuel
    /// nil where a binding has not been looked at.
    var locals: [Value?]
    /// nil unless the run is traced.
    var trace: [TraceEntry]?

    init(localCount: Int, fuel: Int) {
        self.fuel = Fuel(fuel)
        locals = localCount == 0 ? [] : Array(repeating: nil, count: localCount)
    }

    mutating func evaluate<A: Activation>(
        _ node: Node, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        if trace == nil { return try value(of: node, &activation) }
        do {
            let value = try value(of: node, &activation)
            record(node, .success(value))
            return value
        } catch {
            record(node, .failure(error))
            throw error
        }
    }

    private mutating func value<A: Activation>(
        of node: Node, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        do { try fuel.spend(1) } catch { throw EvaluationError(error, offset: node.at) }
        switch node.kind {
        case .constant(let value): return value
        case .local(let index): return locals[index] ?? .null
        case .lazy(let index, let value):
            if let known = locals[index] { return known }
            let made = try evaluate(value, &activation)
            locals[index] = made
            return made
        case .variable(let slot, let name):
            return try variable(slot, name, node, &activation)
        case .select(let operand, let field):
            let value = try evaluate(operand, &activation)
            return try select(field, of: value, node)
        case .test(let operand, let field):
            let value = try evaluate(operand, &activation)
            return try test(field, of: value, node)
        case .optionalSelect(let operand, let field):
            let value = try evaluate(operand, &activation)
            return .optional(try optionalField(field, of: value, node))
        case .index, .optionalIndex, .not, .negate, .binary, .matches, .call, .hostCall:
            return try apply(node, &activation)
        case .and(let operands):
            return try junction(operands, isAnd: true, node, &activation)
        case .or(let operands):
            return try junction(operands, isAnd: false, node, &activation)
        case .conditional(let test, let positive, let negative):
            let value = try evaluate(test, &activation)
            guard case .bool(let isTrue) = value else {
                throw Self.noOverload("?:", value, at: test.at)
            }
            return try evaluate(isTrue ? positive : negative, &activation)
        case .list(let elements): return try list(elements, &activation)
        case .map(let entries): return try map(entries, &activation)
        case .comprehension(let comprehension):
            return try run(comprehension, node, &activation)
        case .bind(let bindings, let body):
            // Within a comprehension the last element's values are still there.
            for binding in bindings { locals[binding.local] = nil }
            return try evaluate(body, &activation)
        case .optionalMap(let map): return try self.map(map, &activation)
        case .optionalOr(let left, let right, let unwraps):
            return try alternative(left, right, unwraps: unwraps, &activation)
        case .failure(let reason): throw EvaluationError(reason, offset: node.at)
        }
    }

    private mutating func record(_ node: Node, _ result: Result<Value, EvaluationError>) {
        if case .constant = node.kind { return }
        guard let count = trace?.count, count < Limits.traceStepsMax else { return }
        trace?.append(TraceEntry(start: node.start, end: node.end, result: result))
    }

    // MARK: Names and fields

    private func variable<A: Activation>(
        _ slot: Int, _ name: String, _ node: Node, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        let value: Value?
        do {
            value = try activation.value(slot: slot, name: name)
        } catch {
            throw EvaluationError(error, offset: node.at)
        }
        guard let value else { throw EvaluationError(.noValue(name), offset: node.at) }
        return value
    }

    private mutating func select(
        _ field: String, of value: Value, _ node: Node
    ) throws(EvaluationError) -> Value {
        if case .optional = value {
            return .optional(try optionalField(field, of: value, node))
        }
        guard let found = try member(field, of: value, "selection", node) else {
            throw EvaluationError(.noKey(field), offset: node.at)
        }
        return found
    }

    private mutating func test(
        _ field: String, of value: Value, _ node: Node
    ) throws(EvaluationError) -> Value {
        if case .optional = value {
            return .bool(try optionalField(field, of: value, node) != nil)
        }
        return .bool(try member(field, of: value, "has", node) != nil)
    }

    /// A map's value under a name; nil where it has none.
    mutating func member(
        _ field: String, of value: Value, _ name: String, _ node: Node
    ) throws(EvaluationError) -> Value? {
        guard let map = MapView(value) else { throw Self.noOverload(name, value, at: node.at) }
        do { try fuel.spend(map.searchCost) } catch {
            throw EvaluationError(error, offset: node.at)
        }
        return map.value(named: field)
    }

    static func noOverload(_ name: String, _ value: Value, at offset: Int32) -> EvaluationError {
        EvaluationError(.noOverload(name, value.kind, nil), offset: offset)
    }

    // MARK: Logic

    /// A row of `&&` or `||`: an operand that decides wins over errors of the others.
    private mutating func junction<A: Activation>(
        _ operands: [Node], isAnd: Bool, _ node: Node, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        var absorbed: EvaluationError?
        for operand in operands {
            do throws(EvaluationError) {
                let value = try evaluate(operand, &activation)
                guard case .bool(let isTrue) = value else {
                    throw Self.noOverload(isAnd ? "&&" : "||", value, at: node.at)
                }
                if isTrue != isAnd { return .bool(isTrue) }
            } catch {
                if error.reason == .outOfFuel { throw error }
                absorbed = absorbed ?? error
            }
        }
        if let absorbed { throw absorbed }
        return .bool(isAnd)
    }
}
