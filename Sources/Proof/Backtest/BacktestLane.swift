import Core
import Dispatch
import Mind
import Store
import Synchronization

/// One of the minds that share a backtest, on a thread of its own.
final class BacktestLane: Sendable {
    private let state: Mutex<LaneState>
    private let queue: DispatchQueue
    private let stopped = Atomic(Stop.none)
    var stop: Stop { stopped.load(ordering: .relaxed) }

    /// Why a mind cannot go on.
    enum Stop: UInt8, AtomicRepresentable {
        case none
        /// It met a bound that one mind for all might not meet, or the other way round.
        case bound
        case tooManyEntities
    }

    init(_ number: Int, of lanes: EntityLanes, _ attempt: BacktestAttempt) {
        var mind = attempt.mind
        mind.keepOnly { lanes.lane(of: $0) == number }
        let entitiesMax = attempt.judgesOnly ? mind.judgeOnly(share: lanes.count) : .max
        state = Mutex(
            LaneState(
                mind: mind, work: attempt.work, number: number, count: lanes.count,
                compared: attempt.events, entitiesMax: entitiesMax))
        queue = DispatchQueue(label: "jamey.proof.lane")
    }

    /// Takes in a page behind those that wait.
    func take(_ page: LanePage, whenDone: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            if stop == .none {
                stopped.store(state.withLock { $0.take(page) }, ordering: .relaxed)
            }
            whenDone()
        }
    }

    /// There are no more pages: compares what it has found, unless it has left alerts out, as then
    /// one mind has to do it.
    func end() {
        queue.async { [self] in
            guard stop == .none else { return }
            let isWhole = state.withLock { state in
                guard state.work.isComplete else { return false }
                state.work.settle()
                return true
            }
            if !isWhole { stopped.store(.bound, ordering: .relaxed) }
        }
    }

    /// Waits for all pages, and for the end.
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
    let entitiesMax: Int
    private var stop = BacktestLane.Stop.none

    init(
        mind: Mind, work: BacktestWork, number: Int, count: Int,
        compared: ClosedRange<EventSequence>, entitiesMax: Int
    ) {
        self.mind = mind
        self.work = work
        self.number = number
        self.count = count
        self.compared = compared
        self.entitiesMax = entitiesMax
        look()
    }

    /// Looks whether it can go on.
    private mutating func look() {
        if mind.entityCount > entitiesMax { stop = .tooManyEntities }
        if !mind.isWithin(share: count) { stop = .bound }
    }

    mutating func take(_ page: LanePage) -> BacktestLane.Stop {
        var (place, next) = (0, 0)
        var items = page.takeItems()
        for index in items.indices where stop == .none {
            let own = items[index].place
            pass(place..<own, of: page, &next)
            place = own + 1
            guard let event = items[index].event.take() else { continue }
            let outcome = fold(event)
            var decisions: [Decision] = []
            if next < page.recorded.count, page.recorded[next].place == own {
                decisions = page.recorded[next].decisions
                next += 1
            }
            conclude(page.position(of: own), decisions, outcome)
        }
        pass(place..<page.times.count, of: page, &next)
        return stop
    }

    /// Events about others, some of which led to decisions about this one's.
    ///
    /// - Parameter next: in the page's decisions.
    private mutating func pass(_ places: Range<Int>, of page: LanePage, _ next: inout Int) {
        var rest = places
        while stop == .none, next < page.recorded.count {
            let recorded = page.recorded[next]
            guard recorded.place < rest.upperBound else { break }
            pass(rest.lowerBound..<recorded.place + 1, of: page)
            conclude(page.position(of: recorded.place), recorded.decisions)
            rest = recorded.place + 1..<rest.upperBound
            next += 1
        }
        if stop == .none { pass(rest, of: page) }
    }

    private mutating func fold(_ event: Event) -> Outcome {
        switch event.body {
        case .message, .control:
            return mind.perceive(event, isLogged: true)
        case .tick, .ruleset:
            let (outcome, fired) = mind.letPass(event)
            // One mind would leave further timers to the next event.
            if fired * count > Limits.timersPerTick { stop = .bound }
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
        look()
        guard compared.contains(position.sequence) else { return }
        work.take(position, recorded, outcome)
    }
}
