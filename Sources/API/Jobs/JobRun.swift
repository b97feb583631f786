import Proof
import Synchronization

/// How far the job is that runs, and whether anybody still wants it.
final class JobRun: Sendable {
    private let done = Atomic<Int64>(0)
    private let total = Atomic<Int64>(0)
    private let isUnwanted = Atomic(false)
    private let isWanted: @Sendable (_ done: Int64) -> Bool

    /// - Parameter isWanted: asked whenever it is told how far it is: a test ends it in its midst.
    init(while isWanted: @escaping @Sendable (_ done: Int64) -> Bool = { _ in true }) {
        self.isWanted = isWanted
    }

    var progress: (done: Int64, total: Int64) {
        (done.load(ordering: .relaxed), total.load(ordering: .relaxed))
    }

    /// Has it end with the page that it is at.
    func end() { isUnwanted.store(true, ordering: .relaxed) }

    /// - Throws: `.ended`.
    func tell(_ done: Int64, of total: Int64) throws(HistoryError) {
        self.total.store(total, ordering: .relaxed)
        self.done.store(done, ordering: .relaxed)
        guard !isUnwanted.load(ordering: .relaxed), isWanted(done) else { throw .ended }
    }
}
