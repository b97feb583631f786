import CEL
import Core

/// The predicate on the evaluator that the rules run on: the one place that chooses it.
///
/// Kept from message to message, so that an evaluator may keep its memory; what it knows of a
/// message it has to forget with the next.
struct MeasuredPredicate {
    /// Whose the figures are.
    static let evaluator = "compiled"
    private let program: Program
    private let machine = Machine()
    private let inputs = TopicInputs()

    init() throws(ParseError) {
        program = Program(
            try CEL.Expression(BenchPredicate.text, environment: BenchPredicate.environment))
    }

    mutating func holds(for message: JSONDocument) throws(EvaluationError) -> Bool {
        machine.beginMessage()
        let truth = machine.reading(message, asSlot: BenchPredicate.payloadSlot) {
            machine.truth(of: program, inputs)
        }
        return truth == .yes
    }
}

/// What is known of a message beside its payload.
private final class TopicInputs: Inputs {
    override func load(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
        slot == BenchPredicate.topicSlot ? .string(BenchPredicate.topic) : nil
    }
}
