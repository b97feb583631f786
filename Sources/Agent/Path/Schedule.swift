import Core

/// When the agent's own work is due, beside the messages.
struct Schedule {
    private let interval: Duration
    /// Health, metrics and heartbeat.
    private(set) var vitalsDue: MonotonicTime
    /// Retention and checkpoints by time.
    private(set) var houseDue: MonotonicTime
    /// Removing confirmed rows of the outbox when no burst takes them along.
    private(set) var removalDue: MonotonicTime
    private(set) var lastCheckpoint: MonotonicTime
    /// Looking at the token for the broker, and at its file; nil where the password is no token.
    private(set) var tokenDue: MonotonicTime?

    init(start: MonotonicTime, interval: Duration) {
        self.interval = interval
        vitalsDue = start + interval
        houseDue = start + Limits.housekeepingInterval
        removalDue = start
        lastCheckpoint = start
    }

    /// Retention has more slices to delete, the store more steps of upkeep: one of each a turn.
    var isTrimming = false
    var isMaintaining = false
    /// The same of minutes that are not in their hours yet, and of roll-ups to delete.
    var isConsolidating = false
    var isTrimmingRollUps = false

    /// The last event when retention took its last slice.
    private var trimmedThrough: EventSequence = 0

    /// How many rows the next slice of retention deletes, so that it keeps up.
    mutating func takeSlice(through sequence: EventSequence) -> Int {
        let arrived = min(sequence - trimmedThrough, EventSequence(Limits.retentionSliceRows))
        trimmedThrough = sequence
        return min(Limits.retentionSliceRows, max(Limits.retentionSliceRowsLeast, Int(arrived) * 2))
    }

    private var isBusy: Bool {
        isTrimming || isMaintaining || isConsolidating || isTrimmingRollUps
    }

    /// Now, where work is left over.
    var next: MonotonicTime {
        if isBusy { return MonotonicTime(microseconds: 0) }
        return min(vitalsDue, houseDue, tokenDue ?? houseDue)
    }

    /// Whether it is time for the vitals; the next time is set at once.
    mutating func takeVitals(at now: MonotonicTime) -> Bool { take(&vitalsDue, interval, now) }

    /// Retention and consolidation are looked at.
    mutating func beginHouse() {
        isTrimming = true
        isConsolidating = true
        isTrimmingRollUps = true
    }

    /// Something failed: what is left waits for the next time, rather than for the next turn.
    mutating func endHouse() {
        isTrimming = false
        isConsolidating = false
        isTrimmingRollUps = false
    }

    mutating func takeHouse(at now: MonotonicTime) -> Bool {
        take(&houseDue, Limits.housekeepingInterval, now)
    }

    mutating func removed(at now: MonotonicTime) {
        removalDue = now + Limits.outboxRemovalDelay
    }

    mutating func checkpointed(at now: MonotonicTime) { lastCheckpoint = now }

    /// - Parameter now: nil: there is no token to look at.
    mutating func lookAtToken(from now: MonotonicTime?) { tokenDue = now }

    mutating func takeToken(at now: MonotonicTime) -> Bool {
        guard let due = tokenDue, now >= due else { return false }
        tokenDue = now + Limits.brokerTokenInterval
        return true
    }

    /// A missed beat is left out, not caught up with.
    private func take(
        _ due: inout MonotonicTime, _ interval: Duration, _ now: MonotonicTime
    ) -> Bool {
        guard now >= due else { return false }
        due = due + interval
        if due <= now { due = now + interval }
        return true
    }
}
