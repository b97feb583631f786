import CEL
import Core

/// The predicate on the plain evaluator over the tree.
struct TreePredicate {
    private let expression: CEL.Expression

    init() throws(ParseError) {
        expression = try CEL.Expression(
            BenchPredicate.text, environment: BenchPredicate.environment)
    }

    func holds(for message: JSONDocument) throws(EvaluationError) -> Bool {
        var scene = TreeScene(document: message)
        return try expression.evaluate(&scene) == .bool(true)
    }
}

/// A message as the rules see it: its values are made when the first term asks for them.
private struct TreeScene: Activation {
    let document: JSONDocument
    private var payload: Value?

    init(document: JSONDocument) { self.document = document }

    mutating func value(slot: Int, name: String) -> Value? {
        if slot == BenchPredicate.topicSlot { return .string(BenchPredicate.topic) }
        if let payload { return payload }
        let made = Value(document.value)
        payload = made
        return made
    }
}
