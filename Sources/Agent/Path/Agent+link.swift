import Broker
import Core
import Store

/// The link's life: the state machine decides, the agent performs.
extension Agent {
    /// Serves the timers of the link and of the stop.
    func tend(at now: MonotonicTime) {
        handle(.tick, at: now)
        // Without reading, PINGRESP would not be heard; health keeps the connection alive then.
        if !isReadingStopped { link.tick() }
        retryStore(at: now)
        // May close the store, and so comes last.
        tendShutdown(at: now)
    }

    /// Tries to connect now instead of when the delay is over, as after new credentials; changes
    /// nothing while there is a link.
    public func reconnect() { handle(.retry, at: time.monotonic()) }

    func handle(_ input: LinkLife.Input, at now: MonotonicTime) {
        let before = life.status
        let actions = life.handle(input, at: now, using: &generator)
        // An attempt that is withheld comes back here while the actions are performed.
        let after = life.status
        for action in actions { perform(action, at: now) }
        if before.state != after.state { linkChanged(from: before, to: after, at: now) }
    }

    func hear(_ signal: LinkSignal, at now: MonotonicTime) {
        switch signal {
        case .connected(let isSessionPresent):
            openRedelivery(isSessionPresent)
            unansweredSubscribes = 0
            handle(.connected(isSessionPresent: isSessionPresent), at: now)
        case .refused(let refusal): handle(.refused(refusal), at: now)
        case .lost(let reason): handle(.lost(reason: reason), at: now)
        case .confirmed(let packetID, let reason):
            if let count = proof.confirmed(packetID: packetID) { leftOut.forget(through: count) }
            vitals.confirmed(packetID: packetID)
            recalls.desk.confirmed(packetID: packetID)
            requests.confirmed(packetID: packetID)
            if let rejection = outbox.acknowledged(packetID: packetID, reason: reason) {
                counters.publicationsDropped += 1
                tell(rejection)
            }
        case .subscribed(let codes): subscribed(codes, at: now)
        }
    }

    private func perform(_ action: LinkLife.Action, at now: MonotonicTime) {
        switch action {
        case .connect: connect(at: now)
        case .abandon: link.abandon()
        case .disconnect(let keepsWill): link.disconnect(keepsWill: keepsWill)
        case .subscribe:
            if !unwanted.isEmpty { link.unsubscribe(unwanted) }
            link.subscribe(subscribed.subscriptions)
            unansweredSubscribes += 1
        case .report(let text): log(text)
        }
    }

    /// What was committed but perhaps not acknowledged may come again, and only then.
    ///
    /// The window outlives the link: a burst can bring repetitions and the end of the connection.
    private func openRedelivery(_ isSessionPresent: Bool) {
        redelivery.close()
        guard isSessionPresent else {
            leftOut.removeAll()
            return proof.sessionLost(at: mind.sequence)
        }
        do throws(ReadError) {
            let tail = try store.redeliveryTail().filter { $0.sequence > proof.proved ?? 0 }
            redelivery.open(tail, leftOut: leftOut.entries)
        } catch {
            tell(.unreadableTail(error))
        }
        link.reportsDuplicates = redelivery.isOpen
    }

    /// A publication leaves behind the PUBACKs of everything up to `sequence`.
    ///
    /// While repetitions may still come, PUBACKs of an earlier connection may have been lost: what
    /// leaves now is behind none of those.
    func expectProof(packetID: UInt16, behind sequence: EventSequence) {
        guard !redelivery.isOpen else { return }
        proof.sent(packetID: packetID, behind: sequence, leftOut: leftOut.count)
    }

    /// Answers come in the order of the questions; only the newest is about the present filters.
    private func subscribed(_ codes: [UInt8], at now: MonotonicTime) {
        unansweredSubscribes -= 1
        guard unansweredSubscribes == 0 else { return }
        unwanted = []
        handle(.subscribed, at: now)
        vitals.isSubscribed = true
        let refused = zip(subscribed.filters, codes).filter { $0.1 >= 0x80 }.map { $0.0.text }
        vitals.refusedFilters = refused
        if !refused.isEmpty { tell(.subscriptionRefused(refused)) }
        statusChanged(at: now)
    }

    private func linkChanged(
        from before: LinkLife.Status, to after: LinkLife.Status, at now: MonotonicTime
    ) {
        if after.state == .up {
            counters.connects += 1
            greet(at: now)
        }
        guard after.state != .up, after.state != .draining else { return }
        let wasUp = before.state == .up || before.state == .draining
        if wasUp { connectionEnded() }
        // A link that is made again is missed only where that does not succeed.
        guard wasUp || before.isRenewing, !after.isRenewing else { return }
        counters.connectionsLost += 1
        statusChanged(at: now)
    }

    private func greet(at now: MonotonicTime) {
        guard life.status.state == .up else { return }
        if case .farewell = shutdown { sayLastWords() } else { announce(at: now) }
    }

    /// What was under way on this connection is not confirmed by the next one.
    private func connectionEnded() {
        outbox.linkLost()
        proof.linkLost()
        forgetQueries()
        forgetRequests()
        vitals.linkLost()
    }

    private func log(_ report: LinkLife.Report) {
        switch report {
        case .connected(let isSessionPresent, let attempt):
            log.notice(
                "connected to the broker",
                metadata: ["session_present": "\(isSessionPresent)", "attempt": "\(attempt)"])
        case .failed(let reason, let isAuthentication, let delay):
            log.log(
                level: isAuthentication ? .error : .warning, "no link to the broker: \(reason)",
                metadata: ["retry_in_s": "\(delay.seconds)"])
        case .renewing: log.notice("the link is made again with new credentials")
        case .stopped(let reason):
            log.notice("the link is closed", metadata: reason.map { ["reason": "\($0)"] } ?? [:])
        }
    }
}
