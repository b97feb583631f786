import Core
import Foundation
import Logging
import Mind
import Proof
import ProofTestSupport
import Store
import Synchronization
import TestSupport
import Testing

@testable import API

/// Jobs on a recorded store, whose work the test does itself.
@Suite("Jobs in the background")
struct JobsTests {
    /// Keeps what is to be done in the background.
    private final class Bench: Sendable {
        private let work = Mutex<[@Sendable (Bool) -> Void]>([])
        let hasThreads = Atomic(true)

        func start(_ body: @escaping @Sendable (Bool) -> Void) -> Bool {
            guard hasThreads.load(ordering: .relaxed) else { return false }
            work.withLock { $0.append(body) }
            return true
        }

        func run(isLow: Bool = true) {
            let bodies = work.withLock { work in
                defer { work = [] }
                return work
            }
            for body in bodies { body(isLow) }
        }
    }

    private let recording: Recording
    private let bench = Bench()
    private let clock = TestClock()
    private let jobs: Jobs
    private let other: RuleSet

    init() throws {
        recording = try Recording(PressRules.yaml())
        jobs = Jobs(store: recording.path, clock: clock, start: bench.start)
        other = try RuleSetLoader.load([
            RuleFile(name: "rules.yaml", text: PressRules.yaml(limit: 5))
        ])
    }

    private func begin(since: Timestamp? = nil) throws -> Job {
        try jobs.begin(BacktestTask(ruleset: other, span: TimeSpan(since: since)), by: "ann")
    }

    private func find(_ job: Job) -> Job? { jobs.find(job.id, job.order.kind) }

    private func json(_ job: Job?) throws -> JSONValue {
        let job = try #require(job)
        return try JSONScanner.scan(JSONWriter.object { job.write(to: &$0) })
    }

    @Test("the report of a backtest is that of the command, byte for byte")
    func backtest() throws {
        try recording.live(400, seed: 7, reloads: false)
        let job = try begin()
        #expect(job.state == .running && job.author == "ann")
        #expect(try json(job)["ruleset"]?.string == other.digest)
        clock.advance(by: .seconds(3))
        bench.run()
        let done = try #require(find(job))
        let history = try recording.history()
        let span = try HistorySpan(history)
        let expected = try history.backtest(other, on: span.events, from: span.start)
        #expect(done.state == .done && done.error == nil)
        #expect(done.report == expected.json(unreached: nil))
        #expect(done.progress.done == done.progress.total && done.progress.total > 0)
        #expect(done.endedAt == job.startedAt + .seconds(3))
    }

    @Test("the report of a replay is that of the command, byte for byte", arguments: [true, false])
    func replay(isLow: Bool) throws {
        try recording.live(400, seed: 7)
        let decision = try #require(recording.decisions.dropFirst(9).first)
        for task in [
            ReplayTask(), ReplayTask(decision: (decision.id, decision.eventSequence)),
            ReplayTask(span: TimeSpan(until: decision.at), from: 0),
        ] {
            let job = try jobs.begin(task, by: "ann")
            bench.run(isLow: isLow)
            let done = try #require(find(job))
            let history = try recording.history()
            let range = try HistorySpan(
                history, until: task.span.until, event: task.decision?.event, from: task.from)
            let replay = try history.replay(range.events, from: range.start)
            #expect(replay.agrees && done.state == .done, "\(String(describing: done.error))")
            #expect(try done.report == ReplayReport(replay, range, in: history).json)
            let told = try json(done)
            #expect(told["decision"]?.string == task.decision?.id)
            #expect(told["from"]?.int == task.from && told["ruleset"] == nil)
            #expect(told["progress"]?["events"]?.int == told["progress"]?["of"]?.int)
        }
    }

