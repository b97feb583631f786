import Core
import Glibc
import Mind
import Proof
import Store
import Synchronization

/// One backtest on a thread of its own, and how far it is.
final class BacktestRun: Sendable {
    private let store: String
    private let ruleset: RuleSet
    private let span: BacktestJob.Span
    private let folded = Atomic<Int64>(0)
    private let total = Atomic<Int64>(0)
    private let isUnwanted = Atomic(false)

    /// - Parameter store: the path of the store whose log is folded.
    init(store: String, ruleset: RuleSet, span: BacktestJob.Span) {
        self.store = store
        self.ruleset = ruleset
        self.span = span
    }

    var progress: (folded: Int64, events: Int64) {
        (folded.load(ordering: .relaxed), total.load(ordering: .relaxed))
    }

    /// Has it end with the page of the log that it is at.
    func end() { isUnwanted.store(true, ordering: .relaxed) }

    /// Everything, on the caller's thread.
    ///
    /// - Parameter isLow: whether the thread has a low priority; else it leaves others half of the
    ///   time.
    /// - Returns: the report.
    /// - Throws: every case of `HistoryError`.
    func work(isLow: Bool) throws(HistoryError) -> [UInt8] {
        var history = try History(try open())
        history.readsAhead = false
        let span = try HistorySpan(history, since: span.since, until: span.until)
        let first = span.start.sequence
        total.store(span.events.upperBound - first, ordering: .relaxed)
        var pace = Pace()
        let backtest = try history.backtest(
            ruleset, on: span.events, from: span.start, rowsMax: Limits.backtestJobFlipsMax
        ) { (event) throws(HistoryError) in
            self.folded.store(event - first, ordering: .relaxed)
            if self.isUnwanted.load(ordering: .relaxed) { throw .ended }
            if !isLow { pace.rest() }
        }
        return backtest.json(
            unreached: span.unreached, rowBytesMax: Limits.backtestJobRowBytesMax)
    }

    private func open() throws(HistoryError) -> StoreReader {
        do throws(ReadError) { return try StoreReader(path: store) } catch { throw .store(error) }
    }
}

/// Rests as long as there was work before.
private struct Pace {
    private static let restMax: Duration = .milliseconds(250)
    private let time = SystemTime()
    private var since: MonotonicTime

    init() { since = time.monotonic() }

    mutating func rest() {
        let pause = min(time.monotonic() - since, Self.restMax).microseconds
        var span = timespec()
        span.tv_sec = 0
        span.tv_nsec = Int(clamping: max(0, pause)) * 1_000
        // A sandbox that forbids a low priority leaves no other way to let others go first.
        nanosleep(&span, nil)
        since = time.monotonic()
    }
}
