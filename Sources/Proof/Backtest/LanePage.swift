import Core
import Mind
import Store

/// A page of the log, divided among the minds that share a backtest.
struct LanePage: Sendable {
    /// What one mind has to do at one event.
    struct Item: Sendable {
        /// Counts from the page's first event.
        var place: Int
        /// Where it passes, only what was decided by it is of interest.
        var passes: Bool
        var recorded: [Decision] = []
    }

    var first: EventSequence
    /// In the order of the log, without a gap; read by all minds, and copied for none.
    var events: [Event]
    /// For each mind, in the order of the log; what is not there passes.
    var items: [[Item]]

    func position(of place: Int) -> LogPosition {
        LogPosition(sequence: first + EventSequence(place), at: time(of: place))
    }

    func time(of place: Int) -> Timestamp { events.span[place].at }
}

/// Divides pages.
struct LaneDivider {
    private var lanes: EntityLanes
    private var stored: RecordedDecisions
    private let compared: ClosedRange<EventSequence>

    init(
        _ lanes: EntityLanes, _ stored: RecordedDecisions,
        _ compared: ClosedRange<EventSequence>
    ) {
        self.lanes = lanes
        self.stored = stored
        self.compared = compared
    }

    /// - Parameter first: the event that the page has to begin with.
    /// - Returns: nil where an event is about entities of several minds.
    /// - Throws: `.overtaken`, `.store`.
    mutating func divide(
        _ events: [Event], from first: EventSequence
    ) throws(HistoryError) -> LanePage? {
        guard !events.isEmpty else { throw .overtaken(first) }
        var page = LanePage(
            first: first, events: events, items: Array(repeating: [], count: lanes.count))
        for lane in page.items.indices {
            page.items[lane].reserveCapacity(2 * events.count / lanes.count)
        }
        let span = events.span
        for place in span.indices {
            let wanted = first + EventSequence(place)
            guard span[place].sequence == wanted else { throw .overtaken(wanted) }
            let owner = lanes.place(of: span[place])
            switch owner {
            case .several: return nil
            case .lane(let lane): page.items[lane].append(.init(place: place, passes: false))
            case .everyLane:
                for lane in page.items.indices {
                    page.items[lane].append(.init(place: place, passes: false))
                }
            }
            guard compared.contains(wanted) else { continue }
            for decision in try stored.next(of: wanted) {
                page.add(decision, at: place, to: lane(of: decision, owner))
            }
        }
        return page
    }

    /// An alert belongs to the mind of its entity, which may have waited for it; a verdict to the
    /// one that hears the proposal, whomever that is about by the other rules.
    private func lane(of decision: Decision, _ owner: EntityLanes.Place) -> Int {
        if decision.kind == .verdict, case .lane(let lane) = owner { return lane }
        return lanes.lane(of: decision.entity)
    }
}

extension LanePage {
    fileprivate mutating func add(_ decision: Decision, at place: Int, to lane: Int) {
        if items[lane].last?.place != place {
            items[lane].append(.init(place: place, passes: true))
        }
        items[lane][items[lane].count - 1].recorded.append(decision)
    }
}
