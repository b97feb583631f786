import Core
import Logging
import Mind
import Proof
import Synchronization

/// The backtests of the API: one at a time, in the background, and the newest that are over.
///
/// Jobs are in memory only: a stop of the agent ends and forgets them.
final class BacktestJobs: Sendable {
    /// Starts something in the background; false where that is impossible.
    typealias Start = @Sendable (@escaping @Sendable (_ isLow: Bool) -> Void) -> Bool

    fileprivate struct Desk {
        /// The oldest first; the last one may be running.
        var jobs: [BacktestJob] = []
        var run: BacktestRun?
        var isClosed = false
    }

    private let store: String
    private let clock: any TimeSource
    private let log: Logger
    private let start: Start
    private let desk = Mutex(Desk())

    /// - Parameter start: on this thread, or whenever a test wants.
    init(
        store: String, clock: any TimeSource,
        log: Logger = Logger(label: "backtests") { _ in SwiftLogNoOpLogHandler() },
        start: @escaping Start = BackgroundThread.run
    ) {
        self.store = store
        self.clock = clock
        self.log = log
        self.start = start
    }

    /// Begins one.
    /// - Throws: `CONFLICT` where one runs; `UNAVAILABLE`.
    func begin(
        _ ruleset: RuleSet, _ span: BacktestJob.Span, by author: String
    ) throws(APIError) -> BacktestJob {
        let job = BacktestJob(
            id: Self.newID(), author: author, ruleset: ruleset.digest, span: span,
            startedAt: clock.now())
        let run = BacktestRun(store: store, ruleset: ruleset, span: span)
        let refusal = desk.withLock { desk -> APIError? in
            guard !desk.isClosed else { return .unavailable("the agent is stopping") }
            if desk.run != nil, let other = desk.jobs.last {
                return .isRunning(other.id)
            }
            desk.jobs.append(job)
            desk.run = run
            return nil
        }
        if let refusal { throw refusal }
        let hasBegun = start { isLow in
            do throws(HistoryError) {
                self.finish(job.id, .success(try run.work(isLow: isLow)))
            } catch {
                self.finish(job.id, .failure(error))
            }
        }
        if !hasBegun {
            forget(job.id)
            throw .unavailable("the system has no thread left for a backtest")
        }
        return job
    }

    /// All that are known, the newest first.
    func all() -> [BacktestJob] {
        desk.withLock { desk in desk.jobs.map { desk.told($0) }.reversed() }
    }

    func find(_ id: String) -> BacktestJob? {
        desk.withLock { desk in desk.jobs.first { $0.id == id }.map { desk.told($0) } }
    }

    /// Ends the one that runs; forgets one that is over.
    /// - Returns: false where there is none of this name.
    func end(_ id: String) -> Bool {
        desk.withLock { desk in
            guard let place = desk.jobs.firstIndex(where: { $0.id == id }) else { return false }
            if desk.jobs[place].state == .running {
                desk.run?.end()
            } else {
                desk.jobs.remove(at: place)
            }
            return true
        }
    }

    /// Ends the one that runs, and takes no further one.
    func close() {
        desk.withLock { desk in
            desk.isClosed = true
            desk.run?.end()
        }
    }

    private func finish(_ id: String, _ result: Result<[UInt8], HistoryError>) {
        let now = clock.now()
        if case .failure(.store(let cause)) = result {
            log.error("a backtest cannot read the store: \(cause)", metadata: ["job": "\(id)"])
        }
        desk.withLock { desk in
            guard let place = desk.jobs.firstIndex(where: { $0.id == id }) else { return }
            desk.jobs[place] = desk.told(desk.jobs[place])
            desk.jobs[place].endedAt = now
            switch result {
            case .success(let report):
                desk.jobs[place].report = report
                desk.jobs[place].state = .done
            case .failure(.ended): desk.jobs[place].state = .ended
            case .failure(let error):
                desk.jobs[place].error = RequestError(error)
                desk.jobs[place].state = .failed
            }
            desk.run = nil
            desk.forgetOldest()
        }
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

extension BacktestJobs.Desk {
    /// With how far it is.
    fileprivate func told(_ job: BacktestJob) -> BacktestJob {
        guard job.state == .running, let run else { return job }
        var job = job
        (job.folded, job.events) = run.progress
        return job
    }

    fileprivate mutating func forgetOldest() {
        func isTooMuch() -> Bool {
            let bytes = jobs.reduce(0) { $0 + $1.report.count }
            return jobs.count > Limits.backtestJobsKept
                || jobs.count > 1 && bytes > Limits.backtestReportBytesKept
        }
        while isTooMuch() { jobs.removeFirst() }
    }
}

extension APIError {
    fileprivate static func isRunning(_ id: String) -> APIError {
        APIError(
            .conflict, code: "CONFLICT",
            message: "backtest \(id) is running: wait for its end, or end it")
    }
}

extension RequestError {
    /// Why a backtest came to nothing.
    fileprivate init(_ error: HistoryError) {
        let code =
            switch error {
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
