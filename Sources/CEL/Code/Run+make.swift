import Core

/// Steps that make values.
extension Run {
    /// Does a step.
    ///
    /// - Returns: whether the next step follows, rather than the one at `target`; nil where there
    ///   is a fault.
    func make(_ step: Step, at place: Int) -> Bool? {
        switch step.pointee.operation {
        case .move: return set(step, operand(step.pointee.b))
        case .arithmetic: return set(step, arithmetic(step))
        case .convert: return set(step, convert(step))
        case .negate: return set(step, negate(step))
        case .select:
            return set(
                step,
                operand(step.pointee.b).flatMap {
                    select(constants[step.pointee.c.index].text, of: $0)
                })
        case .optionalSelect:
            return set(
                step,
                operand(step.pointee.b).flatMap {
                    optionalSelect(constants[step.pointee.c.index].text, of: $0)
                })
        case .index: return set(step, index(step))
        case .optionalIndex: return set(step, optionalIndex(step))
        case .loop: return begin(step)
        case .increment:
            registers[Int(step.pointee.a)].bits += 1
            return true
        case .absorb:
            absorb(step)
            return false
        case .settle: return settle(step)
        case .clear:
            absorbed[Int(step.pointee.a)].code = .none
            return true
        case .forget:
            registers[Int(step.pointee.a)] = .unset
            return true
        case .newList, .append, .appendOptional, .newMap, .insert, .insertOptional, .merge:
            return collect(step)
        case .content, .wrap, .alternative, .requireOptional: return optional(step)
        case .memo: return recall(step, at: place)
        case .lazy: return lazy(step)
        case .call: return set(step, call(step))
        case .host: return set(step, host(step))
        case .matches: return set(step, matches(step))
        case .fail:
            let reason = program._withUnsafeGuaranteedRef { $0.reasons[Int(step.pointee.a)] }
            raise(state.pointee.keep(reason))
            return nil
        case .jump, .finish, .truth, .compare, .comparePath, .compareLocal, .contain, .text, .has,
            .next, .scan:
            preconditionFailure("done by the loop itself")
        }
    }

    @inline(__always)
    private func set(_ step: Step, _ cell: Cell?) -> Bool? {
        guard let cell else { return nil }
        registers[Int(step.pointee.a)] = cell
        return true
    }

    // MARK: Code elsewhere

    /// A part that comes more than once: made where it is first met, and paid for every time.
    private func recall(_ step: Step, at place: Int) -> Bool? {
        let kept = step.pointee.b.index
        if registers[kept].tag != .unset {
            guard spend(registers[kept + 1].node) else { return nil }
            registers[Int(step.pointee.a)] = registers[kept]
            return true
        }
        let before = state.pointee.fuel
        guard let cell = execute(from: Int(step.pointee.target)) else {
            // The code was made of the same text, elsewhere.
            state.pointee.fault.offset += Int32(step.pointee.c.index)
            return nil
        }
        registers[kept] = cell
        registers[kept + 1] = Cell(Int64(before - state.pointee.fuel))
        registers[Int(step.pointee.a)] = cell
        return true
    }

    /// What a binding names: made where it is first looked at.
    private func lazy(_ step: Step) -> Bool? {
        let kept = step.pointee.b.index
        if registers[kept].tag == .unset {
            guard let cell = execute(from: Int(step.pointee.target)) else { return nil }
            registers[kept] = cell
        }
        registers[Int(step.pointee.a)] = registers[kept]
        return true
    }

    // MARK: Calls

    private func call(_ step: Step) -> Cell? {
        let arguments = registers + step.pointee.b.index
        return program._withUnsafeGuaranteedRef { program in
            let function = program.functions[step.pointee.c.index]
            return apply(function, arguments, count: Int(step.pointee.target))
        }
    }

    private func apply(
        _ function: Function, _ arguments: UnsafePointer<Cell>, count: Int
    ) -> Cell? {
        let result: Value?
        switch function.body {
        case .unary(let body):
            result = apply { fuel throws(EvaluationError.Reason) in
                try body(value(of: arguments[0]), &fuel)
            }
        case .binary(let body):
            result = apply { fuel throws(EvaluationError.Reason) in
                try body(value(of: arguments[0]), value(of: arguments[1]), &fuel)
            }
        case .variadic(let body):
            result = apply { fuel throws(EvaluationError.Reason) in
                try body((0..<count).map { value(of: arguments[$0]) }, &fuel)
            }
        case .host:
            // The resolver has made host calls nodes of their own.
            raise(state.pointee.keep(.unknown(function.name)))
            return nil
        }
        return result.map { cell(of: $0) }
    }

    private func host(_ step: Step) -> Cell? {
        let arguments = (0..<Int(step.pointee.target)).map {
            value(of: registers[step.pointee.b.index + $0])
        }
        let call = program._withUnsafeGuaranteedRef { $0.hostCalls[step.pointee.c.index] }
        let result = inputs._withUnsafeGuaranteedRef { inputs in
            Result { () throws(EvaluationError.Reason) in
                try inputs.call(call, arguments: arguments)
            }
        }
        switch result {
        case .success(let value): return cell(of: value)
        case .failure(let reason):
            raise(state.pointee.keep(reason))
            return nil
        }
    }

