import Core
import Mind
import Store

/// What came of folding recorded events again and holding every decision against the recorded one.
public struct Replay: Sendable {
    /// The event after which the fold began.
    public var start: EventSequence
    /// The events whose decisions were compared.
    public var events: ClosedRange<EventSequence>
    /// Decisions recorded of them.
    public var recorded = 0
    /// Decisions made of them now.
    public var replayed = 0
    /// Events that led to other decisions, to more or to less, or to the same in another order.
    public var differences = 0
    public var first: ReplayDifference?
    /// Rule sets that took effect in what was folded.
    public var activations = 0
    /// Events among the compared that forgot an entity: what was decided about it before is in
    /// neither side, and where a timer of it fell due in the same event as another's, the number of
    /// that one's decision can differ.
    public var forgettings: [EventSequence] = []
    /// Over everything that was decided now, in order.
    public var digest = ""
    /// Over the mind at the end.
    public var mindDigest = ""

    public var agrees: Bool { differences == 0 }

    init(_ events: ClosedRange<EventSequence>, from start: EventSequence) {
        self.events = events
        self.start = start
    }
}

/// The first place at which what is decided now departs from what was recorded.
public struct ReplayDifference: Sendable {
    public var event: Event
    /// Which of the event's decisions, from 0.
    public var index: Int
    /// nil where nothing was recorded.
    public var recorded: Decision?
    /// nil where nothing is decided now.
    public var replayed: Decision?

    /// nil where both sides agree.
    init?(_ event: Event, recorded: [Decision], replayed: [Decision]) {
        let count = max(recorded.count, replayed.count)
        func at(_ list: [Decision], _ index: Int) -> Decision? {
            index < list.count ? list[index] : nil
        }
        let index = (0..<count).first { at(recorded, $0) != at(replayed, $0) }
        guard let index else { return nil }
        self.event = event
        self.index = index
        self.recorded = at(recorded, index)
        self.replayed = at(replayed, index)
    }
}

extension History {
    /// Folds events again under the rules that were in effect, and compares.
    ///
    /// - Parameters:
    ///   - events: whose decisions are compared, within the log.
    ///   - start: where the fold begins; nil for the nearest before.
    ///   - progress: is told the last event folded, every `Limits.readPageRows` events; what it
    ///     throws ends the replay.
    /// - Throws: every case of `HistoryError` but `.noEvents`.
    public func replay(
        _ events: ClosedRange<EventSequence>, from start: Start? = nil,
        progress: Progress? = nil
    ) throws(HistoryError) -> Replay {
        try checkForgetting()
        var mind: Mind
        if let start {
            guard start.sequence < events.lowerBound, let made = try self.mind(at: start) else {
                throw .outOfReach(events.lowerBound, since: try reach())
            }
            mind = made
        } else {
            mind = try mindAtStart(before: events.lowerBound)
        }
        var replay = Replay(events, from: mind.sequence)
        var stored = RecordedDecisions(reader, of: events)
        var digest = DecisionDigest()
        try fold(&mind, through: events.upperBound, progress: progress) {
            (event, outcome) throws(HistoryError) in
            replay.count(event)
            guard events.contains(event.sequence) else { return true }
            let recorded = try stored.next(of: event.sequence)
            for decision in outcome.decisions { digest.add(decision) }
            replay.compare(event, recorded, outcome.decisions)
            return true
        }
        replay.digest = digest.text
        replay.mindDigest = DecisionDigest.of(mind.checkpoint())
        if let first = replay.first { try confirm(first.event.sequence) }
        return replay
    }

    /// What was read event by event and decision by decision is only comparable while nobody
    /// deletes between the two.
    private func confirm(_ event: EventSequence) throws(HistoryError) {
        let range = try Self.reading { () throws(ReadError) in try reader.logRange() }
        guard let first = range.first, first.sequence <= event else { throw .overtaken(event) }
        try checkForgetting()
    }

    private func checkForgetting() throws(HistoryError) {
        let newest = try Self.reading { () throws(ReadError) in try reader.newestForgetting() }
        guard let newest, !newest.isDone || newest.sequence > last.sequence else { return }
        throw .forgetting(newest.sequence)
    }
}

extension Replay {
    fileprivate mutating func count(_ event: Event) {
        switch event.body {
        case .ruleset: activations += 1
        case .control(.forgotten): forgettings.append(event.sequence)
        case .control, .message, .tick: break
        }
    }

    fileprivate mutating func compare(
        _ event: Event, _ recorded: [Decision], _ replayed: [Decision]
    ) {
        self.recorded += recorded.count
        self.replayed += replayed.count
        // Mostly there are none.
        guard recorded != replayed else { return }
        differences += 1
        guard first == nil else { return }
        first = ReplayDifference(event, recorded: recorded, replayed: replayed)
    }
}
