import Broker
import Core
import Mind
import Store

/// The path of a message, step by step.
extension Agent {
    /// 1. Reads what the socket holds, within bounds. PUBACKs are held.
    func receive(at now: MonotonicTime) {
        burst.removeAll()
        recalls.desk.beginBurst()
        requests.beginBurst()
        link.isReadingPaused = isReadingStopped
        // What empties a full outbox, PUBACKs, comes by the same socket as what fills it. The
        // broker sends a message for each that we acknowledge, so few of them leave it the time.
        link.burstCountMax = outbox.isFull ? settings.bounds.burstWhenFull : Limits.burstCountMax
        link.receive(into: &burst)
        for signal in burst.signals { hear(signal, at: now) }
        // Behind a backlog our own echo can be long in coming: whoever hears others is not deaf.
        if !burst.messages.isEmpty { handle(.heard, at: now) }
        for message in burst.oversized {
            counters.messagesOversized += 1
            tell(.oversized(message))
        }
    }

    /// 2. and 3. Routes and judges each message; what follows is gathered in one batch.
    func perceive(at now: MonotonicTime) {
        let at = clock.at(wall: time.now(), monotonic: now)
        for message in burst.messages {
            counters.messagesReceived += 1
            counters.bytesReceived += message.payload.count
            if hearOwn(message, at: now) || isRedelivery(message) { continue }
            let heard = message.properties == nil ? message : withoutActor(message)
            take(Event(sequence: mind.sequence + 1, at: at, body: .message(heard)))
        }
        if burst.messages.isEmpty, storeState == .working {
            if let due = mind.nextTimer, due <= at {
                take(Event(sequence: mind.sequence + 1, at: at, body: .tick))
            }
            if !shadow.running.isEmpty { tickShadows(at: at) }
        }
    }

    /// 4. One transaction for the whole burst, fsynced when it holds a QoS 1 message.
    ///
    /// - Returns: false when it failed: nothing may be acknowledged.
    func commit(at now: MonotonicTime) -> Bool {
        guard storeState == .working else { return true }
        batch.checkpoint = checkpointing.take()
        guard isCommitDue(at: now) else { return true }
        batch.confirmed = outbox.confirmed
        batch.acknowledgedThrough = proof.proved
        let isSynced = batch.events.contains { $0.isAcknowledged }
        do throws(CommitError) {
            let started = time.monotonic()
            let committed = try store.commit(batch, synced: isSynced)
            counters.committed(batch, isSynced: isSynced, took: time.monotonic() - started)
            settle(committed, at: now)
            return true
        } catch {
            fail(error, at: now)
            return false
        }
    }

    /// 5. Only now may the PUBACKs leave.
    func acknowledge() {
        leftOut.keep()
        link.flush()
        if let failpoint, !burst.messages.isEmpty { failpoint(.afterAcknowledge) }
    }

    /// 6. Sends what waits in the outbox; a row is removed once its PUBACK has come back.
    func publish(at now: MonotonicTime) {
        correct(at: now)
        answerQueries()
        answerRequests()
        guard life.status.state == .up || life.status.state == .draining else { return }
        guard storeState == .working else { return link.flush() }
        do throws(ReadError) {
            try outbox.refill(from: store)
        } catch {
            tell(.unreadableOutbox(error))
        }
        let committed = mind.sequence
        var lastID: UInt16 = 0
        let impossible = outbox.send(over: link) { lastID = $0 }
        expectProof(packetID: lastID, behind: committed)
        counters.publicationsDropped += impossible.count
        for rejection in impossible { tell(rejection) }
        link.flush()
    }

    private func take(_ event: Event) {
        let outcome = mind.perceive(event)
        counters.perceived(outcome)
        if !shadow.running.isEmpty { shadow(event, outcome) }
        for rejection in outcome.rejections { tell(rejection) }
        guard outcome.isRecorded else {
            if case .message(let message) = event.body, !outcome.isUnrouted {
                leftOut.add(message, after: mind.sequence)
            }
            return
        }
        batch.events.append(event)
        // Most events come to nothing more.
        if !outcome.decisions.isEmpty { batch.decisions += outcome.decisions }
        if !outcome.publications.isEmpty { batch.publications += outcome.publications }
        if !outcome.episodes.isEmpty { batch.episodes += outcome.episodes }
        if !outcome.memories.isEmpty {
            batch.publications += number(outcome, behind: batch)
            batch.memories += outcome.memories
        }
        if !outcome.souls.isEmpty { batch.souls += outcome.souls }
        if !outcome.rollUps.isEmpty { batch.rollUps += outcome.rollUps }
    }

    private func isRedelivery(_ message: Message) -> Bool {
        guard redelivery.isOpen else { return false }
        let isKnown = redelivery.isRedelivery(
            message, isAlwaysRecorded: mind.alwaysRecords(message.topic))
        if isKnown { counters.redeliveriesSkipped += 1 }
        if !redelivery.isOpen { link.reportsDuplicates = false }
        return isKnown
    }

    /// Removals alone wait a little for a burst to take them along.
    private func isCommitDue(at now: MonotonicTime) -> Bool {
        if !batch.isEmpty { return true }
        if outbox.isRemovalDue { return true }
        return !outbox.confirmed.isEmpty && now >= schedule.removalDue
    }

    private func settle(_ committed: Committed, at now: MonotonicTime) {
        let wasFull = outbox.isFull
        if batch.acknowledgedThrough != nil { proof.stored() }
        if batch.checkpoint != nil { counters.checkpoints += 1 }
        outbox.removed(batch.confirmed.count)
        outbox.committed(batch.publications, firstID: committed.firstOutboxID)
        schedule.removed(at: now)
        vitals.committed(at: now)
        batch.removeAll()
        if !updates.isEmpty || !shadow.updates.isEmpty { tellUpdates() }
        if outbox.isFull != wasFull { statusChanged(at: now) }
    }
}

extension Event {
    /// Whether its sender is told that it is safe.
    var isAcknowledged: Bool {
        switch body {
        case .message(let message): message.qos != .atMostOnce
        case .ruleset, .control: true
        case .tick: false
        }
    }
}

extension Batch {
    /// Empties it and keeps its memory.
    mutating func removeAll() {
        events.removeAll(keepingCapacity: true)
        decisions.removeAll(keepingCapacity: true)
        memories.removeAll(keepingCapacity: true)
        changes.removeAll(keepingCapacity: true)
        episodes.removeAll(keepingCapacity: true)
        publications.removeAll(keepingCapacity: true)
        confirmed = []
        ruleset = nil
        activation = nil
        differences.removeAll(keepingCapacity: true)
        checkpoint = nil
        acknowledgedThrough = nil
        souls = []
        rollUps.removeAll(keepingCapacity: true)
    }
}
