extension Evaluation {
    /// Evaluates the operands of an operator or function, then applies it.
    mutating func apply<A: Activation>(
        _ node: Node, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        switch node.kind {
        case .index(let operand, let index):
            let container = try evaluate(operand, &activation)
            let key = try evaluate(index, &activation)
            return try at(node) { fuel throws(EvaluationError.Reason) in
                try Lookup.element(of: container, at: key, &fuel)
            }
        case .optionalIndex(let operand, let index):
            let container = try evaluate(operand, &activation)
            let key = try evaluate(index, &activation)
            return try at(node) { fuel throws(EvaluationError.Reason) in
                .optional(try Lookup.optionalElement(of: container, at: key, &fuel))
            }
        case .not(let operand):
            let value = try evaluate(operand, &activation)
            guard case .bool(let isTrue) = value else {
                throw Self.noOverload("!", value, at: node.at)
            }
            return .bool(!isTrue)
        case .negate(let operand):
            let value = try evaluate(operand, &activation)
            return try at(node) { _ throws(EvaluationError.Reason) in
                try Arithmetic.negate(value)
            }
        case .binary(let operation, let left, let right):
            let a = try evaluate(left, &activation)
            let b = try evaluate(right, &activation)
            return try at(node) { fuel throws(EvaluationError.Reason) in
                try operation.apply(a, b, &fuel)
            }
        case .matches(let operand, let pattern):
            let value = try evaluate(operand, &activation)
            return try at(node) { fuel throws(EvaluationError.Reason) in
                try TextFunctions.matches(value, pattern, &fuel)
            }
        case .call(let function, let arguments):
            return try call(function, arguments, node, &activation)
        case .hostCall(let call, let arguments):
            let values = try evaluateAll(arguments, &activation)
            do { return try activation.call(call, arguments: values) } catch {
                throw EvaluationError(error, offset: node.at)
            }
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .and, .or,
            .conditional, .list, .map, .comprehension, .bind, .optionalMap, .optionalOr, .failure:
            return try evaluate(node, &activation)
        }
    }

    private mutating func call<A: Activation>(
        _ function: Function, _ arguments: [Node], _ node: Node, _ activation: inout A
    ) throws(EvaluationError) -> Value {
        switch (function.body, arguments.count) {
        case (.unary(let body), 1):
            let value = try evaluate(arguments[0], &activation)
            return try at(node) { fuel throws(EvaluationError.Reason) in try body(value, &fuel) }
        case (.binary(let body), 2):
            let a = try evaluate(arguments[0], &activation)
            let b = try evaluate(arguments[1], &activation)
            return try at(node) { fuel throws(EvaluationError.Reason) in try body(a, b, &fuel) }
        case (.variadic(let body), _):
            let values = try evaluateAll(arguments, &activation)
            return try at(node) { fuel throws(EvaluationError.Reason) in try body(values, &fuel) }
        case (.unary, _), (.binary, _), (.host, _):
            // The resolver has matched the count and made host calls nodes of their own.
            throw EvaluationError(.unknown(function.name), offset: node.at)
        }
    }

    private mutating func evaluateAll<A: Activation>(
        _ nodes: [Node], _ activation: inout A
    ) throws(EvaluationError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(nodes.count)
        for node in nodes { values.append(try evaluate(node, &activation)) }
        return values
    }

    /// Runs an operation on values and gives its error the node's place.
    @inline(__always)
    private mutating func at(
        _ node: Node,
        _ body: (inout Fuel) throws(EvaluationError.Reason) -> Value
    ) throws(EvaluationError) -> Value {
        do { return try body(&fuel) } catch { throw EvaluationError(error, offset: node.at) }
    }
}
