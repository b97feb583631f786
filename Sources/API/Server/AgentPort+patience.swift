import Agent
import Core
import Synchronization

extension AgentPort {
    /// The same as `ask`, for somebody who waits less long. Late work may still be done.
    /// - Throws: every case of `PortError`.
    func ask<Answer: Sendable>(
        within patience: Duration, _ work: @escaping @Sendable (Agent) -> Answer
    ) async throws(PortError) -> Answer {
        let first = FirstAnswer<Result<Answer, PortError>>()
        let timer = Task {
            // Time itself is what is waited for here.
            try? await Task.sleep(for: patience)
            first.give(.failure(.late))
        }
        Task {
            do throws(PortError) {
                first.give(.success(try await self.ask(work)))
            } catch { first.give(.failure(error)) }
        }
        defer { timer.cancel() }
        return try await first.value().get()
    }
}

/// Takes the first of several answers, for one who waits.
private final class FirstAnswer<Answer: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Answer, Never>)
        case given(Answer)
        case over
    }

    private let state = Mutex(State.open)

    func give(_ answer: Answer) {
        let waiting = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            switch state {
            case .open:
                state = .given(answer)
                return nil
            case .awaited(let continuation):
                state = .over
                return continuation
            case .given, .over: return nil
            }
        }
        waiting?.resume(returning: answer)
    }

    /// To be called once.
    func value() async -> Answer {
        await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
            let given = state.withLock { state -> Answer? in
                guard case .given(let answer) = state else {
                    state = .awaited(continuation)
                    return nil
                }
                state = .over
                return answer
            }
            if let given { continuation.resume(returning: given) }
        }
    }
}
