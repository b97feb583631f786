import Core
import Proof
import Store

/// Recorded events judged again, and every decision compared.
struct ReplayTask: JobTask {
    /// Only this one, with its event.
    var decision: (id: String, event: EventSequence)?
    var span = TimeSpan()
    /// The event after which the fold begins; nil for the nearest checkpoint.
    var from: EventSequence?

    var order: JobOrder { .replay(decision: decision?.id, span, from: from) }

    func report(on store: StoreReader, _ steps: JobSteps) throws(HistoryError) -> [UInt8] {
        var history = try History(store)
        history.readsAhead = false
        let range = try HistorySpan(
            history, since: span.since, until: span.until, event: decision?.event, from: from)
        let first = range.start.sequence
        let total = range.events.upperBound - first
        try steps.tell(0, of: total)
        let replay = try history.replay(range.events, from: range.start) {
            (event) throws(HistoryError) in try steps.tell(event - first, of: total)
        }
        return try ReplayReport(replay, range, in: history).json
    }
}