    @Test("the report of a verification is that of the command, whole or broken")
    func verification() throws {
        try recording.live(200, seed: 7)
        let head = try recording.reader().auditHead()
        let good = HeldHead(seq: head.seq, hash: head.hash)
        let bad = HeldHead(seq: 1, hash: head.hash)
        for held in [nil, good, bad] {
            let job = try jobs.begin(VerificationTask(held: held), by: "ann")
            bench.run()
            let done = try #require(find(job))
            let result = try recording.reader().verifyAudit(held: held)
            #expect(result.isWhole == (held != bad) && done.state == .done)
            #expect(done.report == AuditReport(result, held: held).json)
            let told = try json(done)
            #expect(told["head"]?.string == held?.text)
            #expect(told["progress"]?["links"]?.int == 2 * Int64(result.links))
            #expect(told["progress"]?["of"] == told["progress"]?["links"])
        }
        let changed = try #require(recording.decisions.first)
        try recording.execute(
            "UPDATE decision SET positive = 1 - positive WHERE id = '\(changed.id)'")
        let job = try jobs.begin(VerificationTask(), by: "ann")
        bench.run()
        let told = try #require(find(job)).report
        let report = try #require(AuditReport(json: told))
        #expect(!report.isWhole && report.findings.first?.problem == "record-changed")
        try recording.execute(
            "UPDATE audit SET hash = zeroblob(40) WHERE seq = (SELECT max(seq) FROM audit)")
        let last = try jobs.begin(VerificationTask(), by: "ann")
        bench.run()
        let end = try #require(find(last)).report
        let long = try #require(AuditReport(json: end))
        #expect(!long.isWhole && long.head.hash == "40 bytes, which are no hash")
    }

