/// Parts that are true or false: most of them become a branch, and no value at all.
extension CodeBuilder {
    /// Steps that go on at a label where the part is `value`, and behind them where it is not.
    ///
    /// - Parameter check: what to say where it is neither.
    mutating func branch(
        _ node: Node, on value: Bool, to target: Label, _ check: Check, isRoutine: Bool = false
    ) {
        let mark = mark
        defer { release(to: mark) }
        guard node.isTruth, fold(node) == nil, isRoutine || memo(of: node) == nil else {
            let operand = operand(node)
            var step = Instruction(.truth, name: check.name, b: operand, to: target)
            step.sense = value ? .jumpIfTrue : .jumpIfFalse
            return emit(step, at: check.offset)
        }
        switch node.kind {
        case .not(let operand):
            pay(1)
            branch(operand, on: !value, to: target, Check(name: .not, offset: node.at))
        case .and(let operands):
            junction(operands, isAnd: true, node, Exit(value: value, target: target))
        case .or(let operands):
            junction(operands, isAnd: false, node, Exit(value: value, target: target))
        case .comprehension(let comprehension):
            quantifier(comprehension, node, Exit(value: value, target: target))
        case .binary, .test, .call, .constant, .variable, .local, .lazy, .select, .optionalSelect,
            .index, .optionalIndex, .negate, .conditional, .list, .map, .bind, .optionalMap,
            .optionalOr, .hostCall, .matches, .failure:
            var step = test(node, in: 0)
            step.sense = value ? .jumpIfTrue : .jumpIfFalse
            step.target = Int32(target.index)
            emit(step, at: node)
        }
    }

    /// Where to go when a part is `value`; otherwise the code goes on.
    struct Exit {
        let value: Bool
        let target: Label
    }

    /// Steps after which a register has the part's truth.
    mutating func truth(_ node: Node, in register: Int, isRoutine: Bool) {
        switch node.kind {
        case .binary, .test, .call: emit(test(node, in: register), at: node)
        case .not, .and, .or, .comprehension, .constant, .variable, .local, .lazy, .select,
            .optionalSelect, .index, .optionalIndex, .negate, .conditional, .list, .map, .bind,
            .optionalMap, .optionalOr, .hostCall, .matches, .failure:
            let (otherwise, end) = (label(), label())
            branch(
                node, on: false, to: otherwise, Check(name: .not, offset: node.at),
                isRoutine: isRoutine)
            move(constant(Cell(true)), to: register, at: node)
            emit(Instruction(.jump, to: end), at: node)
            place(otherwise)
            move(constant(Cell(false)), to: register, at: node)
            place(end)
        }
    }

    /// The one step of a comparison, a test or a predicate of texts.
    private mutating func test(_ node: Node, in register: Int) -> Instruction {
        pay(1)
        switch node.kind {
        case .binary(let operation, let left, let right):
            let (left, right) = operands(left, right)
            guard let relation = Relation(operation) else {
                return Instruction(.contain, name: .isIn, a: register, b: left, c: right)
            }
            return comparison(relation, left, right, in: register)
        case .test(let operand, let field):
            let map = self.operand(operand)
            return Instruction(.has, name: .has, a: register, b: map, c: textConstant(field))
        case .call(let function, let arguments):
            let (text, part) = operands(arguments[0], arguments[1])
            return Instruction(
                .text, intrinsic: function.intrinsic ?? .dyn, a: register, b: text, c: part)
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .index,
            .optionalIndex, .not, .negate, .and, .or, .conditional, .list, .map, .comprehension,
            .bind, .optionalMap, .optionalOr, .hostCall, .matches, .failure:
            preconditionFailure("no single step")
        }
    }

    /// Numbers that are written out are held by the step itself.
    private func comparison(
        _ relation: Relation, _ left: Operand, _ right: Operand, in register: Int
    ) -> Instruction {
        var step = Instruction(.compare, relation: relation, a: register, b: left, c: right)
        guard right.mode == .constant, let number = constants[right.index].exactDouble else {
            return step
        }
        step.number = number
        switch left.mode {
        case .path: step.operation = .comparePath
        case .local: step.operation = .compareLocal
        case .register, .constant, .paidConstant: break
        }
        return step
    }

    /// A row of `&&` or `||`: an operand that decides wins over errors of the others.
    private mutating func junction(
        _ operands: [Node], isAnd: Bool, _ node: Node, _ exit: Exit
    ) {
        pay(1)
        let absorbed = allocateAbsorbed()
        if isRepeated { emit(Instruction(.clear, a: Int(absorbed)), at: node) }
        let outer = handler
        let end = label()
        // What an operand that decides makes of the row is what it is itself.
        let decided = exit.value == !isAnd ? exit.target : end
        for operand in operands {
            let (next, caught) = (label(), label())
            handler = caught
            branch(
                operand, on: !isAnd, to: decided,
                Check(name: isAnd ? .and : .or, offset: node.at))
            handler = outer
            catchFaults(at: caught, in: absorbed, goingOnAt: next, node)
            place(next)
        }
        settle(absorbed, isAnd, exit, at: node)
        place(end)
    }

    /// Ends a row in which nothing decided.
    private mutating func settle(
        _ absorbed: Int32, _ value: Bool, _ exit: Exit, at node: Node
    ) {
        var step = Instruction(.settle, variant: value ? 1 : 0, a: Int(absorbed), to: exit.target)
        step.sense = value == exit.value ? .jumpIfTrue : .store
        emit(step, at: node)
    }

