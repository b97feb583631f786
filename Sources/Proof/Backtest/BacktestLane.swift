import Core
import Dispatch
import Mind
import Store
import Synchronization

/// One of the minds that share a backtest, on a thread of its own.
final class BacktestLane: Sendable {
    private let state: Mutex<LaneState>
    private let queue: DispatchQueue
    /// It met a bound that one mind for all might not meet, or the other way round.
    private let stuck = Atomic(false)
    var isStuck: Bool { stuck.load(ordering: .relaxed) }

    /// - Parameters:
    ///   - mind: which knows all entities.
    ///   - compared: the events whose decisions count.
    init(
        _ number: Int, of lanes: EntityLanes, _ mind: Mind, _ work: BacktestWork,
        _ compared: ClosedRange<EventSequence>
    ) {
        var mind = mind
        mind.keepOnly { lanes.lane(of: $0) == number }
        state = Mutex(
            LaneState(
                mind: mind, work: work, number: number, count: lanes.count, compared: compared))
        queue = DispatchQueue(label: "jamey.proof.lane", qos: .userInitiated)
    }

    /// Takes in a page behind those that wait.
    func take(_ page: LanePage, whenDone: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            if !isStuck, !state.withLock({ $0.take(page) }) {
                stuck.store(true, ordering: .relaxed)
            }
            whenDone()
        }
    }

    /// Waits for all pages.
    func wait() { queue.sync {} }

    /// What it found, once it has taken in everything.
    var work: BacktestWork { state.withLock { $0.work } }
}

private struct LaneState: Sendable {
    var mind: Mind
    var work: BacktestWork
    let number: Int
    let count: Int
    let compared: ClosedRange<EventSequence>
    private var isStuck = false

    init(
        mind: Mind, work: BacktestWork, number: Int, count: Int,
        compared: ClosedRange<EventSequence>
    ) {
        self.mind = mind
        self.work = work
        self.number = number
        self.count = count
        self.compared = compared
        isStuck = !mind.isWithin(share: count)
    }

    /// - Returns: false where it is stuck.
    mutating func take(_ page: LanePage) -> Bool {
        var place = 0
        for item in page.items[number] where !isStuck {
            pass(place..<item.place, of: page)
            place = item.place + 1
            if let event = item.event {
                let outcome = fold(event)
                conclude(page.position(of: item.place), item.recorded, outcome)
            } else {
                pass(item.place..<place, of: page)
                conclude(page.position(of: item.place), item.recorded)
            }
        }
        if !isStuck { pass(place..<page.times.count, of: page) }
        return !isStuck
    }

    private mutating func fold(_ event: Event) -> Outcome {
        switch event.body {
        case .message, .control:
            return mind.perceive(event, isLogged: true)
        case .tick, .ruleset:
            let (outcome, fired) = mind.letPass(event)
            // One mind would leave further timers to the next event.
            if fired * count > Limits.timersPerTick { isStuck = true }
            return outcome
        }
    }

    /// Events about others; each may find timers of this one due.
    private mutating func pass(_ places: Range<Int>, of page: LanePage) {
        guard let last = places.last else { return }
        var rest = places
        while let due = mind.nextRuleTimer, due <= page.times[last],
            let place = rest.first(where: { page.times[$0] >= due })
        {
            skip(rest.lowerBound..<place, of: page)
            let position = page.position(of: place)
            let event = Event(sequence: position.sequence, at: position.at, body: .tick)
            conclude(position, [], mind.letPass(event).outcome)
            rest = place + 1..<places.upperBound
        }
        skip(rest, of: page)
    }

    private mutating func skip(_ places: Range<Int>, of page: LanePage) {
        guard let last = places.last else { return }
        let position = page.position(of: last)
        mind.skip(through: position.sequence, at: position.at)
    }

    private mutating func conclude(
        _ position: LogPosition, _ recorded: [Decision],
        _ outcome: Outcome = Outcome(isRecorded: true)
    ) {
        if !mind.isWithin(share: count) { isStuck = true }
        guard compared.contains(position.sequence) else { return }
        work.take(position, recorded, outcome)
    }
}
