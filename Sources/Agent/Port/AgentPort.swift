import CLinux
import Core
import Dispatch
import Glibc
import Synchronization

/// How other threads have the loop do something, between two of its turns.
///
/// A question is either carried out and answered, or refused and never carried out: it begins only
/// while its asker still waits, and an asker whose question has begun waits for its end. Each is
/// resumed exactly once, by whoever takes the question from the desk.
public final class AgentPort: Sendable {
    private struct Question: Sendable {
        var due: MonotonicTime
        let carryOut: @Sendable (Agent) -> Void
        let refuse: @Sendable (PortError) -> Void
    }

    private struct Desk {
        /// In the order of asking, and so of becoming due.
        var waiting: [Question] = []
        /// Somebody will look for those that are late.
        var isSwept = false
        var isClosed = false
    }

    /// Counts up when somebody asks (eventfd(2)).
    private let signal = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    private let desk = Mutex(Desk())
    /// Asked by the loop at every turn, which takes no lock as long as nobody waits.
    private let hasQuestions = Atomic(false)
    /// Tells askers that it is too late, also while the loop is stuck.
    private let sweeper = DispatchQueue(label: "jamey.port", qos: .utility)
    private let patience: Duration
    private let time: any TimeSource

    public convenience init() { self.init(patience: Limits.portPatience) }

    /// - Parameter patience: shorter in tests.
    init(patience: Duration, time: any TimeSource = SystemTime()) {
        self.patience = patience
        self.time = time
    }

    deinit { if signal >= 0 { Glibc.close(signal) } }

    /// Becomes readable when somebody asks; -1 where the kernel had no descriptor left, and
    /// questions are answered with the next turn.
    public var descriptor: Int32 { signal }

    /// Has the loop do something between two turns.
    ///
    /// - Parameter work: runs on the loop's thread, which does nothing else meanwhile: it has to be
    ///   quick, and must not keep the agent.
    /// - Throws: every case of `PortError`: the work was not begun and will not be.
    public func ask<Answer: Sendable>(
        _ work: @escaping @Sendable (Agent) -> Answer
    ) async throws(PortError) -> Answer {
        let result: Result<Answer, PortError> = await withCheckedContinuation { continuation in
            enter(
                Question(
                    due: MonotonicTime(microseconds: 0),
                    carryOut: { continuation.resume(returning: .success(work($0))) },
                    refuse: { continuation.resume(returning: .failure($0)) }))
        }
        return try result.get()
    }

    /// Answers up to `Limits.portQuestionsPerTurn` questions, for about `Limits.portTimePerTurn`.
    ///
    /// To be called by the loop's thread, after a turn of an agent that is not stopped.
    public func serve(_ agent: Agent) {
        guard hasQuestions.load(ordering: .acquiring) else { return }
        let end = time.monotonic() + Limits.portTimePerTurn
        // One by one: what was not begun can still be told that it is late.
        for _ in 0..<Limits.portQuestionsPerTurn {
            guard let question = next() else { return }
            question.carryOut(agent)
            if time.monotonic() >= end { return }
        }
    }

    /// Whoever waits is refused with `.stopped`, and whoever comes later.
    public func close() {
        let left = desk.withLock { desk in
            desk.isClosed = true
            defer { desk.waiting = [] }
            return desk.waiting
        }
        for question in left { question.refuse(.stopped) }
    }

    /// Questions that wait.
    var waitingCount: Int { desk.withLock { $0.waiting.count } }

    private func enter(_ question: Question) {
        var isSwept = true
        let refusal = desk.withLock { desk -> PortError? in
            guard !desk.isClosed else { return .stopped }
            guard desk.waiting.count < Limits.portQuestionsMax else { return .overloaded }
            var question = question
            question.due = time.monotonic() + patience
            desk.waiting.append(question)
            (isSwept, desk.isSwept) = (desk.isSwept, true)
            // In one step with the list, or a wake could come for what was taken already.
            hasQuestions.store(true, ordering: .releasing)
            var one: UInt64 = 1
            _ = write(signal, &one, MemoryLayout<UInt64>.size)
            return nil
        }
        if let refusal { return question.refuse(refusal) }
        if !isSwept { sweep(after: patience) }
    }

    private func next() -> Question? {
        desk.withLock { desk in
            let first = desk.waiting.isEmpty ? nil : desk.waiting.removeFirst()
            guard desk.waiting.isEmpty else { return first }
            hasQuestions.store(false, ordering: .relaxed)
            var count: UInt64 = 0
            _ = read(signal, &count, MemoryLayout<UInt64>.size)
            return first
        }
    }

    private func sweep(after delay: Duration) {
        let pause = DispatchTimeInterval.microseconds(Int(clamping: max(0, delay.microseconds)))
        sweeper.asyncAfter(deadline: .now() + pause) { [weak self] in self?.refuseLate() }
    }

    private func refuseLate() {
        let now = time.monotonic()
        let (late, next) = desk.withLock { desk -> ([Question], MonotonicTime?) in
            let late = Array(desk.waiting.prefix { $0.due <= now })
            desk.waiting.removeFirst(late.count)
            let next = desk.waiting.first?.due
            desk.isSwept = next != nil
            return (late, next)
        }
        for question in late { question.refuse(.late) }
        if let next { sweep(after: next - now) }
    }
}
