import Core

/// The steps of each kind of part.
extension CodeBuilder {
    /// Steps after which the part's value is in a register.
    mutating func make(_ node: Node, in register: Int, isRoutine: Bool = false) {
        let mark = mark
        defer { release(to: mark) }
        if let folded = fold(node) { return self.folded(folded, node, in: register) }
        if !isRoutine, let memo = memo(of: node) {
            return recall(memo, node, in: register)
        }
        if node.isTruth { return truth(node, in: register, isRoutine: isRoutine) }
        switch node.kind {
        case .constant, .variable, .local: move(operand(node), to: register, at: node)
        case .select(let operand, let field): select(operand, field, node, in: register)
        case .lazy(let local, let value):
            pay(1)
            let kept = self.register(ofLocal: local)
            emit(
                Instruction(
                    .lazy, a: register, b: Operand(.register, kept),
                    to: entry(register: kept, value)), at: node)
        case .conditional(let test, let positive, let negative):
            pay(1)
            conditional(test, positive, negative, in: register)
        case .list(let elements): list(elements, node, in: register)
        case .map(let entries): map(entries, node, in: register)
        case .comprehension(let comprehension):
            self.comprehension(comprehension, node, in: register)
        case .bind(let bindings, let body):
            pay(1)
            for binding in bindings {
                emit(Instruction(.forget, a: self.register(ofLocal: binding.local)), at: node)
            }
            make(body, in: register)
        case .optionalMap(let map): optionalMap(map, in: register)
        case .optionalOr(let left, let right, let unwraps):
            alternative(left, right, unwraps: unwraps, in: register)
        case .call(let function, let arguments): call(function, arguments, node, in: register)
        case .hostCall(let call, let arguments): host(call, arguments, node, in: register)
        case .failure(let reason):
            pay(1)
            reasons.append(reason)
            emit(Instruction(.fail, a: reasons.count - 1), at: node)
        case .negate, .optionalSelect, .index, .optionalIndex, .binary, .matches, .not, .and,
            .or, .test:
            operation(node, in: register)
        }
    }

    mutating func move(_ operand: Operand, to register: Int, at node: Node) {
        emit(Instruction(.move, a: register, b: operand), at: node)
    }

    /// Operators and what is alike: the value of one or two parts.
    private mutating func operation(_ node: Node, in register: Int) {
        switch node.kind {
        case .select(let operand, let field), .optionalSelect(let operand, let field):
            select(operand, field, node, in: register)
        case .negate(let operand):
            pay(1)
            emit(
                Instruction(.negate, name: .negate, a: register, b: self.operand(operand)),
                at: node)
        case .index(let container, let index), .optionalIndex(let container, let index):
            pay(1)
            let (container, index) = operands(container, index)
            var isOptional = false
            if case .optionalIndex = node.kind { isOptional = true }
            emit(
                Instruction(
                    isOptional ? .optionalIndex : .index, a: register, b: container, c: index),
                at: node)
        case .binary(let operation, let left, let right):
            pay(1)
            let (left, right) = operands(left, right)
            emit(
                Instruction(
                    .arithmetic, variant: operation.code, a: register, b: left, c: right), at: node)
        case .matches(let operand, let pattern):
            pay(1)
            patterns.append(pattern)
            // The operand may have patterns itself.
            let place = patterns.count - 1
            let text = self.operand(operand)
            emit(
                Instruction(.matches, a: register, b: text, c: Operand(.register, place)),
                at: node)
        case .constant, .variable, .local, .lazy, .test, .not, .and, .or, .conditional, .list,
            .map, .comprehension, .bind, .optionalMap, .optionalOr, .call, .hostCall, .failure:
            preconditionFailure("made elsewhere")
        }
    }

    /// A field of something that is no variable.
    private mutating func select(
        _ operand: Node, _ field: String, _ node: Node, in register: Int
    ) {
        if let path = leaf(node) { return move(path, to: register, at: node) }
        pay(1)
        var operation = Instruction.Operation.select
        if case .optionalSelect = node.kind { operation = .optionalSelect }
        let value = self.operand(operand)
        let name = textConstant(field)
        emit(Instruction(operation, a: register, b: value, c: name), at: node)
    }

    private mutating func conditional(
        _ test: Node, _ positive: Node, _ negative: Node, in register: Int
    ) {
        let (otherwise, end) = (label(), label())
        branch(test, on: false, to: otherwise, Check(name: .conditional, offset: test.at))
        make(positive, in: register)
        emit(Instruction(.jump, to: end), at: positive)
        place(otherwise)
        make(negative, in: register)
        place(end)
    }

    // MARK: Lists and maps that are written out

    private mutating func list(_ elements: [Node.Element], _ node: Node, in register: Int) {
        pay(1)
        let list = allocate(2)
        emit(Instruction(.newList, a: list), at: node)
        for element in elements {
            let mark = mark
            let value = operand(element.value)
            emit(
                Instruction(
                    element.isOptional ? .appendOptional : .append, name: .optionalElement,
                    a: list, b: value), at: element.value)
            release(to: mark)
        }
        move(Operand(.register, list), to: register, at: node)
    }

    private mutating func map(_ entries: [Node.Entry], _ node: Node, in register: Int) {
        pay(1)
        let map = allocate()
        emit(Instruction(.newMap, a: map), at: node)
        for entry in entries {
            let mark = mark
            let (key, value) = operands(entry.key, entry.value)
            var insert = Instruction(.insert, name: .mapKey, a: map, b: key, c: value)
            if entry.isOptional {
                insert = Instruction(
                    .insertOptional, name: .optionalEntry, a: map, b: key, c: value)
                insert.target = entry.value.at
            }
            emit(insert, at: entry.key)
            release(to: mark)
        }
        move(Operand(.register, map), to: register, at: node)
    }

    // MARK: Code elsewhere

    private mutating func recall(_ memo: Int, _ node: Node, in register: Int) {
        let kept = 2 * memo
        let entry = entry(register: kept, node)
        var instruction = Instruction(
            .memo, a: register, b: Operand(.register, kept), to: entry)
        instruction.c = Operand(.register, Int(node.start - start(ofMemo: kept)))
        emit(instruction, at: node)
    }

    // MARK: Calls

    private mutating func call(
        _ function: Function, _ arguments: [Node], _ node: Node, in register: Int
    ) {
        pay(1)
        functions.append(function)
        let place = functions.count - 1
        if let intrinsic = function.intrinsic, arguments.count == 1 {
            let value = operand(arguments[0])
            return emit(
                Instruction(
                    .convert, intrinsic: intrinsic, a: register, b: value,
                    c: Operand(.register, place)), at: node)
        }
        var instruction = Instruction(
            .call, a: register, b: inARow(arguments), c: Operand(.register, place))
        instruction.target = Int32(arguments.count)
        emit(instruction, at: node)
    }

    private mutating func host(
        _ call: HostCall, _ arguments: [Node], _ node: Node, in register: Int
    ) {
        pay(1)
        hostCalls.append(call)
        // Arguments may be calls of the host themselves.
        let place = hostCalls.count - 1
        var instruction = Instruction(
            .host, a: register, b: inARow(arguments), c: Operand(.register, place))
        instruction.target = Int32(arguments.count)
        emit(instruction, at: node)
    }

    /// The values of parts in registers that follow each other; the first of these.
    private mutating func inARow(_ arguments: [Node]) -> Operand {
        let first = allocate(max(1, arguments.count))
        for (index, argument) in arguments.enumerated() { make(argument, in: first + index) }
        return Operand(.register, first)
    }
}
