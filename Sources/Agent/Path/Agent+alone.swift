import Core
import Mind
import Store

/// Events that do not come by the broker: each is a transaction of its own, between two bursts.
extension Agent {
    /// - Throws: `UNAVAILABLE` while nothing can be stored, and once the agent stops.
    func requireWorking() throws(RequestError) {
        guard storeState == .working, batch.isEmpty, shutdown == .running else {
            throw .unwritable
        }
    }

    /// The next event of the log, which happens now.
    func nextEvent(_ body: Event.Body) -> Event {
        let at = clock.at(wall: time.now(), monotonic: time.monotonic())
        return Event(sequence: mind.sequence + 1, at: at, body: body)
    }

    /// Takes in one event, and does all that follows from it. To be called where
    /// `requireWorking` throws nothing.
    ///
    /// - Parameters:
    ///   - event: as `nextEvent` makes it.
    ///   - entity: whom the event asks to forget.
    /// - Returns: what it led to; that is on the disk.
    /// - Throws: `NOT_STORED`, and `NOT_RECORDED` where nothing follows from the event: mind,
    ///   shadows and store are as they were.
    func commitAlone(
        _ event: Event, forgetting entity: String? = nil
    ) throws(RequestError) -> (outcome: Outcome, committed: Committed) {
        let earlier: (mind: Mind, shadow: ShadowDesk) = (mind, shadow)
        let outcome = mind.perceive(event)
        guard outcome.isRecorded else {
            mind = earlier.mind
            throw RequestError(code: "NOT_RECORDED", message: "nothing follows from it")
        }
        if !shadow.running.isEmpty { shadow(event, outcome) }
        var requested = Batch(event, outcome)
        requested.publications += number(outcome, behind: Batch())
        requested.forget = entity
        swap(&requested.differences, &batch.differences)
        do throws(CommitError) {
            let started = time.monotonic()
            let committed = try store.commit(requested, synced: true)
            let ended = time.monotonic()
            counters.committed(requested, isSynced: true, took: ended - started)
            settle(requested, committed, outcome, at: ended)
            return (outcome, committed)
        } catch {
            counters.commitFailures += 1
            mind = earlier.mind
            shadow = earlier.shadow
            updates.removeAll()
            throw RequestError(code: "NOT_STORED", message: "nothing was changed: \(error)")
        }
    }

    private func settle(
        _ requested: Batch, _ committed: Committed, _ outcome: Outcome, at now: MonotonicTime
    ) {
        let wasFull = outbox.isFull
        outbox.committed(requested.publications, firstID: committed.firstOutboxID)
        vitals.committed(at: now)
        counters.perceived(outcome)
        for rejection in outcome.rejections { tell(rejection) }
        tellUpdates()
        publish(at: now)
        if outbox.isFull != wasFull { statusChanged(at: now) }
    }
}
