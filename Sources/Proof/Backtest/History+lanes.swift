import Core
import Dispatch
import Mind
import Store
import Synchronization

extension History {
    /// By several minds, each of which knows some of the entities; this thread reads for them.
    ///
    /// - Parameters:
    ///   - mind: where the fold begins, under the other rules.
    ///   - work: nothing has been taken into it.
    /// - Returns: nil where the log cannot be divided, so that one mind has to do it.
    /// - Throws: `.overtaken`, `.store`, and what `progress` throws.
    func backtest(
        _ ruleset: RuleSet, on events: ClosedRange<EventSequence>, _ mind: Mind,
        _ work: BacktestWork, lanes count: Int, progress: Progress?
    ) throws(HistoryError) -> Backtest? {
        let places = EntityLanes(ruleset, settings, count: count)
        let lanes = (0..<count).map { BacktestLane($0, of: places, mind, work, events) }
        // Nothing of it may go on when this returns.
        defer { for lane in lanes { lane.wait() } }
        var divider = LaneDivider(places, RecordedDecisions(reader, of: events), events)
        var total = work
        let room = PageRoom()
        var next = mind.sequence + 1
        while next <= events.upperBound {
            let read = try Self.reading { () throws(ReadError) in
                try reader.page(from: next, through: events.upperBound)
            }
            guard let page = try divider.divide(read.events, from: next) else { return nil }
            next += EventSequence(page.times.count)
            total.cover(page, events)
            let share = room.enter(count)
            for lane in lanes { lane.take(page) { share.leave() } }
            if lanes.contains(where: \.isStuck) { return nil }
            try progress?(next - 1)
        }
        for lane in lanes {
            lane.wait()
            guard !lane.isStuck, total.add(lane.work) else { return nil }
        }
        return total.finish()
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
