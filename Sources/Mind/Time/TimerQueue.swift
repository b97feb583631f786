import Core

/// Timers in the order of their due times, those of one moment in the order they were set.
///
/// A binary heap: setting, moving and cancelling take logarithmic time. The order depends on
/// nothing but the history, so that a queue restored in that order goes on the same.
struct TimerQueue<Key: Equatable & Sendable>: Sendable {
    /// Names a timer until it fires or is cancelled; never part of a checkpoint.
    struct Handle: Equatable, Sendable { fileprivate var index: Int }

    private struct Timer: Sendable {
        var due: Timestamp
        var serial: UInt64
        var key: Key
        /// Its place in the heap.
        var place: Int
    }

    private var timers: [Timer] = []
    private var vacant: [Int] = []
    /// Indices into `timers`; a parent is never due after its children.
    private var heap: [Int] = []
    private var serial: UInt64 = 0
    /// Smaller in tests.
    var countMax = Limits.timersMax

    var count: Int { heap.count }
    var nextDue: Timestamp? { heap.first.map { timers[$0].due } }

    /// Sets a timer; nil where `Limits.timersMax` are set already.
    mutating func schedule(_ key: Key, at due: Timestamp) -> Handle? {
        guard count < countMax else { return nil }
        let timer = Timer(due: due, serial: nextSerial(), key: key, place: heap.count)
        let index: Int
        if let reused = vacant.popLast() {
            timers[reused] = timer
            index = reused
        } else {
            index = timers.count
            timers.append(timer)
        }
        heap.append(index)
        rise(from: heap.count - 1)
        return Handle(index: index)
    }

    /// Moves a timer; it counts as set now.
    mutating func reschedule(_ handle: Handle, at due: Timestamp) {
        let index = handle.index
        timers[index].due = due
        timers[index].serial = nextSerial()
        rise(from: timers[index].place)
        sink(from: timers[index].place)
    }

    /// Takes a timer away; its handle is void then.
    mutating func cancel(_ handle: Handle) { remove(at: timers[handle.index].place) }

    func due(_ handle: Handle) -> Timestamp { timers[handle.index].due }

    /// Takes the first timer that is due; its handle is void then.
    mutating func next(at now: Timestamp) -> (key: Key, due: Timestamp)? {
        guard let first = heap.first, timers[first].due <= now else { return nil }
        let timer = timers[first]
        remove(at: 0)
        return (timer.key, timer.due)
    }

    /// Every timer in the order in which they fire, which is also the order to set them again in.
    var ordered: [(key: Key, due: Timestamp)] {
        heap.sorted(by: isBefore).map { (timers[$0].key, timers[$0].due) }
    }

    private mutating func nextSerial() -> UInt64 {
        serial += 1
        return serial
    }

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        (timers[a].due, timers[a].serial) < (timers[b].due, timers[b].serial)
    }

    private mutating func remove(at place: Int) {
        let index = heap[place]
        let last = heap.removeLast()
        if last != index {
            put(last, at: place)
            rise(from: place)
            sink(from: timers[last].place)
        }
        vacant.append(index)
    }

    private mutating func put(_ index: Int, at place: Int) {
        heap[place] = index
        timers[index].place = place
    }

    private mutating func rise(from start: Int) {
        var place = start
        let index = heap[place]
        while place > 0, isBefore(index, heap[(place - 1) / 2]) {
            put(heap[(place - 1) / 2], at: place)
            place = (place - 1) / 2
        }
        put(index, at: place)
    }

    private mutating func sink(from start: Int) {
        var place = start
        let index = heap[place]
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
            guard isBefore(heap[child], index) else { break }
            put(heap[child], at: place)
            place = child
        }
        put(index, at: place)
    }
}
