import CLinux
import Core
import Glibc
import Synchronization

/// Answers that other threads have ready, for the loop to take at a turn.
///
/// The lock is held for an append at most.
public final class AnswerBox: Sendable {
    /// Counts up when there is something to take (eventfd(2)); -1 where the kernel has none left,
    /// and answers leave with the next turn.
    private let signal = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    private let answers = Mutex<[ForwardedAnswer]>([])
    /// Asked by the loop at every turn, which takes no lock as long as there is nothing.
    private let hasAnswers = Atomic(false)

    public init() {}

    deinit { if signal >= 0 { Glibc.close(signal) } }

    /// Becomes readable when there is something to take; nil where it cannot.
    public var descriptor: Int32? { signal >= 0 ? signal : nil }

    public func put(_ answer: ForwardedAnswer) {
        answers.withLock { answers in
            answers.append(answer)
            // In one step with the list, or a wake could come for what was taken already.
            hasAnswers.store(true, ordering: .releasing)
            var one: UInt64 = 1
            _ = write(signal, &one, MemoryLayout<UInt64>.size)
        }
    }

    /// What was put since the last call, in that order.
    public func take() -> [ForwardedAnswer] {
        guard hasAnswers.load(ordering: .acquiring) else { return [] }
        return answers.withLock { answers in
            hasAnswers.store(false, ordering: .relaxed)
            var count: UInt64 = 0
            _ = read(signal, &count, MemoryLayout<UInt64>.size)
            defer { answers = [] }
            return answers
        }
    }
}