    private func matches(_ step: Step) -> Cell? {
        guard let text = operand(step.pointee.b) else { return nil }
        let pattern = program._withUnsafeGuaranteedRef { $0.patterns[step.pointee.c.index] }
        return apply { fuel throws(EvaluationError.Reason) in
            try TextFunctions.matches(value(of: text), pattern, &fuel)
        }.map { cell(of: $0) }
    }

    /// A conversion, or the size of something; kinds that are not the common ones go to the
    /// function itself.
    private func convert(_ step: Step) -> Cell? {
        guard let cell = operand(step.pointee.b) else { return nil }
        switch (step.pointee.intrinsic, cell.tag) {
        case (.dyn, _), (.int, .int), (.uint, .uint), (.double, .double), (.string, .string):
            return cell
        case (.int, .jsonInt): return Cell(cell.int)
        case (.double, .jsonDouble): return Cell(cell.double)
        case (.double, .int), (.double, .jsonInt): return Cell(Double(cell.int))
        case (.double, .uint): return Cell(Double(cell.bits))
        case (.type, _): return Cell(tag: .type, bits: UInt64(cell.kind.rawValue))
        case (.size, .list), (.size, .bytes): return Cell(Int64(cell.count))
        case (.size, .array), (.size, .object):
            return state.pointee.view.map { Cell(Int64($0.count(of: cell.node))) }
        case (.size, .string):
            guard spend(Int(cell.count) >> 4) else { return nil }
            var count: Int64 = 0
            for byte in cell.text where byte & 0xC0 != 0x80 { count += 1 }
            return Cell(count)
        default:
            var argument = cell
            return program._withUnsafeGuaranteedRef { program in
                apply(program.functions[step.pointee.c.index], &argument, count: 1)
            }
        }
    }

    // MARK: Arithmetic

    private func arithmetic(_ step: Step) -> Cell? {
        guard let x = operand(step.pointee.b), let y = operand(step.pointee.c) else { return nil }
        let operation = BinaryOperator.arithmetic[Int(step.pointee.variant)]
        switch (x.tag, y.tag) {
        case (.double, .double):
            if let cell = doubles(operation, x.double, y.double) { return cell }
        case (.int, .int): if let cell = ints(operation, x.int, y.int) { return cell }
        case (.jsonInt, _), (.jsonDouble, _), (_, .jsonInt), (_, .jsonDouble):
            if let cell = numbers(operation, x, y) { return cell }
        case (.string, .string) where operation == .add: return joined(x, y)
        default: break
        }
        return apply { fuel throws(EvaluationError.Reason) in
            try operation.apply(value(of: x), value(of: y), &fuel)
        }.map { cell(of: $0) }
    }

    private func doubles(_ operation: BinaryOperator, _ x: Double, _ y: Double) -> Cell? {
        switch operation {
        case .add: Cell(x + y)
        case .subtract: Cell(x - y)
        case .multiply: Cell(x * y)
        case .divide: Cell(x / y)
        case .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn:
            nil
        }
    }

    /// nil on overflow and for a division, which have more to say.
    private func ints(_ operation: BinaryOperator, _ x: Int64, _ y: Int64) -> Cell? {
        Arithmetic.exact(x, y, operation).map { Cell($0) }
    }

    private func numbers(_ operation: BinaryOperator, _ x: Cell, _ y: Cell) -> Cell? {
        guard operation != .remainder, let left = x.numeric, let right = y.numeric else {
            return nil
        }
        if let a = left.integer, let b = right.integer,
            let exact = Arithmetic.exact(a, b, operation)
        {
            return Cell(JSONNumber.int(exact))
        }
        let result = Arithmetic.rounded(left.double, right.double, operation)
        let number: JSONNumber? = JSONNumber(result)
        return number.map { Cell($0) } ?? Cell(result)
    }

    private func negate(_ step: Step) -> Cell? {
        guard let cell = operand(step.pointee.b) else { return nil }
        if cell.tag == .double { return Cell(-cell.double) }
        return apply { _ throws(EvaluationError.Reason) in
            try Arithmetic.negate(value(of: cell))
        }.map { self.cell(of: $0) }
    }

    private func joined(_ x: Cell, _ y: Cell) -> Cell? {
        let count = Int(x.count) + Int(y.count)
        guard count <= Limits.valueBytesMax else {
            raise(Fault(code: .tooLarge, name: .string))
            return nil
        }
        guard spend(count >> 4) else { return nil }
        let memory = state.pointee.runBytes(count)
        let text = UnsafeMutableRawBufferPointer(start: memory, count: count)
        text.copyMemory(from: x.text)
        UnsafeMutableRawBufferPointer(rebasing: text[Int(x.count)...]).copyMemory(from: y.text)
        return Cell(text: UnsafeRawBufferPointer(text))
    }
}
