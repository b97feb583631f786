import Core
import Dispatch
import Synchronization

/// Work that waits for the disk or takes its time, one piece after the other, away from the threads
/// that everything else of the API shares.
final class BlockingQueue: Sendable {
    private let queue: DispatchQueue
    private let waitingMax: Int
    private let waiting = Atomic(0)

    /// - Parameter waitingMax: pieces that wait or run; a further one is refused.
    init(label: String, waitingMax: Int) {
        queue = DispatchQueue(label: label, qos: .utility)
        self.waitingMax = waitingMax
    }

    /// Pieces that wait or run.
    var waitingCount: Int { waiting.load(ordering: .relaxed) }

    /// - Throws: `UNAVAILABLE` where too much waits, and what the work throws.
    func run<Answer: Sendable>(
        _ work: @escaping @Sendable () throws(APIError) -> Answer
    ) async throws(APIError) -> Answer {
        guard waiting.add(1, ordering: .relaxed).newValue <= waitingMax else {
            waiting.subtract(1, ordering: .relaxed)
            throw .unavailable("too much of this kind waits; try again later")
        }
        return try await runCounted(work)
    }

    /// The same of what undoes something, and of what comes one at a time: it is never refused,
    /// however much waits.
    func runAnyway<Answer: Sendable>(
        _ work: @escaping @Sendable () throws(APIError) -> Answer
    ) async throws(APIError) -> Answer {
        waiting.add(1, ordering: .relaxed)
        return try await runCounted(work)
    }

    private func runCounted<Answer: Sendable>(
        _ work: @escaping @Sendable () throws(APIError) -> Answer
    ) async throws(APIError) -> Answer {
        defer { waiting.subtract(1, ordering: .relaxed) }
        let result: Result<Answer, APIError> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result { () throws(APIError) in try work() })
            }
        }
        return try result.get()
    }
}
