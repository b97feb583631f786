/// One run of a program: plain pointers, so that no step counts a reference.
struct Run {
    let code: UnsafePointer<Instruction>
    let handlers: UnsafePointer<Int32>
    let offsets: UnsafePointer<Int32>
    let constants: UnsafePointer<Cell>
    let paths: UnsafePointer<PathUse>
    let registers: UnsafeMutablePointer<Cell>
    /// The first fault of each row that is under way.
    let absorbed: UnsafeMutablePointer<Fault>
    let state: UnsafeMutablePointer<Machine.State>
    // Whoever started the run holds these.
    let machine: Unmanaged<Machine>
    let program: Unmanaged<Program>
    let inputs: Unmanaged<Inputs>

    @inline(__always)
    init(_ program: Program, _ machine: Machine, _ inputs: Inputs) {
        code = program.code
        handlers = program.handlers
        offsets = program.offsets
        constants = program.constants
        paths = program.paths
        registers = machine.runShelf.arena.allocate(cells: program.registerCount)
        absorbed = machine.runShelf.arena
            .allocate(bytes: program.absorbedCount * MemoryLayout<Fault>.stride)
            .bindMemory(to: Fault.self, capacity: program.absorbedCount)
        state = machine.state
        self.machine = .passUnretained(machine)
        self.program = .passUnretained(program)
        self.inputs = .passUnretained(inputs)
        for memo in 0..<program.memoCount { registers[2 * memo] = .unset }
        for row in 0..<program.absorbedCount { absorbed[row].code = .none }
    }

    /// Runs the steps from a place on until one finishes.
    ///
    /// - Returns: nil where there is no value; the fault is in the state.
    func execute(from start: Int) -> Cell? {
        var place = start
        while true {
            let step = code[place]
            guard spend(Int(step.cost)) else { return rethrow(at: place) }
            let isTrue: Bool?
            switch step.operation {
            case .compare: isTrue = compare(step)
            case .truth: isTrue = truth(step)
            case .text: isTrue = testText(step)
            case .has: isTrue = has(step)
            case .contain: isTrue = contain(step)
            case .next:
                place = next(step) ? place + 1 : Int(step.target)
                continue
            case .jump:
                place = Int(step.target)
                continue
            case .absorb:
                if absorbed[Int(step.a)].code == .none {
                    absorbed[Int(step.a)] = state.pointee.fault
                }
                place = Int(step.target)
                continue
            case .settle:
                if absorbed[Int(step.a)].code == .none {
                    place = step.sense == .store ? place + 1 : Int(step.target)
                    continue
                }
                state.pointee.fault = absorbed[Int(step.a)]
                guard let caught = handler(of: place) else { return nil }
                place = caught
                continue
            case .finish:
                if let cell = operand(step.b) { return cell }
                return rethrow(at: place)
            case .clear, .move, .arithmetic, .convert, .negate, .select, .optionalSelect,
                .index, .optionalIndex, .loop, .increment, .newList, .append, .appendOptional,
                .newMap, .insert, .insertOptional, .merge, .content, .wrap,
                .alternative, .requireOptional, .memo, .lazy, .forget, .call, .host, .matches,
                .fail:
                guard let goesOn = make(step, at: place) else {
                    guard let caught = fail(at: place) else { return nil }
                    place = caught
                    continue
                }
                place = goesOn ? place + 1 : Int(step.target)
                continue
            }
            guard let isTrue else {
                guard let caught = fail(at: place) else { return nil }
                place = caught
                continue
            }
            switch step.sense {
            case .store:
                registers[Int(step.a)] = Cell(isTrue)
                place += 1
            case .jumpIfFalse: place = isTrue ? place + 1 : Int(step.target)
            case .jumpIfTrue: place = isTrue ? Int(step.target) : place + 1
            }
        }
    }

    // MARK: Fuel and faults

    @inline(__always)
    func spend(_ amount: Int) -> Bool {
        let left = state.pointee.fuel - amount
        if left >= 0 {
            state.pointee.fuel = left
            return true
        }
        state.pointee.fuel = 0
        state.pointee.fault = Fault(code: .outOfFuel, offset: Self.here)
        return false
    }

    /// A fault of the step that is being done, wherever that is.
    @inline(__always)
    func raise(_ fault: Fault) {
        state.pointee.fault = fault
        state.pointee.fault.offset = Self.here
    }

    /// Stands for the place of the step.
    static let here: Int32 = -1

    /// Where a step's fault is caught; nil where nothing does.
    @inline(never)
    private func fail(at place: Int) -> Int? {
        if state.pointee.fault.offset == Self.here {
            state.pointee.fault.offset = offsets[place]
        }
        return handler(of: place)
    }

    private func handler(of place: Int) -> Int? {
        if state.pointee.fault.code == .outOfFuel { return nil }
        let handler = handlers[place]
        return handler < 0 ? nil : Int(handler)
    }

    private func rethrow(at place: Int) -> Cell? {
        _ = fail(at: place)
        return nil
    }

    // MARK: Operands

    /// nil where there is no value; the fault is in the state.
    @inline(__always)
    func operand(_ operand: Operand) -> Cell? {
        switch operand.mode {
        case .register: return registers[operand.index]
        case .paidConstant: return constants[operand.index]
        case .local: return spend(1) ? registers[operand.index] : nil
        case .constant: return spend(1) ? constants[operand.index] : nil
        case .path: return path(operand.index)
        }
    }

    @inline(__always)
    private func path(_ index: Int) -> Cell? {
        let use = paths + index
        let known = state.pointee.paths + Int(use.pointee.number)
        let isRules = Int(use.pointee.slot) >= state.pointee.ruleSlot
        let stamp = isRules ? state.pointee.ruleStamp : state.pointee.messageStamp
        if known.pointee.stamp == stamp, known.pointee.fault.code == .none {
            guard spend(1 + Int(use.pointee.count) + known.pointee.cost) else { return nil }
            return known.pointee.cell
        }
        return look(use, known, stamp)
    }
}
