import Core

extension Machine {
    /// What a condition came to.
    public enum Truth: Equatable, Sendable {
        case yes, no
        /// It has no value, or one that is no bool: `evaluate` tells.
        case failed
    }

    /// The value of a program in the message that was begun.
    ///
    /// - Throws: Why there is none.
    public func evaluate(
        _ program: Program, _ inputs: Inputs, fuel: Int = Limits.evaluationFuelMax
    ) throws(EvaluationError) -> Value {
        guard let cell = run(program, inputs, fuel: fuel) else {
            let error = state.pointee.error(state.pointee.fault, program)
            leave()
            throw error
        }
        let value = state.pointee.value(of: cell, program)
        leave()
        return value
    }

    /// Whether a condition holds in the message that was begun.
    public func truth(
        of program: Program, _ inputs: Inputs, fuel: Int = Limits.evaluationFuelMax
    ) -> Truth {
        let cell = run(program, inputs, fuel: fuel)
        leave()
        guard let cell, cell.tag == .bool else { return .failed }
        return cell.isTrue ? .yes : .no
    }

    /// The same contract as `Expression.evaluate`: a message of its own.
    public func evaluate<A: Activation>(
        _ program: Program, _ activation: inout A, fuel: Int = Limits.evaluationFuelMax
    ) throws(EvaluationError) -> Value {
        let inputs = ActivationInputs(activation)
        defer { activation = inputs.activation }
        beginMessage()
        return try evaluate(program, inputs, fuel: fuel)
    }

    /// The same where one variable is a document that is read in place.
    public func evaluate<A: Activation>(
        _ program: Program, _ activation: inout A, document: JSONDocument, slot: Int,
        fuel: Int = Limits.evaluationFuelMax
    ) throws(EvaluationError) -> Value {
        let inputs = ActivationInputs(activation)
        defer { activation = inputs.activation }
        beginMessage()
        return try reading(document, asSlot: slot) { () throws(EvaluationError) in
            try evaluate(program, inputs, fuel: fuel)
        }
    }

    /// A run within another one, for a variable that is an expression itself, keeps what that one
    /// has made.
    @inline(__always)
    private func run(_ program: Program, _ inputs: Inputs, fuel: Int) -> Cell? {
        let state = state
        let around = state.pointee.depth > 0 ? state.pointee.scope : nil
        state.pointee.prepare(for: program)
        state.pointee.depth &+= 1
        let outer = state.pointee.fuel
        state.pointee.fuel = fuel
        let result = Run(program, state, inputs).execute(from: 0)
        state.pointee.fuelSpent = fuel &- state.pointee.fuel
        state.pointee.fuel = outer
        // The run around goes on with numbers of its own.
        if let around, around !== state.pointee.scope { state.pointee.enter(around) }
        return result
    }

    @inline(__always)
    private func leave() {
        let state = state
        state.pointee.depth &-= 1
        guard state.pointee.isUntidy else { return }
        if state.pointee.depth == 0 { state.pointee.tidy() } else { state.pointee.forgetMade() }
    }
}

extension Machine.State {
    // MARK: Errors

    /// A fault in words.
    func error(_ fault: Fault, _ program: Program) -> EvaluationError {
        program.expression.located(
            EvaluationError(reason(of: fault, program), offset: fault.offset))
    }

    func reason(of fault: Fault, _ program: Program) -> EvaluationError.Reason {
        let name = fault.name.text
        return switch fault.code {
        case .none, .outOfFuel: .outOfFuel
        case .noOverload:
            // A kind is written where there is one.
            .noOverload(
                name, ValueKind(rawValue: fault.left) ?? .null, ValueKind(rawValue: fault.right))
        case .noKey:
            .noKey(
                String(
                    decoding: Cell(tag: .string, count: fault.count, bits: fault.bits).text,
                    as: UTF8.self))
        case .noElement: .noElement(Int64(bitPattern: fault.bits))
        case .divisionByZero: .divisionByZero
        case .overflow: .overflow(name)
        case .outOfRange: .outOfRange(name)
        case .tooLarge: .tooLarge(name)
        case .noValue: .noValue(program.names[Int(fault.count)])
        case .kept: reasons[Int(fault.count)]
        case .keptOfVariable: messageReasons[Int(fault.count)]
        }
    }

    /// A fault of a variable, which lasts as long as the message.
    mutating func keepOfVariable(_ reason: EvaluationError.Reason) -> Fault {
        if reason == .outOfFuel { return Fault(code: .outOfFuel) }
        isMessageUntidy = true
        messageReasons.append(reason)
        return Fault(code: .keptOfVariable, count: UInt32(messageReasons.count - 1))
    }

    /// A fault of a reason that has no form of its own.
    mutating func keep(_ reason: EvaluationError.Reason) -> Fault {
        if reason == .outOfFuel { return Fault(code: .outOfFuel) }
        isUntidy = true
        reasons.append(reason)
        return Fault(code: .kept, count: UInt32(reasons.count - 1))
    }
}
