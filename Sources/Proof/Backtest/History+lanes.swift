import Core
import Dispatch
import Mind
import Store
import Synchronization

extension History {
    /// By several minds, each of which knows some of the entities; this thread reads for them.
    ///
    /// - Throws: `.overtaken`, `.store`, and what `progress` throws.
    func divided(
        _ attempt: BacktestAttempt, under ruleset: RuleSet, lanes count: Int, progress: Progress?
    ) throws(HistoryError) -> BacktestAttempt.End {
        let events = attempt.events
        let places = EntityLanes(ruleset, settings, count: count)
        let lanes = (0..<count).map { BacktestLane($0, of: places, attempt) }
        // Nothing of it may go on when this returns.
        defer { for lane in lanes { lane.wait() } }
        var divider = LaneDivider(places, reader, events)
        var total = attempt.work
        let room = PageRoom()
        var next = attempt.mind.sequence + 1
        while next <= events.upperBound {
            guard let pages = try divider.page(from: next, through: events.upperBound) else {
                return .undividable
            }
            next += EventSequence(pages[0].times.count)
            total.cover(pages[0], events)
            let share = room.enter(count)
            for (lane, page) in zip(lanes, pages) { lane.take(page) { share.leave() } }
            if let end = lanes.firstEnd { return end }
            try progress?(next - 1)
        }
        for lane in lanes { lane.end() }
        for lane in lanes { lane.wait() }
        if let end = lanes.firstEnd { return end }
        for lane in lanes where !total.add(lane.work) { return .undividable }
        return .found(total.finish())
    }
}

extension [BacktestLane] {
    /// Why one of them cannot go on.
    fileprivate var firstEnd: BacktestAttempt.End? {
        for lane in self {
            switch lane.stop {
            case .none: continue
            case .tooManyEntities: return .tooManyEntities
            case .bound: return .undividable
            }
        }
        return nil
    }
}

extension BacktestWork {
    fileprivate mutating func cover(_ page: LanePage, _ compared: ClosedRange<EventSequence>) {
        let places = page.times.indices.filter {
            compared.contains(page.first + EventSequence($0))
        }
        guard let first = places.first, let last = places.last else { return }
        cover(page.times[first])
        cover(page.times[last])
    }
}

/// Bounds how many pages are on their way.
private struct PageRoom {
    private let places = DispatchSemaphore(value: 0)

    init() {
        for _ in 0..<Limits.backtestPagesAhead { places.signal() }
    }

    /// Waits for room for one more, which so many have to leave.
    func enter(_ count: Int) -> Share {
        places.wait()
        return Share(places, count)
    }

    final class Share: Sendable {
        private let places: DispatchSemaphore
        private let left: Atomic<Int>

        init(_ places: DispatchSemaphore, _ count: Int) {
            self.places = places
            left = Atomic(count)
        }

        func leave() {
            let rest = left.subtract(1, ordering: .acquiringAndReleasing).newValue
            if rest == 0 { places.signal() }
        }
    }
}
