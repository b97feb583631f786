import CEL
import Core

/// The predicate on the evaluator that the rules run on: the one place that chooses it.
///
/// Kept from message to message, so that an evaluator may keep its memory; what it knows of a
/// message it has to forget with the next.
struct MeasuredPredicate {
    /// Whose the figures are.
    static let evaluator = "tree"
    private let predicate: TreePredicate

    init() throws(ParseError) { predicate = try TreePredicate() }

    mutating func holds(for message: JSONDocument) throws(EvaluationError) -> Bool {
        try predicate.holds(for: message)
    }
}
