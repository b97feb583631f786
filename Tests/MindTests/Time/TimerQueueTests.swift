import Core
import Testing

@testable import Mind

@Suite("Timers")
struct TimerQueueTests {
    private struct Entry {
        var key: Int
        var due: Timestamp
        var order: Int
        var handle: TimerQueue<Int>.Handle
    }

    @Test("fire as a list in the order of time and setting would", arguments: 1...20)
    func differential(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var queue = TimerQueue<Int>()
        var list: [Entry] = []
        var now = Timestamp(microseconds: 0)
        for step in 0..<800 {
            let due = now + .microseconds(Int.random(in: 0...40, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let set = queue.schedule(step, at: due)
                let handle = try #require(set)
                list.append(Entry(key: step, due: due, order: step, handle: handle))
            case 5:
                guard let place = list.indices.randomElement(using: &random) else { continue }
                queue.cancel(list.remove(at: place).handle)
            case 6:
                guard let place = list.indices.randomElement(using: &random) else { continue }
                queue.reschedule(list[place].handle, at: due)
                list[place].due = due
                list[place].order = step
            case _:
                now = now + .microseconds(Int.random(in: 0...9, using: &random))
                list.sort { ($0.due, $0.order) < ($1.due, $1.order) }
                while let first = list.first, first.due <= now {
                    let next = queue.next(at: now)
                    let fired = try #require(next, "seed \(seed) at \(step)")
                    #expect(fired.key == first.key && fired.due == first.due, "seed \(seed)")
                    list.removeFirst()
                }
                let further = queue.next(at: now)
                #expect(further == nil, "seed \(seed) at \(step)")
            }
            #expect(queue.count == list.count && queue.nextDue == list.map(\.due).min())
        }
    }

    @Test("set again in their order, they fire as they would have", arguments: 1...5)
    func restored(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var queue = TimerQueue<Int>()
        var handles: [TimerQueue<Int>.Handle] = []
        for key in 0..<200 {
            let due = Timestamp(microseconds: Int64.random(in: 0...20, using: &random))
            if let handle = queue.schedule(key, at: due) { handles.append(handle) }
        }
        for handle in handles.prefix(50) {
            queue.reschedule(handle, at: Timestamp(microseconds: 10))
        }
        var other = TimerQueue<Int>()
        for timer in queue.ordered { _ = other.schedule(timer.key, at: timer.due) }
        let end = Timestamp(microseconds: 100)
        while let fired = queue.next(at: end) {
            let same = other.next(at: end)
            #expect(same?.key == fired.key && same?.due == fired.due, "seed \(seed)")
        }
        #expect(other.count == 0)
    }

    @Test("are bounded in number")
    func bounded() {
        var queue = TimerQueue<Int>()
        queue.countMax = 2
        let at = Timestamp(microseconds: 0)
        let first = queue.schedule(1, at: at)
        let second = queue.schedule(2, at: at)
        #expect(first != nil && second != nil)
        let third = queue.schedule(3, at: at)
        #expect(third == nil)
        if let first { queue.cancel(first) }
        let fourth = queue.schedule(3, at: at)
        #expect(fourth != nil)
    }
}
