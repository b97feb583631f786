import Core
import Proof
import Store

/// Which events are replayed, and from where.
struct ReplayRange {
    var events: ClosedRange<EventSequence>
    var start: History.Start
    /// Events that were asked for, are in the log, and cannot be folded any more.
    var unreached: ClosedRange<EventSequence>?
    /// One of the time since when all was asked for that is not replayed; nil where all of it is.
    var missing: EventSequence?

    /// - Parameters:
    ///   - decision: only the event of this one.
    ///   - from: the event after which the fold begins.
    /// - Throws: where nothing of that can be replayed.
    init(
        _ history: History, _ selection: EventSelection, decision: String?, from: EventSequence?
    ) throws(Ending) {
        if let decision {
            let event = try history.decision(decision).decision.eventSequence
            events = event...event
        } else {
            events = try Self.events(history, selection)
        }
        // Who says where to begin asks for no more than that.
        let since = from == nil ? selection.since : nil
        let first = history.first
        if let since, since < first.at, first.sequence > 1 { missing = first.sequence - 1 }
        do throws(HistoryError) {
            if let from {
                start = try Self.start(history, at: from)
                // What was asked for is what comes after it.
                let first = max(events.lowerBound, min(from + 1, events.upperBound))
                events = first...events.upperBound
            } else if decision == nil, let first = history.starts.first,
                first.sequence >= events.lowerBound
            {
                start = first
            } else {
                start = try history.start(before: events.lowerBound)
            }
            guard start.sequence >= events.lowerBound else { return }
            guard start.sequence < events.upperBound else {
                throw .outOfReach(events.upperBound, since: try history.reach())
            }
        } catch { throw Ending(error) }
        unreached = events.lowerBound...start.sequence
        if since != nil { missing = events.lowerBound }
        events = start.sequence + 1...events.upperBound
    }

    private static func start(
        _ history: History, at sequence: EventSequence
    ) throws(HistoryError) -> History.Start {
        let found = history.starts.first { $0.sequence == sequence }
        guard let found else {
            throw .outOfReach(sequence + 1, since: try history.reach())
        }
        return found
    }

    /// The events of a time.
    private static func events(
        _ history: History, _ selection: EventSelection
    ) throws(Ending) -> ClosedRange<EventSequence> {
        var (first, last) = (history.first.sequence, history.last.sequence)
        do throws(ReadError) {
            if let since = selection.since {
                first = try history.reader.firstEvent(at: since) ?? .max
            }
            if let until = selection.until, let end = try history.reader.firstEvent(at: until) {
                last = min(last, end - 1)
            }
        } catch { throw Ending(error) }
        guard first <= last else {
            throw .failure(Exit.data, "there are no events of that time in the log")
        }
        return first...last
    }
}
