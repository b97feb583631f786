import Core
import Mind
import Store
import Synchronization

/// What one mind has to do of a page of the log; what is not there passes.
final class LanePage: Sendable {
    struct Item: Sendable {
        /// Counts from the page's first event.
        let place: Int
        /// Taken out by whoever takes it in: events are moved through, and not copied.
        var event: Event?
    }

    /// What was decided by an event about this mind's entities.
    struct Recorded: Sendable {
        let place: Int
        var decisions: [Decision]
    }

    let first: EventSequence
    /// When each of the page's events was.
    let times: [Timestamp]
    /// In the order of the log, as the items are.
    let recorded: [Recorded]
    private let items: Mutex<[Item]>

    fileprivate init(
        _ first: EventSequence, _ times: [Timestamp], _ items: [Item], _ recorded: [Recorded]
    ) {
        self.first = first
        self.times = times
        self.recorded = recorded
        self.items = Mutex(items)
    }

    /// The events that it has to take in; there are none a second time.
    func takeItems() -> [Item] {
        items.withLock { items in
            var taken: [Item] = []
            swap(&taken, &items)
            return taken
        }
    }

    func position(of place: Int) -> LogPosition {
        LogPosition(sequence: first + EventSequence(place), at: times[place])
    }
}

/// Reads pages and divides them among the minds that share a backtest.
struct LaneDivider {
    private let reader: StoreReader
    private var lanes: EntityLanes
    private var stored: RecordedDecisions
    private let compared: ClosedRange<EventSequence>

    init(_ lanes: EntityLanes, _ reader: StoreReader, _ compared: ClosedRange<EventSequence>) {
        self.lanes = lanes
        self.reader = reader
        self.compared = compared
        stored = RecordedDecisions(reader, of: compared)
    }

    /// The page that begins with an event, for each of the minds.
    /// - Returns: nil where an event is about entities of several minds.
    /// - Throws: `.overtaken`, `.store`.
    mutating func page(
        from first: EventSequence, through last: EventSequence
    ) throws(HistoryError) -> [LanePage]? {
        var draft = Draft(first, lanes.count)
        let reader = reader
        do throws(ReadError) {
            _ = try reader.page(from: first, through: last) { event in
                draft.take(event, lanes.place(of: event))
            }
        } catch { throw .store(error) }
        if draft.isOvertaken || draft.times.isEmpty {
            throw .overtaken(first + EventSequence(draft.times.count))
        }
        if draft.isOfSeveral { return nil }
        for place in draft.times.indices {
            let sequence = first + EventSequence(place)
            guard compared.contains(sequence) else { continue }
            for decision in try stored.next(of: sequence) {
                draft.take(decision, at: place, in: lane(of: decision, draft.owners[place]))
            }
        }
        return draft.pages
    }

    /// An alert belongs to the mind of its entity, which may have waited for it; a verdict to the
    /// one that hears the proposal, whomever that is about by the other rules.
    private func lane(of decision: Decision, _ owner: EntityLanes.Place) -> Int {
        if decision.kind == .verdict, case .lane(let lane) = owner { return lane }
        return lanes.lane(of: decision.entity)
    }
}

/// A page as it is being divided.
private struct Draft {
    let first: EventSequence
    var times: [Timestamp] = []
    var owners: [EntityLanes.Place] = []
    var items: [[LanePage.Item]]
    var recorded: [[LanePage.Recorded]]
    /// The event behind the last one is missing.
    var isOvertaken = false
    var isOfSeveral = false

    init(_ first: EventSequence, _ lanes: Int) {
        self.first = first
        items = Array(repeating: [], count: lanes)
        recorded = Array(repeating: [], count: lanes)
        times.reserveCapacity(Limits.readPageRows)
        owners.reserveCapacity(Limits.readPageRows)
        for lane in items.indices { items[lane].reserveCapacity(2 * Limits.readPageRows / lanes) }
    }

    /// - Returns: false where it is not wanted, nor is what comes behind it.
    mutating func take(_ event: consuming Event, _ owner: EntityLanes.Place) -> Bool {
        let place = times.count
        guard event.sequence == first + EventSequence(place) else {
            isOvertaken = true
            return false
        }
        times.append(event.at)
        owners.append(owner)
        switch owner {
        case .several:
            isOfSeveral = true
            return false
        case .lane(let lane): items[lane].append(LanePage.Item(place: place, event: event))
        case .everyLane:
            for lane in items.indices {
                items[lane].append(LanePage.Item(place: place, event: copy event))
            }
        }
        return true
    }

    mutating func take(_ decision: Decision, at place: Int, in lane: Int) {
        if recorded[lane].last?.place != place {
            recorded[lane].append(LanePage.Recorded(place: place, decisions: []))
        }
        recorded[lane][recorded[lane].count - 1].decisions.append(decision)
    }

    var pages: [LanePage] {
        items.indices.map { LanePage(first, times, items[$0], recorded[$0]) }
    }
}
