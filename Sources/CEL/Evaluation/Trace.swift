import Core

/// What every part of an expression came to in one evaluation, for `why` and `cel eval --trace`.
public struct Trace: Sendable {
    /// One part of the expression that was evaluated; parts of a comprehension come repeatedly.
    public struct Step: Sendable {
        /// As written.
        public let text: String
        public let position: SourcePosition
        public let result: Result<Value, EvaluationError>
    }

    /// In the order in which they came to their value, so the whole expression is last; at most
    /// `Limits.traceStepsMax`. Literals are left out.
    public let steps: [Step]
    /// Of the whole expression.
    public let result: Result<Value, EvaluationError>
    /// Steps of fuel that were spent.
    public let cost: Int
}

/// One entry of a trace while it is being written.
struct TraceEntry {
    let start: Int32
    let end: Int32
    let result: Result<Value, EvaluationError>
}

extension Expression {
    /// Evaluates as `evaluate` does and keeps the value of every part.
    public func trace(_ activation: inout some Activation) -> Trace {
        var evaluation = Evaluation(localCount: localCount, fuel: Limits.evaluationFuelMax)
        evaluation.trace = []
        let result: Result<Value, EvaluationError>
        do {
            result = .success(try evaluation.evaluate(root, &activation))
        } catch {
            result = .failure(located(error))
        }
        let bytes = Array(source.utf8)
        let steps = (evaluation.trace ?? []).map { entry in
            // A part that was made an expression of its own keeps the places of the whole.
            let end = min(Int(entry.end), bytes.count)
            let text = bytes[min(Int(entry.start), end)..<end]
            return Trace.Step(
                text: String(decoding: text, as: UTF8.self),
                position: SourcePosition(offset: Int(entry.start), in: bytes),
                result: entry.result.mapError(located))
        }
        return Trace(
            steps: steps, result: result, cost: Limits.evaluationFuelMax - evaluation.fuel.left)
    }
}
