import Core
import Store

/// Which events of a history are judged again, and from where.
public struct HistorySpan: Sendable {
    public var events: ClosedRange<EventSequence>
    /// Where the fold begins, before them.
    public var start: History.Start
    /// Events that were asked for, are in the log, and cannot be folded any more.
    public var unreached: ClosedRange<EventSequence>?
    /// One of the time since when all was asked for that is not judged; nil where all of it is.
    public var missing: EventSequence?

    /// - Parameters:
    ///   - since: only events from then on.
    ///   - until: only events before then.
    ///   - event: only this one, whatever the time.
    ///   - from: the event after which the fold begins.
    /// - Throws: `.noEvents`, `.notYet`, `.outOfReach`, `.store`: nothing of that can be judged.
    public init(
        _ history: History, since: Timestamp? = nil, until: Timestamp? = nil,
        event: EventSequence? = nil, from: EventSequence? = nil
    ) throws(HistoryError) {
        if let event {
            events = event...event
        } else {
            events = try Self.events(history, since: since, until: until)
        }
        // Who says where to begin asks for no more than that.
        let since = from == nil ? since : nil
        let first = history.first
        if let since, since < first.at, first.sequence > 1 { missing = first.sequence - 1 }
        if let from {
            start = try Self.start(history, at: from)
            // What was asked for is what comes after it.
            let first = max(events.lowerBound, min(from + 1, events.upperBound))
            events = first...events.upperBound
        } else if event == nil, let first = history.starts.first,
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
        _ history: History, since: Timestamp?, until: Timestamp?
    ) throws(HistoryError) -> ClosedRange<EventSequence> {
        var (first, last) = (history.first.sequence, history.last.sequence)
        do throws(ReadError) {
            if let since { first = try history.reader.firstEvent(at: since) ?? .max }
            if let until, let end = try history.reader.firstEvent(at: until) {
                last = min(last, end - 1)
            }
        } catch { throw .store(error) }
        guard first <= last else { throw .noEvents }
        return first...last
    }
}
