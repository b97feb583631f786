/// A step of code, where it lies.
typealias Step = UnsafePointer<Instruction>

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
    let program: Unmanaged<Program>
    let inputs: Unmanaged<Inputs>

    @inline(__always)
    init(
        _ program: Program, _ state: UnsafeMutablePointer<Machine.State>, _ inputs: Inputs
    ) {
        code = program.code
        handlers = program.handlers
        offsets = program.offsets
        constants = program.constants
        paths = program.paths
        if state.pointee.depth == 1 {
            registers = state.pointee.frame
            absorbed = state.pointee.rows
        } else {
            registers = state.pointee.runCells(program.registerCount)
            absorbed = state.pointee
                .runBytes(program.absorbedCount * MemoryLayout<Fault>.stride)
                .bindMemory(to: Fault.self, capacity: program.absorbedCount)
        }
        self.state = state
        self.program = .passUnretained(program)
        self.inputs = .passUnretained(inputs)
        var memo = 0
        while memo < program.memoCount {
            registers[2 &* memo] = .unset
            memo &+= 1
        }
        var row = 0
        while row < program.absorbedCount {
            absorbed[row].code = .none
            row &+= 1
        }
    }

    /// Runs the steps from a place on until one finishes.
    ///
    /// - Returns: nil where there is no value; the fault is in the state.
    func execute(from start: Int) -> Cell? {
        var place = start
        while true {
            let step = code + place
            guard spend(Int(step.pointee.cost)) else { return rethrow(at: place) }
            let isTrue: Bool?
            switch step.pointee.operation {
            case .comparePath: isTrue = compare(step, path(step.pointee.b.index))
            case .compareLocal: isTrue = compare(step, fetch(step.pointee.b))
            case .compare: isTrue = compare(step)
            case .truth: isTrue = truth(step)
            case .text: isTrue = testText(step)
            case .has: isTrue = has(step)
            case .contain: isTrue = contain(step)
            case .next:
                place = next(step) ? place &+ 1 : Int(step.pointee.target)
                continue
            case .scan:
                place = scan(step) ? Int(step.pointee.target) : place &+ 1
                continue
            case .jump:
                place = Int(step.pointee.target)
                continue
            case .finish:
                return operand(step.pointee.b) ?? rethrow(at: place)
            case .absorb, .settle, .clear, .move, .arithmetic, .convert, .negate, .select,
                .optionalSelect, .index, .optionalIndex, .loop, .increment, .newList, .append,
                .appendOptional, .newMap, .insert, .insertOptional, .merge, .content, .wrap,
                .alternative, .requireOptional, .memo, .lazy, .forget, .call, .host, .matches,
                .fail:
                guard let next = proceed(step, at: place) else { return nil }
                place = next
                continue
            }
            guard let isTrue else {
                guard let caught = fail(at: place) else { return nil }
                place = caught
                continue
            }
            place = branch(step, on: isTrue, at: place)
        }
    }

    @inline(__always)
    private func branch(_ step: Step, on isTrue: Bool, at place: Int) -> Int {
        switch step.pointee.sense {
        case .store: registers[Int(step.pointee.a)] = Cell(isTrue)
        case .jumpIfFalse: if !isTrue { return Int(step.pointee.target) }
        case .jumpIfTrue: if isTrue { return Int(step.pointee.target) }
        }
        return place &+ 1
    }

    /// Does a step that is neither a test nor a jump; tells where to go on.
    @inline(__always)
    private func proceed(_ step: Step, at place: Int) -> Int? {
        if let goesOn = make(step, at: place) {
            return goesOn ? place &+ 1 : Int(step.pointee.target)
        }
        return fail(at: place)
    }

    /// Keeps the first fault of a row.
    func absorb(_ step: Step) {
        let row = absorbed + Int(step.pointee.a)
        if row.pointee.code == .none { row.pointee = state.pointee.fault }
    }

    /// Ends a row in which nothing decided: whether the next step follows; nil for a fault.
    func settle(_ step: Step) -> Bool? {
        let row = absorbed + Int(step.pointee.a)
        if row.pointee.code == .none { return step.pointee.sense == .store }
        state.pointee.fault = row.pointee
        return nil
    }

    // MARK: Fuel and faults

    @inline(__always)
    func spend(_ amount: Int) -> Bool {
        let left = state.pointee.fuel &- amount
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

    /// The value of an operand; unset where there is none, and the fault in the state.
    @inline(__always)
    func fetch(_ operand: Operand) -> Cell {
        switch operand.mode {
        case .register: registers[operand.index]
        case .paidConstant: constants[operand.index]
        case .local: spend(1) ? registers[operand.index] : .unset
        case .constant: spend(1) ? constants[operand.index] : .unset
        case .path: path(operand.index)
        }
    }

    /// The same; nil where there is none.
    @inline(__always)
    func operand(_ operand: Operand) -> Cell? {
        let cell = fetch(operand)
        return cell.isUnset ? nil : cell
    }

    @inline(__always)
    private func path(_ index: Int) -> Cell {
        let use = paths + index
        let known = state.pointee.paths + Int(use.pointee.number)
        let stamp = use.pointee.isRules ? state.pointee.ruleStamp : state.pointee.messageStamp
        if known.pointee.stamp == stamp, !known.pointee.cell.isUnset {
            return spend(known.pointee.cost) ? known.pointee.cell : .unset
        }
        return look(use, known, stamp)
    }
}
