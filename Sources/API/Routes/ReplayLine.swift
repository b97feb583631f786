import Core
import Synchronization

/// Lets one replay run at a time, in the order in which they were asked for: each has a mind of its
/// own in memory, and keeps a core busy.
final class ReplayLine: Sendable {
    private struct State {
        var isTaken = false
        /// Each is resumed with whether it may begin.
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    private let state = Mutex(State())

    /// For all of the process: it is about its memory.
    static let shared = ReplayLine()

    /// Runs something when its turn has come.
    /// - Throws: `UNAVAILABLE` where `Limits.replaysWaitingMax` wait already; what the body throws.
    func run<Answer: Sendable>(
        _ body: @Sendable () async throws(APIError) -> Answer
    ) async throws(APIError) -> Answer {
        guard await enter() else {
            throw .unavailable("too many others ask for the log to be folded; try again later")
        }
        defer { leave() }
        return try await body()
    }

    /// How many wait for their turn.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func enter() async -> Bool {
        await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
            let answer = state.withLock { state -> Bool? in
                if !state.isTaken {
                    state.isTaken = true
                    return true
                }
                guard state.waiting.count < Limits.replaysWaitingMax else { return false }
                state.waiting.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.isTaken = false
            return nil
        }
        next?.resume(returning: true)
    }
}
