import Core
import Proof

extension HistorySpan {
    /// - Parameters:
    ///   - decision: only the event of this one.
    ///   - from: the event after which the fold begins.
    /// - Throws: where nothing of that can be replayed.
    init(
        _ history: History, _ selection: EventSelection, decision: String?, from: EventSequence?
    ) throws(Ending) {
        var event: EventSequence?
        if let decision { event = try history.decision(decision).decision.eventSequence }
        do throws(HistoryError) {
            try self.init(
                history, since: selection.since, until: selection.until, event: event, from: from)
        } catch { throw Ending(error) }
    }
}
