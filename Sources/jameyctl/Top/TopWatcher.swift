import Core
import Dispatch
import Mind
import Synchronization

/// Looks at the agent beside the thread that shows it, so that keys and signals are heard while the
/// daemon takes its time.
final class TopWatcher: Sendable {
    private struct State {
        var isLooking = false
        var found: [Result<TopSample, Ending>] = []
    }

    private let sampler: TopSampler
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "jameyctl.top")

    init(_ sampler: TopSampler) { self.sampler = sampler }

    /// Begins a look, unless one is under way; `SignalPipe` rings when it is over.
    /// - Returns: whether it has begun.
    func look(_ order: EntityOrder) -> Bool {
        let begins = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard begins else { return false }
        queue.async { [self] in
            let outcome = self.outcome(of: order)
            state.withLock { state in
                state.found.append(outcome)
                state.isLooking = false
            }
            SignalPipe.ring()
        }
        return true
    }

    /// What was found since it was asked last, oldest first.
    func take() -> [Result<TopSample, Ending>] {
        state.withLock { state in
            defer { state.found = [] }
            return state.found
        }
    }

    private func outcome(of order: EntityOrder) -> Result<TopSample, Ending> {
        do throws(Ending) { return .success(try sampler.look(order)) } catch {
            return .failure(error)
        }
    }
}
