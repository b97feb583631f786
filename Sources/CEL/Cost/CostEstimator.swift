import Core

/// Finds the most that an evaluation can cost, in the steps that it pays with fuel.
///
/// What is not known counts with `Limits.costElements` elements, all levels of it together, and
/// `Limits.costTextBytes` of text; but for a loop every list among it has so many. A loop runs its
/// body once with an element that has all of this, and for the other turns with elements that have
/// none: since no cost grows slower than what it is paid for, no other way to share it out costs
/// more. All branches are taken, and a name of `cel.bind` is made wherever it is looked at, for
/// one that fails is made anew.
struct CostEstimator {
    /// What a part of an expression costs, and how large its value can be.
    struct Estimate {
        var steps: Double
        var size = ValueSize.scalar

        static let boundless = Estimate(steps: ValueSize.boundless, size: .unknown)
    }

    let environment: Environment
    /// What the variables of loops and the names of bindings are, by their place.
    var locals: [Estimate]
    /// How often the part at hand is evaluated at most.
    var times = 1.0
    /// What the loops cost that were met inside of the loop at hand.
    var nested = 0.0
    /// Loops around the part at hand.
    var depth = 0
    /// Loops and calls outside of them, by their place.
    var costs: [Int32: Cost] = [:]
    private var visits = 0

    /// What a loop costs in all, without the loops in it; or a call.
    struct Cost {
        let name: String
        var steps = 0.0
        /// nil for a call.
        var turns: Double?
    }

    init(environment: Environment, localCount: Int) {
        self.environment = environment
        locals = Array(repeating: Estimate(steps: 0), count: localCount)
    }

    mutating func estimate(_ node: Node) -> Estimate {
        visits += 1
        guard visits <= Limits.costVisitsMax else { return .boundless }
        var found = cost(of: node)
        found.steps = min(found.steps + 1, ValueSize.boundless)
        return found
    }

    /// Without the step that every node costs.
    private mutating func cost(of node: Node) -> Estimate {
        switch node.kind {
        case .constant(let value): return Estimate(steps: 0, size: ValueSize(of: value))
        case .variable(let slot, _): return Estimate(steps: 0, size: environment.size(ofSlot: slot))
        case .local(let local), .lazy(let local, _): return locals[local]
        case .select(let operand, let field): return selection(field, of: operand)
        case .optionalSelect(let operand, let field):
            let found = selection(field, of: operand)
            return Estimate(steps: found.steps, size: found.size.wrapped)
        case .test(let operand, let field):
            return Estimate(steps: selection(field, of: operand).steps)
        case .index(let operand, let index): return element(of: operand, at: index)
        case .optionalIndex(let operand, let index):
            let found = element(of: operand, at: index)
            return Estimate(steps: found.steps, size: found.size.wrapped)
        case .not(let operand), .negate(let operand):
            return Estimate(steps: estimate(operand).steps)
        case .and(let operands), .or(let operands):
            return Estimate(steps: operands.reduce(0) { $0 + estimate($1).steps })
        case .conditional(let test, let positive, let negative):
            let (test, positive) = (estimate(test), estimate(positive))
            let negative = estimate(negative)
            return Estimate(
                steps: test.steps + max(positive.steps, negative.steps),
                size: positive.size.joined(with: negative.size))
        case .binary(let operation, let left, let right):
            return binary(operation, estimate(left), estimate(right))
        case .list, .map: return aggregate(node)
        case .comprehension(let comprehension): return loop(comprehension, node)
        case .bind(let bindings, let body): return bind(bindings, body)
        case .optionalMap(let map): return optionalMap(map)
        case .optionalOr(let left, let right, _):
            let (left, right) = (estimate(left), estimate(right))
            return Estimate(
                steps: left.steps + right.steps, size: left.size.joined(with: right.size))
        case .call, .hostCall, .matches: return call(node)
        case .failure: return Estimate(steps: 0)
        }
    }

    // MARK: Fields and elements

    private mutating func selection(_ field: String, of operand: Node) -> Estimate {
        let found = estimate(operand)
        let steps = found.steps + found.size.searching
        if let type = environment.field(field, of: operand) {
            return Estimate(steps: steps, size: ValueSize(of: type))
        }
        return Estimate(steps: steps, size: found.size.element())
    }

    private mutating func element(of operand: Node, at index: Node) -> Estimate {
        let (found, index) = (estimate(operand), estimate(index))
        return Estimate(
            steps: found.steps + index.steps + found.size.searching, size: found.size.element())
    }

    private mutating func aggregate(_ node: Node) -> Estimate {
        switch node.kind {
        case .list(let elements):
            let found = elements.map { estimate($0.value) }
            return Estimate(
                steps: found.reduce(0) { $0 + $1.steps }, size: .list(found.map(\.size)))
        case .map(let entries):
            let keys = entries.map { estimate($0.key) }
            let values = entries.map { estimate($0.value) }
            return Estimate(
                steps: (keys + values).reduce(0) { $0 + $1.steps },
                size: .map(keys: keys.map(\.size), values: values.map(\.size)))
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .not, .negate, .and, .or, .conditional, .binary, .comprehension,
            .bind, .optionalMap, .optionalOr, .call, .hostCall, .matches, .failure:
            return estimate(node)
        }
    }

    // MARK: Operators and calls

    private func binary(
        _ operation: BinaryOperator, _ left: Estimate, _ right: Estimate
    ) -> Estimate {
        let steps = left.steps + right.steps
        let (a, b) = (left.size, right.size)
        switch operation {
        case .equal, .notEqual: return Estimate(steps: steps + ValueSize.comparing(a, b))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return Estimate(steps: steps + ValueSize.comparing(a, b, by: \.reading))
        case .isIn: return Estimate(steps: steps + b.containing(a))
        case .add:
            let sum = a.joined(behind: b)
            return Estimate(steps: steps + sum.walking + sum.reading, size: sum)
        case .subtract, .multiply, .divide, .remainder: return Estimate(steps: steps)
        }
    }

    private mutating func call(_ node: Node) -> Estimate {
        switch node.kind {
        case .call(let function, let arguments):
            let found = arguments.map { estimate($0) }
            let own = FunctionCost.estimate(
                function, FunctionCost.Arguments(found.map(\.size), arguments.map(\.constant)))
            if depth == 0 { costs[node.at] = Cost(name: function.name, steps: own.steps) }
            return Estimate(
                steps: found.reduce(own.steps) { $0 + $1.steps }, size: own.size)
        case .hostCall(let call, let arguments):
            let steps = arguments.reduce(0) { $0 + estimate($1).steps }
            let function = environment.functions.find(
                call.name, isMethod: false, count: arguments.count)
            return Estimate(steps: steps, size: function?.resultSize ?? .unknown)
        case .matches(let operand, let pattern):
            let found = estimate(operand)
            return Estimate(
                steps: found.steps
                    + FunctionCost.matching(
                        found.size, isLiteral: pattern.literal != nil,
                        instructions: Double(pattern.instructions.count)))
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .not, .negate, .and, .or, .conditional, .binary, .list, .map,
            .comprehension, .bind, .optionalMap, .optionalOr, .failure:
            return estimate(node)
        }
    }
}
