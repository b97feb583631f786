import CLinux
import Core
import Dispatch
import Glibc
import Store
import Synchronization

/// Looks on another thread, one query after the other, by a reading connection of its own.
///
/// The connection is opened with the first query, anew after an error, and let go of when nobody
/// has asked for a while. The agent bounds how many queries wait (`Limits.queriesMax`). The lock
/// of what waits and what was found is held for an append at most.
public final class BackgroundRecall: Recalling {
    fileprivate struct Work {
        var waiting: [(number: Int, query: MemoryQuery)] = []
        var found: [Recalled] = []
        /// Queries so far.
        var asked = 0
    }

    /// Shared by the two threads.
    fileprivate final class Slot: Sendable {
        let path: String
        let queue = DispatchQueue(label: "jamey.recall", qos: .utility)
        /// Counts up when something was found (eventfd(2)); -1 where the kernel has none left, and
        /// answers leave with the next turn.
        let signal = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        let work = Mutex(Work())
        /// Asked by the loop at every turn, which takes no lock as long as nothing was found.
        let hasFound = Atomic(false)
        /// Touched on the queue.
        let reader = Mutex<StoreReader?>(nil)

        init(path: String) { self.path = path }

        deinit { if signal >= 0 { Glibc.close(signal) } }
    }

    private let slot: Slot

    public init(store path: String) { slot = Slot(path: path) }

    public var descriptor: Int32? { slot.signal >= 0 ? slot.signal : nil }

    public func ask(_ query: MemoryQuery, number: Int) {
        slot.work.withLock { work in
            work.waiting.append((number, query))
            work.asked += 1
        }
        slot.queue.async { [slot] in slot.serve() }
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

    public func close() {
        forget()
        slot.queue.sync { slot.reader.withLock { $0 = nil } }
    }
}

extension BackgroundRecall.Slot {
    /// One query, unless it was forgotten.
    fileprivate func serve() {
        let next = work.withLock { work -> (number: Int, query: MemoryQuery, asked: Int)? in
            guard let first = work.waiting.first else { return nil }
            work.waiting.removeFirst()
            return (first.number, first.query, work.asked)
        }
        guard let next else { return }
        let result = search(next.query)
        // In one step with the signal, or a wake could come for what was taken already.
        work.withLock { work in
            work.found.append(Recalled(number: next.number, result: result))
            hasFound.store(true, ordering: .releasing)
            var one: UInt64 = 1
            _ = write(signal, &one, MemoryLayout<UInt64>.size)
        }
        closeWhenIdle(since: next.asked)
    }

    private func search(_ query: MemoryQuery) -> Result<MemoryPage, ReadError> {
        reader.withLock { reader in
            do throws(ReadError) {
                if reader == nil { reader = try StoreReader(path: path) }
                return .success(try reader?.search(query) ?? MemoryPage())
            } catch {
                reader = nil
                return .failure(error)
            }
        }
    }

    /// Lets go of the connection unless somebody asks meanwhile.
    private func closeWhenIdle(since asked: Int) {
        guard work.withLock({ $0.asked }) == asked else { return }
        let pause = DispatchTimeInterval.milliseconds(Limits.recallIdleMilliseconds)
        queue.asyncAfter(deadline: .now() + pause) { [self] in
            guard work.withLock({ $0.asked }) == asked else { return }
            reader.withLock { $0 = nil }
        }
    }
}