    // MARK: all, exists, exists_one

    private mutating func quantifier(
        _ comprehension: Node.Comprehension, _ node: Node, _ exit: Exit
    ) {
        pay(1)
        switch comprehension.macro {
        case .all: quantify(comprehension, isAll: true, node, exit)
        case .exists: quantify(comprehension, isAll: false, node, exit)
        case .existsOne: existsOne(comprehension, node, exit)
        case .map, .filter, .transformList, .transformMap, .transformMapEntry:
            preconditionFailure("gives no truth")
        }
    }

    /// The element that decides wins over errors of the others.
    private mutating func quantify(
        _ comprehension: Node.Comprehension, isAll: Bool, _ node: Node, _ exit: Exit
    ) {
        let absorbed = allocateAbsorbed()
        let wasRepeated = isRepeated
        let (caught, end) = (label(), label())
        let decided = exit.value == !isAll ? exit.target : end
        let loop = enter(
            comprehension, node, clearing: isRepeated ? absorbed : nil,
            scanning: { Self.scan(comprehension, isAll: isAll, $0, to: decided) })
        if let predicate = comprehension.predicate {
            let outer = handler
            handler = caught
            branch(
                predicate, on: isAll, to: loop.next,
                Check(name: .init(comprehension.macro), offset: predicate.at))
            handler = outer
        }
        emit(Instruction(.jump, to: decided), at: node)
        catchFaults(at: caught, in: absorbed, goingOnAt: loop.next, node)
        place(loop.end)
        isRepeated = wasRepeated
        settle(absorbed, isAll, exit, at: node)
        place(end)
    }

    /// The step that goes through numbers where elements are compared with one.
    private static func scan(
        _ comprehension: Node.Comprehension, isAll: Bool, _ loop: Loop, to decided: Label
    ) -> Instruction? {
        guard comprehension.second == nil,
            case .binary(let operation, let left, let right)? = comprehension.predicate?.kind,
            let relation = Relation(operation),
            case .local(comprehension.local) = left.kind, case .constant(let value) = right.kind,
            let number = Cell(trivial: value)?.exactDouble
        else { return nil }
        var step = Instruction(
            .scan, variant: isAll ? 1 : 0, relation: relation, a: loop.state, to: decided)
        step.number = number
        return step
    }

    private mutating func existsOne(
        _ comprehension: Node.Comprehension, _ node: Node, _ exit: Exit
    ) {
        let wasRepeated = isRepeated
        let count = allocate()
        let zero = constant(Cell(Int64(0)))
        let loop = enter(comprehension, node, counting: (count, zero))
        if let predicate = comprehension.predicate {
            branch(
                predicate, on: false, to: loop.next,
                Check(name: .existsOne, offset: predicate.at))
        }
        emit(Instruction(.increment, a: count), at: node)
        emit(Instruction(.jump, to: loop.next), at: node)
        place(loop.end)
        isRepeated = wasRepeated
        var step = Instruction(
            .compare, relation: .equal, b: Operand(.register, count),
            c: constant(Cell(Int64(1))), to: exit.target)
        step.sense = exit.value ? .jumpIfTrue : .jumpIfFalse
        emit(step, at: node)
    }
}

extension Cell {
    /// The number as a double where that loses nothing.
    fileprivate var exactDouble: Double? {
        switch tag {
        case .double, .jsonDouble: double.isNaN ? nil : double
        case .int, .jsonInt: int.magnitude <= 1 << 53 ? Double(int) : nil
        case .unset, .null, .bool, .uint, .string, .bytes, .list, .array, .object, .timestamp,
            .duration, .type, .optional, .shelved:
            nil
        }
    }
}

extension Node {
    /// Whether its value is a bool wherever it has one, and made by branches or one step.
    var isTruth: Bool {
        switch kind {
        case .and, .or, .not, .test: return true
        case .binary(let operation, _, _):
            return operation == .isIn || Relation(operation) != nil
        case .comprehension(let comprehension):
            switch comprehension.macro {
            case .all, .exists, .existsOne: return true
            case .map, .filter, .transformList, .transformMap, .transformMapEntry: return false
            }
        case .call(let function, let arguments):
            switch function.intrinsic {
            case .startsWith, .endsWith, .contains: return arguments.count == 2
            case .size, .int, .uint, .double, .string, .type, .dyn, nil: return false
            }
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .index,
            .optionalIndex, .negate, .conditional, .list, .map, .bind, .optionalMap, .optionalOr,
            .hostCall, .matches, .failure:
            return false
        }
    }
}

extension Fault.Name {
    init(_ macro: Node.Comprehension.Macro) {
        switch macro {
        case .all: self = .all
        case .exists: self = .exists
        case .existsOne: self = .existsOne
        case .map: self = .map
        case .filter: self = .filter
        case .transformList: self = .transformList
        case .transformMap: self = .transformMap
        case .transformMapEntry: self = .transformMapEntry
        }
    }

    init(_ operation: BinaryOperator) {
        switch operation {
        case .add: self = .add
        case .subtract: self = .subtract
        case .multiply: self = .multiply
        case .divide: self = .divide
        case .remainder: self = .remainder
        case .equal: self = .selection
        case .notEqual: self = .selection
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        case .isIn: self = .isIn
        }
    }
}
