import Core
import Glibc
import Synchronization
import Testing

@testable import Agent

@Suite("Other threads ask the loop")
struct AgentPortTests {
    private let subject: AgentUnderTest
    private let files: SimFiles

    init() throws {
        files = try SimFiles()
        subject = try AgentUnderTest(files.new())
    }

    /// Counts what was done.
    private final class Tally: Sendable {
        private let count = Atomic(0)

        var value: Int { count.load(ordering: .acquiring) }
        func add() { count.add(1, ordering: .releasing) }
    }

    /// Waits until so many have asked, without holding on to the thread.
    private func wait(for count: Int, at port: AgentPort) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while port.waitingCount != count {
            let isLate = ContinuousClock.now >= end
            try #require(!isLate, "\(port.waitingCount) wait instead of \(count)")
            await Task.yield()
        }
    }

    private func isReadable(_ port: AgentPort) -> Bool {
        var polled = pollfd(fd: port.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) == 1
    }

    /// What becomes of a question.
    private static func outcome(
        _ port: AgentPort, _ tally: Tally = Tally()
    ) async -> Result<Int, PortError> {
        do throws(PortError) {
            return .success(
                try await port.ask { _ in
                    tally.add()
                    return tally.value
                })
        } catch { return .failure(error) }
    }

    @Test("what is asked is done between two turns, and each asker gets its own answer")
    func answers() async throws {
        let port = AgentPort(patience: .seconds(60))
        #expect(!isReadable(port))
        port.serve(subject.agent)
        let boot = Task { try await port.ask { $0.report().bootID } }
        let root = Task { try await port.ask { $0.report().root } }
        try await wait(for: 2, at: port)
        #expect(isReadable(port))
        port.serve(subject.agent)
        #expect(try await boot.value == "b")
        #expect(try await root.value == "jamey/n")
        #expect(port.waitingCount == 0 && !isReadable(port))
    }

    @Test("one turn answers a bounded number, and the loop is woken for the others")
    func bounded() async throws {
        let port = AgentPort(patience: Limits.portPatience, time: SimClock())
        let tally = Tally()
        let (most, count) = (Limits.portQuestionsPerTurn, Limits.portQuestionsPerTurn + 8)
        let tasks = (0..<count).map { _ in Task { await Self.outcome(port, tally) } }
        try await wait(for: count, at: port)
        port.serve(subject.agent)
        #expect(tally.value == most && port.waitingCount == 8 && isReadable(port))
        port.serve(subject.agent)
        #expect(tally.value == count && port.waitingCount == 0 && !isReadable(port))
        var numbers: [Int] = []
        for task in tasks { numbers.append(try await task.value.get()) }
        #expect(numbers.sorted() == Array(1...count))
    }

    @Test("a question that takes long leaves the others to the next turn")
    func slow() async throws {
        let clock = SimClock()
        let port = AgentPort(patience: Limits.portPatience, time: clock)
        let tally = Tally()
        let tasks = (0..<3).map { _ in
            Task {
                try await port.ask { _ in
                    clock.advance(Limits.portTimePerTurn)
                    tally.add()
                }
            }
        }
        try await wait(for: 3, at: port)
        for turn in 1...3 {
            port.serve(subject.agent)
            #expect(tally.value == turn)
        }
        for task in tasks { try await task.value }
    }

    @Test("more than may wait are refused at once; a stop refuses those who wait and who come")
    func overloaded() async throws {
        let port = AgentPort(patience: .seconds(600))
        let tasks = (0..<Limits.portQuestionsMax).map { _ in Task { await Self.outcome(port) } }
        try await wait(for: Limits.portQuestionsMax, at: port)
        #expect(await Self.outcome(port) == .failure(.overloaded))
        port.close()
        for task in tasks { #expect(await task.value == .failure(.stopped)) }
        #expect(await Self.outcome(port) == .failure(.stopped))
        port.serve(subject.agent)
    }

    @Test("while the loop is stuck an asker is told that it is late, and it is never done")
    func late() async throws {
        let port = AgentPort(patience: .milliseconds(20))
        let tally = Tally()
        // The second finds that nobody looks for late ones any longer.
        for _ in 0..<2 { #expect(await Self.outcome(port, tally) == .failure(.late)) }
        port.serve(subject.agent)
        #expect(tally.value == 0 && port.waitingCount == 0 && !isReadable(port))
    }

    @Test("many threads and one loop: everybody is answered once")
    func contention() async throws {
        let port = AgentPort(patience: .seconds(60))
        let tally = Tally()
        let (askers, rounds) = (8, 200)
        let tasks = (0..<askers).map { _ in
            Task {
                for _ in 0..<rounds { _ = try await Self.outcome(port, tally).get() }
            }
        }
        let end = ContinuousClock.now + .seconds(60)
        while tally.value < askers * rounds, ContinuousClock.now < end {
            port.serve(subject.agent)
            await Task.yield()
        }
        #expect(tally.value == askers * rounds)
        port.close()
        for task in tasks { try await task.value }
    }
}
