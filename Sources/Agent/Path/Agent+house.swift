import Core
import Store

/// What the agent does for itself, between messages.
extension Agent {
    func keepHouse(at now: MonotonicTime) {
        if schedule.takeVitals(at: now) {
            publishVitals(at: now)
            // Nothing is held here: what arrived in this turn is committed.
            link.flush()
        }
        tendToken(at: now)
        beginCheckpoint(at: now)
        guard storeState == .working else { return }
        if schedule.takeHouse(at: now) { schedule.beginHouse() }
        do throws(CommitError) {
            schedule.isMaintaining = try store.maintain()
            if schedule.isTrimming { schedule.isTrimming = try trim() }
            if schedule.isConsolidating { schedule.isConsolidating = try consolidate() }
            if schedule.isTrimmingRollUps { schedule.isTrimmingRollUps = try trimRollUps() }
            try keepForgetting(at: now)
            try tellRecalls(at: now)
        } catch {
            schedule.endHouse()
            fail(error, at: now)
        }
    }

    /// Starts encoding the mind when enough has happened since the last time.
    private func beginCheckpoint(at now: MonotonicTime) {
        let events = mind.sequence - vitals.checkpointSequence
        let age = now - schedule.lastCheckpoint
        guard events > 0, !checkpointing.isBusy, !store.isWritingCheckpoint, shutdown == .running,
            storeState == .working,
            age >= settings.bounds.checkpointInterval,
            events >= settings.bounds.eventsPerCheckpoint || age >= Limits.checkpointInterval
        else { return }
        vitals.checkpointSequence = mind.sequence
        schedule.checkpointed(at: now)
        checkpointing.begin(mind)
    }

    /// One slice of retention, so that the path never waits for more.
    ///
    /// - Returns: whether there is more to delete, one slice a turn.
    private func trim() throws(CommitError) -> Bool {
        let trimmed = try store.trim(
            maxAge: settings.retention.maxAge, maxBytes: settings.retention.maxBytes,
            now: clock.last, slice: schedule.takeSlice(through: mind.sequence),
            entities: { mind.entities(of: $0) })
        counters.eventsTrimmed += trimmed.events
        tellExcess(trimmed)
        if trimmed.isMore { return true }
        let expired = try store.trimMemories(settings.retention.memories, now: clock.last)
        counters.memoriesExpired += expired.deleted
        return expired.isMore
    }

    /// Once where it begins: what fills the file is not ours to delete.
    private func tellExcess(_ trimmed: Trimmed) {
        if trimmed.excess > 0, storeExcess == 0 {
            log.warning(
                "the store is larger than max_bytes, and nothing is left that may give way",
                metadata: ["excess_bytes": "\(trimmed.excess)"])
        }
        if !trimmed.isMore { storeExcess = trimmed.excess }
    }

    /// One slice of bringing minutes into their hours and days.
    private func consolidate() throws(CommitError) -> Bool {
        let end = time.monotonic() + Limits.consolidationTimeMax
        return try store.consolidate(at: clock.last) { time.monotonic() >= end }
    }

    private func trimRollUps() throws(CommitError) -> Bool {
        try store.trimRollUps(
            settings.rollUps, maxBytes: settings.retention.maxBytes, now: clock.last)
    }
}
