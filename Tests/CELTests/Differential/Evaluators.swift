import CEL
import Core

// Public interfaces only: scripts/fuzz compiles this file too, with the built modules.

/// One of the ways to evaluate, all of which have to come to the same outcome.
///
/// For one thread: what it prepares may share memory.
struct Evaluator {
    typealias Run = (_ scene: Scene, _ fuel: Int) -> Outcome

    let name: String
    /// Makes an expression ready to be evaluated in many scenes.
    let prepare: (CEL.Expression) -> Run

    /// The plain evaluator, by which the others are judged.
    static var tree: Evaluator {
        Evaluator(name: "tree") { expression in
            { scene, fuel in
                var scene = scene
                let evaluated = expression.evaluated(&scene, fuel: fuel)
                return Outcome(
                    ending: evaluated.value, cost: evaluated.cost, calls: scene.calls)
            }
        }
    }

    /// Those that are judged; all of them on one machine, which is what it is for.
    static func compiled() -> [Evaluator] {
        let machine = Machine()
        return [.code(on: machine), .codeInPlace(on: machine)]
            + [false, true].map { .codeAmongOthers(on: machine, finds: $0) }
    }

    /// As the tree is asked.
    static func code(on machine: Machine) -> Evaluator {
        Evaluator(name: "code") { expression in
            let program = Program(expression)
            return { scene, fuel in
                var scene = scene
                return outcome(of: machine) { () throws(EvaluationError) in
                    try machine.evaluate(program, &scene, fuel: fuel)
                } calls: {
                    scene.calls
                }
            }
        }
    }

    /// The payload is read in place.
    private static func codeInPlace(on machine: Machine) -> Evaluator {
        Evaluator(name: "code, document in place") { expression in
            let program = Program(expression)
            return { scene, fuel in
                guard let document = scene.document else {
                    return code(on: machine).prepare(expression)(scene, fuel)
                }
                var inPlace = scene.withoutPayload
                return outcome(of: machine) { () throws(EvaluationError) in
                    try machine.evaluate(
                        program, &inPlace, document: document, slot: Scene.payloadSlot, fuel: fuel)
                } calls: {
                    inPlace.calls
                }
            }
        }
    }

    /// As rules are asked: several expressions of one message, which share what is known of it.
    private static func codeAmongOthers(on machine: Machine, finds: Bool) -> Evaluator {
        let name = "code, among others of a message" + (finds ? ", found beforehand" : "")
        return Evaluator(name: name) { expression in
            let group = ProgramGroup(expression)
            return { scene, fuel in
                group.outcome(on: machine, scene, fuel: fuel, finds: finds)
            }
        }
    }

    static func outcome(
        of machine: Machine, _ body: () throws(EvaluationError) -> Value,
        calls: () -> [Outcome.Call]
    ) -> Outcome {
        let ending: Result<Value, EvaluationError>
        do throws(EvaluationError) {
            ending = .success(try body())
        } catch {
            ending = .failure(error)
        }
        return Outcome(ending: ending, cost: machine.fuelSpent, calls: calls())
    }
}
