import CEL
import Core

// Public interfaces only: scripts/fuzz compiles this file too, with the built modules.

/// An expression that is asked behind others of the same message, its own terms and itself, by
/// which all that it looks at is known already.
struct ProgramGroup {
    private let program: Program
    private let others: [Program]
    /// Of the variables that are expressions themselves, by their slots.
    private let nested: [Int: Program]
    private let members: MemberTree
    private let memberPaths: MemberPaths

    init(_ expression: CEL.Expression) {
        let paths = PathTable(ruleSlot: Scene.ruleSlot)
        var nested: [Int: Program] = [:]
        for slot in expression.slots {
            guard let variable = SceneInputs.expressions[slot] else { continue }
            nested[slot] = Program(variable, sharing: paths)
        }
        self.nested = nested
        let terms = expression.terms
        others = terms.prefix(Self.othersMax).flatMap { term, observed in
            [term, observed].compactMap { $0 }
        }.map { Program($0, sharing: paths) }
        program = Program(expression, sharing: paths)
        var members = MemberTree()
        memberPaths = MemberPaths(
            of: others + [program], slot: Scene.payloadSlot, in: &members)
        self.members = members
    }

    private static let othersMax = 4

    /// What the expression comes to when it is asked a second time.
    ///
    /// - Parameter finds: Whether what all of them ask the payload for is found beforehand.
    func outcome(on machine: Machine, _ scene: Scene, fuel: Int, finds: Bool) -> Outcome {
        // What is found is of use to a machine that has met the programs.
        if finds { _ = machine.truth(of: program, SceneInputs(scene, machine, nested), fuel: 0) }
        machine.beginMessage()
        guard let document = scene.document else {
            return ask(machine, SceneInputs(scene, machine, nested), fuel)
        }
        var places: [MemberTree.Place] = []
        document.withView { view in
            members.forEachMember(of: 0, in: view) { places.append($0) }
        }
        return places.withUnsafeBufferPointer { places in
            machine.reading(
                document, asSlot: Scene.payloadSlot,
                knowing: finds ? FoundMembers(places, memberPaths) : nil
            ) {
                ask(machine, SceneInputs(scene.withoutPayload, machine, nested), fuel)
            }
        }
    }

    private func ask(_ machine: Machine, _ inputs: SceneInputs, _ fuel: Int) -> Outcome {
        for other in others { _ = machine.truth(of: other, inputs, fuel: fuel) }
        machine.beginRule()
        _ = try? machine.evaluate(program, inputs, fuel: fuel)
        inputs.forgetCalls()
        var outcome = Evaluator.outcome(of: machine) { () throws(EvaluationError) in
            try machine.evaluate(program, inputs, fuel: fuel)
        } calls: {
            inputs.scene.calls
        }
        inputs.forgetCalls()
        outcome.told = machine.truth(of: program, inputs, fuel: fuel)
        return outcome
    }
}