    @Test("a job is found and ended by its own kind only")
    func kinds() throws {
        try recording.live(50, seed: 7)
        let verification = try jobs.begin(VerificationTask(), by: "ann")
        for role in Role.allCases {
            let error = #expect(throws: APIError.self) {
                try jobs.begin(ReplayTask(), by: "bob", as: role)
            }
            #expect(error?.status == .conflict)
            let place = "/audit/verify/\(verification.id)"
            #expect(error?.message.contains(place) == (role == .admin), "\(role)")
            #expect(error?.message.contains(verification.id) == (role == .admin), "\(role)")
        }
        for kind in [JobKind.backtest, .replay] {
            #expect(jobs.find(verification.id, kind) == nil && !jobs.end(verification.id, kind))
            #expect(jobs.all(kind).isEmpty)
        }
        bench.run()
        #expect(find(verification)?.state == .done, "nobody has ended it")
        let replay = try jobs.begin(ReplayTask(), by: "bob")
        #expect(jobs.all(.replay).map(\.id) == [replay.id])
        #expect(jobs.all(.verification).map(\.id) == [verification.id])
        #expect(jobs.all(.backtest).isEmpty)
    }

    @Test("one runs at a time; when it is over another may begin")
    func oneAtATime() throws {
        try recording.live(50, seed: 7)
        let first = try begin()
        let error = #expect(throws: APIError.self) { try begin() }
        #expect(error?.status == .conflict && error?.message.contains(first.id) == true)
        bench.run()
        let second = try begin()
        #expect(jobs.all(.backtest).map(\.id) == [second.id, first.id])
    }

    @Test("one that is ended stops with the page it is at, and can then be forgotten")
    func ended() throws {
        try recording.live(50, seed: 7)
        for kind in JobKind.allCases {
            let job =
                switch kind {
                case .backtest: try begin()
                case .replay: try jobs.begin(ReplayTask(), by: "ann")
                case .verification: try jobs.begin(VerificationTask(), by: "ann")
                }
            #expect(jobs.end(job.id, kind))
            #expect(find(job)?.state == .running, "it has not come to it yet")
            bench.run()
            let ended = try #require(find(job))
            #expect(ended.state == .ended && ended.report.isEmpty && ended.error == nil)
            #expect(jobs.end(job.id, kind))
            #expect(find(job) == nil && !jobs.end(job.id, kind))
        }
    }

    @Test("one that is ended in the midst of its work leaves the rest")
    func endedMidway() throws {
        try recording.live(Limits.readPageRows + 200, seed: 7, reloads: false)
        try #require(recording.mind.sequence > EventSequence(Limits.readPageRows) + 1)
        let tasks: [any JobTask] = [
            BacktestTask(ruleset: other), ReplayTask(), VerificationTask(),
        ]
        for task in tasks {
            // The first page is the last that is wanted.
            let run = JobRun { done in done == 0 }
            let steps = JobSteps(run, isLow: true)
            let reader = try recording.reader()
            #expect(throws: HistoryError.ended) { try task.report(on: reader, steps) }
            let (done, total) = run.progress
            #expect(done > 0 && done < total, "\(task.order.kind): \(done) of \(total)")
        }
    }

    /// Has the store know of a forgetting in the midst of a replay.
    private struct Forgotten: JobTask {
        let path: String
        /// A verification is not kept from anything by it.
        var order: JobOrder = .replay(decision: nil, TimeSpan(), from: nil)

        func report(on store: StoreReader, _ steps: JobSteps) throws(HistoryError) -> [UInt8] {
            do throws(SQL.Failure) { try Self.begin(9, at: "checkpoints", path) } catch {
                throw .rulesetMissing(error.message)
            }
            return Array("{}".utf8)
        }

        static func begin(_ event: Int, at phase: String, _ path: String) throws(SQL.Failure) {
            let phases = Forgetting.Phase.allCases.map { "\($0)" }
            let number = phases.firstIndex(of: phase) ?? -1
            try SQL.run(
                """
                INSERT OR REPLACE INTO forgetting (event_seq, entity, phase, through)
                VALUES (\(event), 'press-1', \(number), '{}')
                """, path)
        }
    }

    @Test("a report goes with a forgetting that it knows nothing of, and with no earlier one")
    func forgotten() throws {
        try recording.live(50, seed: 7)
        let path = recording.path
        try Forgotten.begin(7, at: "done", path)
        let backtest = try begin()
        bench.run()
        let replay = try jobs.begin(ReplayTask(), by: "ann")
        bench.run()
        let verification = try jobs.begin(VerificationTask(), by: "ann")
        bench.run()
        let failed = try begin(since: recording.at + .seconds(1))
        bench.run()
        jobs.forget(before: 7)
        #expect(find(backtest)?.forgetting == 7 && find(replay)?.report.isEmpty == false)
        jobs.forget(before: 8)
        #expect(find(backtest) == nil && find(replay) == nil)
        #expect(find(verification)?.state == .done, "it tells nothing of entities")
        #expect(find(failed)?.state == .failed, "it has no report")
    }

    @Test("what runs while a forgetting begins, or is begun during one, comes to nothing")
    func forgottenMeanwhile() throws {
        try recording.live(50, seed: 7)
        let path = recording.path
        let meanwhile = try jobs.begin(Forgotten(path: path), by: "ann")
        bench.run()
        let during = try begin()
        bench.run()
        for job in [meanwhile, during] {
            let told = try #require(find(job))
            #expect(told.state == .failed && told.report.isEmpty)
            #expect(told.error?.code == "TRY_AGAIN", "\(String(describing: told.error))")
        }
        // What is left to do may wait long for the broker.
        try Forgotten.begin(9, at: "outbox", path)
        let after = try begin()
        bench.run()
        #expect(find(after)?.state == .done)
        let verification = try jobs.begin(
            Forgotten(path: path, order: .verification(nil)), by: "ann")
        bench.run()
        #expect(find(verification)?.state == .done)
    }

    @Test("one that cannot be done says why")
    func failed() throws {
        try recording.live(20, seed: 7)
        let job = try begin(since: recording.at + .seconds(1))
        bench.run()
        let failed = try #require(find(job))
        #expect(failed.state == .failed && failed.error?.code == "NO_EVENTS")
        let log = ListedLog()
        let gone = Jobs(
            store: recording.path + "x", clock: clock, log: Logger(label: "test") { _ in log },
            start: bench.start)
        let other = try gone.begin(VerificationTask(), by: "ann")
        bench.run()
        let error = try #require(gone.find(other.id, .verification)?.error)
        #expect(error.code == "STORE_UNREADABLE")
        #expect(!error.message.contains(recording.path), "\(error.message)")
        #expect(log.has(recording.path))
        let text = recording.path + ".txt"
        try "no database".write(toFile: text, atomically: true, encoding: .utf8)
        let damaged = Jobs(store: text, clock: clock, start: bench.start)
        let third = try damaged.begin(ReplayTask(), by: "ann")
        bench.run()
        #expect(damaged.find(third.id, .replay)?.error?.code == "STORE_DAMAGED")
    }

    /// Has a report of so many bytes.
    private struct Wordy: JobTask {
        let bytes: Int
        var order: JobOrder { .verification(nil) }

        func report(on store: StoreReader, _ steps: JobSteps) throws(HistoryError) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "1"), count: bytes)
        }
    }

    @Test("a report has a bound, and so have all of them together")
    func reportBytes() throws {
        try recording.live(20, seed: 7)
        let most = Limits.jobReportBytesMax
        let ids = try [most, most + 1, most, most].map { bytes in
            let job = try jobs.begin(Wordy(bytes: bytes), by: "ann")
            bench.run()
            let over = try #require(find(job))
            #expect(over.state == (bytes > most ? .failed : .done))
            #expect(over.error?.code == (bytes > most ? "REPORT_TOO_LARGE" : nil))
            #expect(over.report.count == (bytes > most ? 0 : bytes))
            return job.id
        }
        #expect(jobs.all(.verification).map(\.id) == ids.dropFirst().reversed())
        #expect(2 * most <= Limits.jobReportBytesKept)
    }

    @Test("the newest that are over are kept, and no more")
    func bounded() throws {
        try recording.live(20, seed: 7)
        var ids: [String] = []
        for _ in 0..<(Limits.jobsKept + 3) {
            ids.append(try begin().id)
            bench.run()
        }
        #expect(jobs.all(.backtest).map(\.id) == ids.suffix(Limits.jobsKept).reversed())
        #expect(Set(ids).count == ids.count)
    }

    @Test("without a thread there is none, and the next may try again")
    func noThread() throws {
        try recording.live(20, seed: 7)
        bench.hasThreads.store(false, ordering: .relaxed)
        let error = #expect(throws: APIError.self) { try begin() }
        #expect(error?.status == .serviceUnavailable && jobs.all(.backtest).isEmpty)
        bench.hasThreads.store(true, ordering: .relaxed)
        _ = try begin()
    }

    /// Goes on until it is ended.
    private struct Endless: JobTask {
        var order: JobOrder { .verification(nil) }

        func report(on store: StoreReader, _ steps: JobSteps) throws(HistoryError) -> [UInt8] {
            while true { try steps.tell(1, of: 2) }
        }
    }

    @Test("whoever closes it can wait until the store is let go of, and not for ever")
    func waited() async throws {
        try recording.live(20, seed: 7)
        let threads = Jobs(store: recording.path, clock: clock)
        let job = try threads.begin(Endless(), by: "ann")
        threads.close()
        await threads.waitForEnd(within: .seconds(60))
        #expect(threads.find(job.id, .verification)?.state == .ended)
        // Nobody works at the bench.
        let other = try begin()
        jobs.close()
        await jobs.waitForEnd(within: .milliseconds(1))
        #expect(find(other)?.state == .running)
        bench.run()
    }

    @Test("closed it ends what runs, and takes nothing")
    func closed() throws {
        try recording.live(50, seed: 7)
        let job = try begin()
        jobs.close()
        bench.run()
        #expect(find(job)?.state == .ended)
        let error = #expect(throws: APIError.self) { try begin() }
        #expect(error?.status == .serviceUnavailable)
    }
}
