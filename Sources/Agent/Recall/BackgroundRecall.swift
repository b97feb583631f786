import CLinux
import Core
import Glibc
import Store
import Synchronization

/// Looks on another thread, one query after the other, by a reading connection of its own.
///
/// The connection is opened with the first query of a row and anew after an error. The agent bounds
/// how many queries wait (`Limits.queriesMax`). The lock is held for an append at most.
public final class BackgroundRecall: Recalling {
    fileprivate struct Work {
        var waiting: [(number: Int, query: MemoryQuery)] = []
        var found: [Recalled] = []
        /// A thread is at work, or about to be.
        var isWorking = false
    }

    /// Shared by the two threads.
    fileprivate final class Slot: Sendable {
        let path: String
        /// Counts up when something was found (eventfd(2)); -1 where the kernel has none left, and
        /// answers leave with the next turn.
        let signal = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        let work = Mutex(Work())
        /// Asked by the loop at every turn, which takes no lock as long as nothing was found.
        let hasFound = Atomic(false)

        init(path: String) { self.path = path }

        deinit { if signal >= 0 { close(signal) } }
    }

    private let slot: Slot

    public init(store path: String) { slot = Slot(path: path) }

    public var descriptor: Int32? { slot.signal >= 0 ? slot.signal : nil }

    public func ask(_ query: MemoryQuery, number: Int) {
        let mustStart = slot.work.withLock { work in
            work.waiting.append((number, query))
            defer { work.isWorking = true }
            return !work.isWorking
        }
        guard mustStart else { return }
        Task.detached(priority: .utility) { [slot] in slot.serve() }
    }

    public func take() -> [Recalled] {
        guard slot.hasFound.load(ordering: .acquiring) else { return [] }
        return slot.work.withLock { work in
            slot.hasFound.store(false, ordering: .relaxed)
            var count: UInt64 = 0
            _ = read(slot.signal, &count, MemoryLayout<UInt64>.size)
            defer { work.found = [] }
            return work.found
        }
    }

    public func forget() {
        slot.work.withLock { $0.waiting = [] }
    }
}

extension BackgroundRecall.Slot {
    /// Until nothing waits. The connection goes with the last query of a row, so that none is open
    /// when the writer closes the store.
    fileprivate func serve() {
        var reader: StoreReader?
        while let (number, query) = next() {
            let result = Result { () throws(ReadError) in
                if let reader { return try reader.search(query) }
                let opened = try StoreReader(path: path)
                reader = opened
                return try opened.search(query)
            }
            if case .failure = result { reader = nil }
            // In one step with the signal, or a wake could come for what was taken already.
            work.withLock { work in
                work.found.append(Recalled(number: number, result: result))
                hasFound.store(true, ordering: .releasing)
                var one: UInt64 = 1
                _ = write(signal, &one, MemoryLayout<UInt64>.size)
            }
        }
    }

    private func next() -> (Int, MemoryQuery)? {
        work.withLock { work in
            guard let first = work.waiting.first else {
                work.isWorking = false
                return nil
            }
            work.waiting.removeFirst()
            return (first.number, first.query)
        }
    }
}
