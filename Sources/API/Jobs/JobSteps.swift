import Core
import Glibc
import Proof

/// What the work of a job calls between two pages, on its own thread.
final class JobSteps {
    private let run: JobRun
    private let isLow: Bool
    private var pace = Pace()

    /// - Parameter isLow: whether the thread has a low priority; else it leaves others half of the
    ///   time.
    init(_ run: JobRun, isLow: Bool) {
        self.run = run
        self.isLow = isLow
    }

    /// - Throws: `.ended` where nobody wants the rest.
    func tell(_ done: Int64, of total: Int64) throws(HistoryError) {
        try run.tell(done, of: total)
        if !isLow { pace.rest() }
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
