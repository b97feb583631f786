/// Macros that go through a list or a map, and what there is of optionals and sharing.
extension CodeBuilder {
    struct Loop {
        /// The register of the range, and behind it that of the place.
        let state: Int
        /// Where the next element is taken.
        let next: Label
        /// Where the code goes on behind the last one.
        let end: Label
    }

    /// Steps that take one element after the other; what follows them is done with each.
    mutating func enter(
        _ comprehension: Node.Comprehension, _ node: Node, clearing absorbed: Int32? = nil,
        counting count: (register: Int, zero: Operand)? = nil,
        scanning scan: ((Loop) -> Instruction?)? = nil
    ) -> Loop {
        let (next, end) = (label(), label())
        let state = allocate(2)
        let range = operand(comprehension.range)
        emit(
            Instruction(.loop, name: .init(comprehension.macro), a: state, b: range), at: node)
        if let absorbed { emit(Instruction(.clear, a: Int(absorbed)), at: node) }
        if let count { move(count.zero, to: count.register, at: node) }
        let loop = Loop(state: state, next: next, end: end)
        place(next)
        if let scan = scan?(loop) { emit(scan, at: node) }
        isRepeated = true
        let second = comprehension.second.map { register(ofLocal: $0) } ?? -1
        emit(
            Instruction(
                .next, a: state,
                b: Operand(.register, register(ofLocal: comprehension.local)),
                c: Operand(.register, second), to: end), at: node)
        return loop
    }

    mutating func comprehension(
        _ comprehension: Node.Comprehension, _ node: Node, in register: Int
    ) {
        pay(1)
        let wasRepeated = isRepeated
        defer { isRepeated = wasRepeated }
        let result = allocate(2)
        switch comprehension.macro {
        case .map, .filter, .transformList:
            // Before the range, so that a range without elements finds it as well.
            let loop = collecting(Instruction(.newList, a: result), comprehension, node)
            let element =
                comprehension.transform.map { operand($0) }
                ?? single(comprehension, node)
            emit(
                Instruction(.append, a: result, b: element),
                at: comprehension.transform ?? node)
            finish(loop, node)
        case .transformMap, .transformMapEntry:
            let loop = collecting(Instruction(.newMap, a: result), comprehension, node)
            if let transform = comprehension.transform {
                let value = operand(transform)
                if comprehension.macro == .transformMap {
                    let key = Operand(.register, self.register(ofLocal: comprehension.local))
                    emit(
                        Instruction(.insert, name: .mapKey, a: result, b: key, c: value), at: node)
                } else {
                    emit(
                        Instruction(.merge, name: .transformMapEntry, a: result, b: value),
                        at: transform)
                }
            }
            finish(loop, node)
        case .all, .exists, .existsOne: preconditionFailure("a truth")
        }
        move(Operand(.register, result), to: register, at: node)
    }

    private mutating func collecting(
        _ new: Instruction, _ comprehension: Node.Comprehension, _ node: Node
    ) -> Loop {
        emit(new, at: node)
        let loop = enter(comprehension, node)
        if let predicate = comprehension.predicate {
            branch(
                predicate, on: false, to: loop.next,
                Check(name: .init(comprehension.macro), offset: predicate.at))
        }
        return loop
    }

    /// What a macro without transformation collects: its variable, which nobody paid for.
    private func single(_ comprehension: Node.Comprehension, _ node: Node) -> Operand {
        Operand(.register, register(ofLocal: comprehension.local))
    }

    private mutating func finish(_ loop: Loop, _ node: Node) {
        emit(Instruction(.jump, to: loop.next), at: node)
        place(loop.end)
    }

    // MARK: Optionals

    mutating func optionalMap(_ map: Node.OptionalMap, in register: Int) {
        pay(1)
        let (none, end) = (label(), label())
        let target = operand(map.target)
        emit(
            Instruction(
                .content, name: map.isFlat ? .optFlatMap : .optMap,
                a: self.register(ofLocal: map.local), b: target, to: none), at: map.target)
        make(map.body, in: register)
        if !map.isFlat {
            emit(
                Instruction(.wrap, a: register, b: Operand(.register, register)), at: map.body)
        }
        emit(Instruction(.jump, to: end), at: map.body)
        place(none)
        move(constant(.none), to: register, at: map.target)
        place(end)
    }

    mutating func alternative(
        _ left: Node, _ right: Node, unwraps: Bool, in register: Int
    ) {
        pay(1)
        let end = label()
        let name: Fault.Name = unwraps ? .orValue : .or_
        let first = operand(left)
        emit(
            Instruction(
                .alternative, variant: unwraps ? 1 : 0, name: name, a: register, b: first,
                to: end), at: left)
        make(right, in: register)
        if !unwraps {
            emit(
                Instruction(.requireOptional, name: name, b: Operand(.register, register)),
                at: right)
        }
        place(end)
    }

    // MARK: Constants that are computed once

    struct Folded {
        let value: Value
        let cost: Int
    }

    /// What a part without variables comes to; nil where it has some, fails or costs much.
    mutating func fold(_ node: Node) -> Folded? {
        guard node.isFoldable else { return nil }
        var evaluation = Evaluation(localCount: expression.localCount, fuel: Self.foldFuelMax)
        var nothing = EmptyActivation()
        guard let value = try? evaluation.evaluate(node, &nothing) else { return nil }
        // The tree shares what stands in it many times; the constants do not.
        var left = Self.foldFuelMax
        guard value.isWithin(&left) else { return nil }
        return Folded(value: value, cost: Self.foldFuelMax - evaluation.fuel.left)
    }

    private static let foldFuelMax = 2_000

    mutating func folded(_ folded: Folded, _ node: Node, in register: Int) {
        pay(Int32(folded.cost))
        let index = constantIndex(folded.value)
        move(Operand(.paidConstant, index), to: register, at: node)
    }
}

extension Node {
    /// Whether it is made of constants alone, and more than one itself.
    var isFoldable: Bool {
        switch kind {
        case .constant, .variable, .local, .lazy, .failure, .hostCall: false
        case .select, .optionalSelect, .test, .index, .optionalIndex, .not, .negate, .and, .or,
            .conditional, .binary, .list, .map, .comprehension, .bind, .optionalMap, .optionalOr,
            .call, .matches:
            isClosed(over: [])
        }
    }

    private func isClosed(over locals: Set<Int>) -> Bool {
        switch kind {
        case .constant: return true
        case .variable, .failure, .hostCall: return false
        case .local(let local), .lazy(let local, _): return locals.contains(local)
        case .select, .optionalSelect, .test, .index, .optionalIndex, .not, .negate, .and, .or,
            .conditional, .binary, .list, .map, .comprehension, .bind, .optionalMap, .optionalOr,
            .call, .matches:
            let inner = locals.union(declared)
            return parts.allSatisfy { $0.isClosed(over: inner) }
        }
    }
}

extension Value {
    /// Whether its lists have no more parts at all levels, the same one counted wherever it stands.
    fileprivate func isWithin(_ left: inout Int) -> Bool {
        left -= 1
        guard left >= 0 else { return false }
        switch self {
        case .list(let elements):
            for element in elements {
                guard element.isWithin(&left) else { return false }
            }
            return true
        case .optional(let content?): return content.isWithin(&left)
        case .null, .bool, .int, .uint, .double, .number, .string, .bytes, .array, .map, .object,
            .timestamp, .duration, .type, .optional(nil), .network:
            return true
        }
    }
}
