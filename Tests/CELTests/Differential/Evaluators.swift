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

    /// Runs an evaluation that throws, and says what it cost.
    static func outcome(
        _ scene: Scene,
        _ body: (inout Scene, _ cost: inout Int) throws(EvaluationError) -> Value
    ) -> Outcome {
        var scene = scene
        var cost = 0
        do throws(EvaluationError) {
            let value = try body(&scene, &cost)
            return Outcome(ending: .success(value), cost: cost, calls: scene.calls)
        } catch {
            return Outcome(ending: .failure(error), cost: cost, calls: scene.calls)
        }
    }
}

extension Evaluator {
    /// The plain evaluator, by which the others are judged.
    static var tree: Evaluator {
        Evaluator(name: "tree") { expression in
            { scene, fuel in
                outcome(scene) { scene, cost throws(EvaluationError) in
                    try expression.evaluate(&scene, fuel: fuel, spent: &cost)
                }
            }
        }
    }

    /// Those that are judged; each has its own memory.
    static func compiled() -> [Evaluator] {
        [
            compiled("compiled", isInPlace: false),
            compiled("compiled, document in place", isInPlace: true),
        ]
    }

    /// ADAPTER: what is judged is the tree itself until there is code for expressions.
    ///
    /// Here a `Machine` is made for all expressions, and a `Program` for each.
    private static func compiled(_ name: String, isInPlace: Bool) -> Evaluator {
        Evaluator(name: name) { expression in
            { scene, fuel in
                outcome(scene) { scene, cost throws(EvaluationError) in
                    // In place: machine.evaluate(program, &scene, document: document,
                    // slot: Scene.payloadSlot, fuel: fuel), with scene.withoutPayload.
                    try expression.evaluate(&scene, fuel: fuel, spent: &cost)
                }
            }
        }
    }
}
