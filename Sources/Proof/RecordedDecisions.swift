import Core
import Store

/// The decisions that were stored, event by event, in the order of deciding.
struct RecordedDecisions {
    private let reader: StoreReader
    private let events: ClosedRange<EventSequence>
    private var page: [StoredDecision] = []
    private var place = 0
    private var isAtEnd = false

    /// - Parameter events: of these only.
    init(_ reader: StoreReader, of events: ClosedRange<EventSequence>) {
        self.reader = reader
        self.events = events
    }

    /// Those of an event, which is behind the one asked for before.
    /// - Throws: `.store`.
    mutating func next(of event: EventSequence) throws(HistoryError) -> [Decision] {
        var found: [Decision] = []
        while try load(), page[place].decision.eventSequence <= event {
            found.append(page[place].decision)
            place += 1
        }
        return found
    }

    /// - Returns: false where there are no more.
    private mutating func load() throws(HistoryError) -> Bool {
        guard place == page.count, !isAtEnd else { return place < page.count }
        let (reader, events, last) = (reader, events, page.last?.row)
        page = try History.reading { () throws(ReadError) in
            try reader.decisions(of: events, after: last)
        }
        place = 0
        isAtEnd = page.isEmpty
        return !isAtEnd
    }
}
