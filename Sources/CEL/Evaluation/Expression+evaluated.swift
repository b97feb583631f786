import Core

/// What an evaluation came to, and what it took.
public struct Evaluated: Sendable {
    public let value: Result<Value, EvaluationError>
    /// Steps of fuel that were spent.
    public let cost: Int
}

extension Expression {
    /// Evaluates as `evaluate` does and tells the cost as well.
    public func evaluated(
        _ activation: inout some Activation, fuel: Int = Limits.evaluationFuelMax
    ) -> Evaluated {
        var evaluation = Evaluation(localCount: localCount, fuel: fuel)
        let value: Result<Value, EvaluationError>
        do {
            value = .success(try evaluation.evaluate(root, &activation))
        } catch {
            value = .failure(located(error))
        }
        return Evaluated(value: value, cost: fuel - evaluation.fuel.left)
    }
}
