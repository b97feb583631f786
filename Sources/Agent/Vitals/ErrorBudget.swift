import Core

/// Keeps `events/errors` and the log readable when every message is wrong.
struct ErrorBudget {
    private var minute: MonotonicTime?
    private var spent = 0

    /// Whether one more may be told in this minute.
    mutating func take(at now: MonotonicTime) -> Bool {
        if let minute, now - minute < .seconds(60) {
            spent += 1
        } else {
            minute = now
            spent = 1
        }
        return spent <= Limits.errorsPerMinute
    }
}
