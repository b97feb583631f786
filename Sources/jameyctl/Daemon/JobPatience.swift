import Core

/// How often a job is looked at, and how long it is looked for that was not seen.
struct JobPatience {
    /// Until the next look. It grows with what a person has waited already: a job of an hour is
    /// nothing to be asked for four times a second.
    private(set) var pause = Limits.daemonJobPauseMin
    private var missedSince: MonotonicTime?

    /// The job runs.
    mutating func hasSeen() {
        missedSince = nil
        pause = min(pause + pause / 4, Limits.daemonJobPauseMax)
    }

    /// It was not seen: a look that is lost is no end of hours of work.
    /// - Returns: whether it may still be seen by waiting.
    mutating func hasMissed(_ ending: Ending, at time: MonotonicTime) -> Bool {
        guard ending.isPassing else { return false }
        let since = missedSince ?? time
        missedSince = since
        return time - since < Limits.daemonJobAbsenceMax
    }
}
