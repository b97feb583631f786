import Core
import Dispatch
import Synchronization

/// The one place where a command, which is synchronous, waits for what is not.
enum Blocking {
    /// What the task and the thread that waits for it share.
    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }

    /// Waits on this thread, which must be none of the tasks' own.
    /// - Parameter isUnwanted: asked now and then: whether nobody waits for it any longer.
    /// - Returns: nil where it takes longer, or is not wanted; it is cancelled then, and left to
    ///   itself.
    static func run<Value: Sendable>(
        within patience: Duration, unless isUnwanted: () -> Bool,
        _ body: @escaping @Sendable () async -> Value
    ) -> Value? {
        let outcome = Outcome<Value>()
        let task = Task.detached {
            let value = await body()
            outcome.value.withLock { $0 = value }
            outcome.isThere.signal()
        }
        let deadline = DispatchTime.now() + patience.dispatched
        // Neither a signal nor anything else but the task itself wakes who waits here.
        let pause = Limits.followInterval.dispatched
        func isTimedOut() -> Bool {
            let next = min(deadline, DispatchTime.now() + pause)
            return outcome.isThere.wait(timeout: next) == .timedOut
        }
        while isTimedOut() {
            guard !isUnwanted(), DispatchTime.now() < deadline else {
                task.cancel()
                break
            }
        }
        return outcome.value.withLock { $0 }
    }
}

extension Duration {
    /// As Dispatch has it; what is longer than it can tell is its longest.
    var dispatched: DispatchTimeInterval { .microseconds(Int(clamping: microseconds)) }
}
