import Core
import Logging
import Proof
import Store
import Synchronization

/// The long work of the API, of every kind: one at a time, in the background, and the newest that
/// are over.
///
/// Jobs are in memory only: a stop of the agent ends and forgets them.
final class Jobs: Sendable {
    /// Starts something in the background; false where that is impossible.
    typealias Start = @Sendable (@escaping @Sendable (_ isLow: Bool) -> Void) -> Bool

    fileprivate struct Desk {
        /// The oldest first; the last one may be running.
        var jobs: [Job] = []
        var run: JobRun?
        var isClosed = false
        /// The newest forgetting that somebody has told of.
        var forgotten: EventSequence = 0
    }

    /// A report, and the newest forgetting of an entity that it knows of.
    private struct Outcome {
        var report: [UInt8]
        var forgetting: EventSequence
    }

    private let store: String
    private let clock: any TimeSource
    private let log: Logger
    private let start: Start
    private let desk = Mutex(Desk())
    /// Whoever waits for the end is told that the one that ran is over.
    private let over: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - store: the path of the store that the work is about.
    ///   - start: on this thread, or whenever a test wants.
    init(
        store: String, clock: any TimeSource,
        log: Logger = Logger(label: "jobs") { _ in SwiftLogNoOpLogHandler() },
        start: @escaping Start = BackgroundThread.run
    ) {
        self.store = store
        self.clock = clock
        self.log = log
        self.start = start
        (over, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins one.
    /// - Parameter role: of the author, who is not told of a job that it may not read.
    /// - Throws: `CONFLICT` where one runs; `UNAVAILABLE`.
    func begin(
        _ task: some JobTask, by author: String, as role: Role = .viewer
    ) throws(APIError) -> Job {
        let job = Job(
            id: Self.newID(), order: task.order, author: author, startedAt: clock.now())
        let run = JobRun()
        let refusal = desk.withLock { desk -> APIError? in
            guard !desk.isClosed else { return .unavailable("the agent is stopping") }
            if desk.run != nil, let other = desk.jobs.last {
                return .isRunning(other, for: role)
            }
            desk.jobs.append(job)
            desk.run = run
            return nil
        }
        if let refusal { throw refusal }
        let hasBegun = start { isLow in
            do throws(HistoryError) {
                let steps = JobSteps(run, isLow: isLow)
                self.finish(job, .success(try self.carryOut(task, steps)))
            } catch {
                self.finish(job, .failure(error))
            }
        }
        if !hasBegun {
            forget(job.id)
            throw .unavailable("the system has no thread left for a job")
        }
        return job
    }

    /// - Throws: `.forgetting` where an entity is being forgotten, or began to be meanwhile.
    private func carryOut(
        _ task: some JobTask, _ steps: JobSteps
    ) throws(HistoryError) -> Outcome {
        let reader = try open()
        guard task.order.kind.tellsOfEntities else {
            return Outcome(report: try task.report(on: reader, steps), forgetting: 0)
        }
        let known = try Self.newestForgetting(reader)
        let report = try task.report(on: reader, steps)
        let newest = try Self.newestForgetting(reader)
        // It may have in it what is being erased.
        guard newest == known else { throw .forgetting(newest) }
        return Outcome(report: report, forgetting: known)
    }

    /// - Returns: 0 where there was none.
    /// - Throws: `.forgetting` while what is to be forgotten may still be read.
    private static func newestForgetting(
        _ reader: StoreReader
    ) throws(HistoryError) -> EventSequence {
        let sequence: EventSequence
        let isErased: Bool
        do throws(ReadError) {
            guard let newest = try reader.newestForgetting() else { return 0 }
            sequence = newest.sequence
            isErased = newest.isErased
        } catch { throw .store(error) }
        guard isErased else { throw .forgetting(sequence) }
        return sequence
    }

    private func open() throws(HistoryError) -> StoreReader {
        do throws(ReadError) { return try StoreReader(path: store) } catch { throw .store(error) }
    }

    /// All of a kind that are known, the newest first.
    func all(_ kind: JobKind) -> [Job] {
        desk.withLock { desk in
            desk.jobs.filter { $0.order.kind == kind }.map { desk.told($0) }.reversed()
        }
    }

    func find(_ id: String, _ kind: JobKind) -> Job? {
        desk.withLock { desk in desk.place(of: id, kind).map { desk.told(desk.jobs[$0]) } }
    }

    /// Ends the one that runs; forgets one that is over.
    /// - Returns: false where there is none of this name and kind.
    func end(_ id: String, _ kind: JobKind) -> Bool {
        desk.withLock { desk in
            guard let place = desk.place(of: id, kind) else { return false }
            if desk.jobs[place].state == .running {
                desk.run?.end()
            } else {
                desk.jobs.remove(at: place)
            }
            return true
        }
    }

    /// Forgets those whose report knows nothing of a forgetting: what it erases may be in it.
    func forget(before forgetting: EventSequence) {
        desk.withLock { desk in
            desk.forgotten = max(desk.forgotten, forgetting)
            desk.jobs.removeAll { job in
                job.order.kind.tellsOfEntities && !job.report.isEmpty
                    && job.forgetting < forgetting
            }
        }
    }

    /// Ends the one that runs, and takes no further one.
    func close() {
        desk.withLock { desk in
            desk.isClosed = true
            desk.run?.end()
        }
    }

    /// After `close`: waits until the one that ran has let go of the store. To be called once.
    /// - Parameter patience: after so long it returns all the same.
    func waitForEnd(within patience: Duration) async {
        let timer = Task { [bell] in
            // Time itself is what is waited for here.
            try? await Task.sleep(for: patience)
            bell.finish()
        }
        defer { timer.cancel() }
        guard isRunning else { return }
        for await _ in over where !isRunning { return }
    }

    private var isRunning: Bool { desk.withLock { $0.run != nil } }

    private func finish(_ job: Job, _ result: Result<Outcome, HistoryError>) {
        let now = clock.now()
        let kind = job.order.kind
        if case .failure(.store(let cause)) = result {
            log.error(
                "a \(kind.name) cannot read the store: \(cause)", metadata: ["job": "\(job.id)"])
        }
        desk.withLock { desk in
            guard let place = desk.place(of: job.id, kind) else { return }
            desk.jobs[place] = desk.told(desk.jobs[place])
            desk.jobs[place].endedAt = now
            switch result {
            case .success(let outcome) where outcome.report.count > Limits.jobReportBytesMax:
                desk.jobs[place].error = .reportTooLarge(outcome.report.count)
                desk.jobs[place].state = .failed
            case .success(let outcome)
            where kind.tellsOfEntities && outcome.forgetting < desk.forgotten:
                desk.jobs[place].error = RequestError(HistoryError.forgetting(desk.forgotten))
                desk.jobs[place].state = .failed
            case .success(let outcome):
                desk.jobs[place].report = outcome.report
                desk.jobs[place].forgetting = outcome.forgetting
                desk.jobs[place].state = .done
            case .failure(.ended): desk.jobs[place].state = .ended
            case .failure(let error):
                desk.jobs[place].error = RequestError(error)
                desk.jobs[place].state = .failed
            }
            desk.run = nil
            desk.forgetOldest()
        }
        bell.yield()
    }

    private func forget(_ id: String) {
        desk.withLock { desk in
            desk.jobs.removeAll { $0.id == id }
            desk.run = nil
        }
    }

    /// 48 random bits: one of an earlier start of the agent is not taken for another.
    private static func newID() -> String {
        Hexadecimal.text(of: (0..<6).map { _ in UInt8.random(in: .min ... .max) })
    }
}

extension Jobs.Desk {
    fileprivate func place(of id: String, _ kind: JobKind) -> Int? {
        jobs.firstIndex { $0.id == id && $0.order.kind == kind }
    }

    /// With how far it is.
    fileprivate func told(_ job: Job) -> Job {
        guard job.state == .running, let run else { return job }
        var job = job
        job.progress = run.progress
        return job
    }

    fileprivate mutating func forgetOldest() {
        func isTooMuch() -> Bool {
            let bytes = jobs.reduce(0) { $0 + $1.report.count }
            return jobs.count > Limits.jobsKept || bytes > Limits.jobReportBytesKept
        }
        while isTooMuch() { jobs.removeFirst() }
    }
}

extension APIError {
    fileprivate static func isRunning(_ job: Job, for role: Role) -> APIError {
        let kind = job.order.kind
        var message = "another job is running, and there is one at a time: wait for its end"
        if Authorization.admits(role, to: kind.route) {
            message =
                "\(kind.name) \(job.id) is running, and there is one job at a time: wait for its "
                + "end, or end it (DELETE \(kind.path)/\(job.id))"
        }
        return APIError(.conflict, code: "CONFLICT", message: message)
    }
}

extension RequestError {
    fileprivate static func reportTooLarge(_ bytes: Int) -> RequestError {
        RequestError(
            code: "REPORT_TOO_LARGE",
            message: "the report has \(bytes) bytes, more than \(Limits.jobReportBytesMax): ask "
                + "for a shorter time, or read the store's file (jameyctl with --database)")
    }

    /// Why a job came to nothing.
    fileprivate init(_ error: HistoryError) {
        let code =
            switch error {
            case .store(.busy): "TRY_AGAIN"
            case .store(.corrupt), .store(.notADatabase): "STORE_DAMAGED"
            case .store: "STORE_UNREADABLE"
            case .empty, .noEvents, .notYet: "NO_EVENTS"
            case .outOfReach: "OUT_OF_REACH"
            case .overtaken, .forgetting: "TRY_AGAIN"
            case .ended: "ENDED"
            case .rootUnknown, .rulesetMissing, .rulesetNotUnderstood: "HISTORY_UNREADABLE"
            }
        // What the store says of itself names its file, and is in the log.
        if case .store(let cause) = error {
            self.init(code: code, message: APIError(cause).message)
        } else {
            self.init(code: code, message: "\(error)")
        }
    }
}
