import Core
import Mind

/// An event of the log as the mind met it: what it knew, what it was told, what followed.
public struct Reasons: Sendable {
    /// As it was just before.
    public let mind: Mind
    /// As it was just after.
    public let after: Mind
    public let event: Event
    /// What follows from the event now.
    public let outcome: Outcome
    /// The event after which the fold began.
    public let start: EventSequence

    /// The rules about the event's message, one by one; nil where it is no message, or where no
    /// rule set had taken effect.
    public var explanation: Explanation? {
        guard case .message(let message) = event.body, mind.ruleset != nil else { return nil }
        return mind.explain(message, at: event.at)
    }

    /// A decision as it is made now.
    public func decision(_ id: String) -> Decision? { outcome.decisions.first { $0.id == id } }

    /// Whether a decision was made by a timer that fell due before the event itself was judged.
    public func isOfTimer(_ decision: Decision) -> Bool {
        mind.decidedByTimers(before: event).contains { $0.id == decision.id }
    }
}

extension History {
    /// Folds up to an event, and keeps what was known before it.
    /// - Parameter isOver: asked every `Limits.foldLookEvents` events; true ends it with
    ///   `.ended`.
    /// - Throws: every case of `HistoryError` but `.empty` and `.rootUnknown`.
    public func reasons(
        of sequence: EventSequence, unless isOver: () -> Bool = { false }
    ) throws(HistoryError) -> Reasons {
        var mind = try mindAtStart(before: sequence)
        let start = mind.sequence
        try fold(&mind, through: sequence - 1) { (event, _) throws(HistoryError) in
            if event.sequence % Limits.foldLookEvents == 0, isOver() { throw .ended }
            return true
        }
        let before = mind
        var found: (event: Event, outcome: Outcome)?
        try fold(&mind, through: sequence) { event, outcome in
            found = (event, outcome)
            return true
        }
        guard let found else { throw .overtaken(sequence) }
        return Reasons(
            mind: before, after: mind, event: found.event, outcome: found.outcome, start: start)
    }
}
