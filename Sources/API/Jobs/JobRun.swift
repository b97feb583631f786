import Proof
import Synchronization

/// How far the job is that runs, and whether anybody still wants it.
final class JobRun: Sendable {
    private let done = Atomic<Int64>(0)
    private let total = Atomic<Int64>(0)
    private let isUnwanted = Atomic(false)

    var progress: (done: Int64, total: Int64) {
        (done.load(ordering: .relaxed), total.load(ordering: .relaxed))
    }

    /// Has it end with the page that it is at.
    func end() { isUnwanted.store(true, ordering: .relaxed) }

    /// - Throws: `.ended`.
    func tell(_ done: Int64, of total: Int64) throws(HistoryError) {
        self.total.store(total, ordering: .relaxed)
        self.done.store(done, ordering: .relaxed)
        if isUnwanted.load(ordering: .relaxed) { throw .ended }
    }
}
