import Core
import Logging
import Mind
import Proof
import ProofTestSupport
import Synchronization
import Testing

@testable import API

/// Jobs on a recorded store, whose work the test does itself.
@Suite("Backtests as jobs")
struct BacktestJobsTests {
    /// Keeps what is to be done in the background.
    private final class Bench: Sendable {
        private let work = Mutex<[@Sendable (Bool) -> Void]>([])
        let hasThreads = Atomic(true)

        func start(_ body: @escaping @Sendable (Bool) -> Void) -> Bool {
            guard hasThreads.load(ordering: .relaxed) else { return false }
            work.withLock { $0.append(body) }
            return true
        }

        func run() {
            let bodies = work.withLock { work in
                defer { work = [] }
                return work
            }
            for body in bodies { body(true) }
        }
    }

    private let recording: Recording
    private let bench = Bench()
    private let clock = TestClock()
    private let jobs: BacktestJobs
    private let other: RuleSet

    init() throws {
        recording = try Recording(PressRules.yaml())
        jobs = BacktestJobs(store: recording.path, clock: clock, start: bench.start)
        other = try RuleSetLoader.load([
            RuleFile(name: "rules.yaml", text: PressRules.yaml(limit: 5))
        ])
    }

    private func begin(since: Timestamp? = nil) throws -> BacktestJob {
        try jobs.begin(other, BacktestJob.Span(since: since), by: "ann")
    }

    @Test("the report is that of the command, byte for byte")
    func report() throws {
        try recording.live(400, seed: 7, reloads: false)
        let job = try begin()
        #expect(job.state == .running && job.ruleset == other.digest && job.author == "ann")
        clock.advance(by: .seconds(3))
        bench.run()
        let done = try #require(jobs.find(job.id))
        let history = try recording.history()
        let span = try HistorySpan(history)
        let expected = try history.backtest(other, on: span.events, from: span.start)
        #expect(done.state == .done && done.error == nil)
        #expect(done.report == expected.json(unreached: nil))
        #expect(done.folded == done.events && done.events > 0)
        #expect(done.endedAt == job.startedAt + .seconds(3))
    }

    @Test("one runs at a time; when it is over another may begin")
    func oneAtATime() throws {
        try recording.live(50, seed: 7)
        let first = try begin()
        let error = #expect(throws: APIError.self) { try begin() }
        #expect(error?.status == .conflict && error?.message.contains(first.id) == true)
        bench.run()
        let second = try begin()
        #expect(jobs.all().map(\.id) == [second.id, first.id])
    }

    @Test("one that is ended stops with the page it is at, and can then be forgotten")
    func ended() throws {
        try recording.live(50, seed: 7)
        let job = try begin()
        #expect(jobs.end(job.id))
        #expect(jobs.find(job.id)?.state == .running, "it has not come to it yet")
        bench.run()
        let ended = try #require(jobs.find(job.id))
        #expect(ended.state == .ended && ended.report.isEmpty && ended.error == nil)
        #expect(jobs.end(job.id))
        #expect(jobs.find(job.id) == nil && !jobs.end(job.id))
    }

    @Test("one that cannot be done says why")
    func failed() throws {
        try recording.live(20, seed: 7)
        let job = try begin(since: recording.at + .seconds(1))
        bench.run()
        let failed = try #require(jobs.find(job.id))
        #expect(failed.state == .failed && failed.error?.code == "NO_EVENTS")
        let log = ListedLog()
        let gone = BacktestJobs(
            store: recording.path + "x", clock: clock, log: Logger(label: "test") { _ in log },
            start: bench.start)
        let other = try gone.begin(self.other, BacktestJob.Span(), by: "ann")
        bench.run()
        let error = try #require(gone.find(other.id)?.error)
        #expect(error.code == "STORE_UNREADABLE")
        #expect(!error.message.contains(recording.path), "\(error.message)")
        #expect(log.has(recording.path))
    }

    @Test("the newest that are over are kept, and no more")
    func bounded() throws {
        try recording.live(20, seed: 7)
        var ids: [String] = []
        for _ in 0..<(Limits.backtestJobsKept + 3) {
            ids.append(try begin().id)
            bench.run()
        }
        #expect(jobs.all().map(\.id) == ids.suffix(Limits.backtestJobsKept).reversed())
        #expect(Set(ids).count == ids.count)
    }

    @Test("without a thread there is none, and the next may try again")
    func noThread() throws {
        try recording.live(20, seed: 7)
        bench.hasThreads.store(false, ordering: .relaxed)
        let error = #expect(throws: APIError.self) { try begin() }
        #expect(error?.status == .serviceUnavailable && jobs.all().isEmpty)
        bench.hasThreads.store(true, ordering: .relaxed)
        _ = try begin()
    }

    @Test("closed it ends what runs, and takes nothing")
    func closed() throws {
        try recording.live(50, seed: 7)
        let job = try begin()
        jobs.close()
        bench.run()
        #expect(jobs.find(job.id)?.state == .ended)
        let error = #expect(throws: APIError.self) { try begin() }
        #expect(error?.status == .serviceUnavailable)
    }
}
