import Core

/// The most that an evaluation of an expression costs, and what costs most of it.
public struct CostEstimate: Sendable {
    /// Steps of fuel; ends at 10^15.
    public let steps: Int
    /// Of the value.
    public let size: ValueSize
    /// The loop or call in which most steps are spent.
    private let heaviest: (offset: Int, cost: CostEstimator.Cost)?

    init(of root: Node, environment: Environment, localCount: Int) {
        var estimator = CostEstimator(environment: environment, localCount: localCount)
        let estimate = estimator.estimate(root)
        steps = Int(estimate.steps.rounded(.up))
        size = estimate.size
        // Of equal ones the first in the text.
        heaviest = estimator.costs.sorted { $0.key < $1.key }
            .max { $0.value.steps < $1.value.steps }
            .map { (Int($0.key), $0.value) }
    }

    /// That it costs too much, where it does, at what costs most.
    func fault(above bound: Int) -> SyntaxFault? {
        guard steps > bound else { return nil }
        return SyntaxFault(
            kind: .tooCostly, offset: heaviest?.offset ?? 0,
            message: "the expression may cost \(steps) steps, more than \(bound)",
            hint: heaviest.map { hint($0.cost) } ?? Self.assumption)
    }

    private func hint(_ cost: CostEstimator.Cost) -> String {
        guard let turns = cost.turns else {
            return "'\(cost.name)' costs most; \(Self.assumption)"
        }
        let elements = Int(turns.rounded(.up))
        return "'\(cost.name)' costs most: it may go through \(elements) elements; "
            + Self.assumption
    }

    private static let assumption =
        "what is not known counts with \(Limits.costElements) elements and "
        + "\(Limits.costTextBytes) bytes of text"
}
