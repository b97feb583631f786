import CEL
import Core

// Public interfaces only: scripts/fuzz compiles this file too, with the built modules.

/// A scene as programs see it, some of its variables being programs as those of rules are.
final class SceneInputs: Inputs {
    private(set) var scene: Scene
    private let untouched: Scene
    private let machine: Machine
    private let nested: [Int: Program]

    /// - Parameter nested: By slots, of `expressions`.
    init(_ scene: Scene, _ machine: Machine, _ nested: [Int: Program]) {
        self.scene = scene
        untouched = scene
        self.machine = machine
        self.nested = nested
    }

    /// As if nothing had been asked of the host.
    func forgetCalls() { scene = untouched }

    override func load(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
        guard let program = nested[slot] else { return try scene.value(slot: slot, name: name) }
        // Within the run that asks for it.
        do throws(EvaluationError) {
            return try machine.evaluate(program, self)
        } catch {
            throw error.reason
        }
    }

    override func call(
        _ call: HostCall, arguments: [Value]
    ) throws(EvaluationError.Reason) -> Value {
        try scene.call(call, arguments: arguments)
    }

    /// What gives the same as the scene does, by slot.
    static let expressions: [Int: CEL.Expression] = {
        let environment = Scene.environment(isChecked: true)
        let sources: [(Scene.Name, String)] = [
            (.text, "variables.flag ? '' : 'Ünï' + '\\U0001F600' + '\\000 text'"),
            (.numbers, "variables.flag ? [] : [1, -3, 0].map(x, x + 2)"),
            (.count, "variables.flag ? 9223372036854775807 : 3 + 4"),
            (.level, "variables.flag ? -0.0 : 3.0 / 2.0"),
            (.words, "'a,e\u{301},a'.split(',')"),
            (.choice, "variables.flag ? optional.none() : optional.of(variables.count - 2)"),
        ]
        var expressions: [Int: CEL.Expression] = [:]
        for (name, source) in sources {
            expressions[name.rawValue] = try? CEL.Expression(source, environment: environment)
        }
        return expressions
    }()
}
