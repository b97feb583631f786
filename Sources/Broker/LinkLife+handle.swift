import Core

extension LinkLife {
    /// Takes one input; every pair of state and input is listed.
    /// - Parameter at: never decreasing.
    /// - Returns: what is to be done, in order.
    public mutating func handle(
        _ input: Input, at: MonotonicTime, using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        switch status.state {
        case .stopped: handleStopped(input, at)
        case .waiting: handleWaiting(input, at)
        case .connecting: handleConnecting(input, at, &generator)
        case .up: handleUp(input, at, &generator)
        case .draining: handleDraining(input, at)
        }
    }

    private mutating func handleStopped(_ input: Input, _ at: MonotonicTime) -> [Action] {
        switch input {
        case .start:
            failures = 0
            return attempt(at)
        case .routesChanged: return noteRoutes()
        case .connected:
            // Too late: nobody asked any more.
            return [.abandon]
        case .tick, .refused, .lost, .heard, .subscribed, .retry, .renew, .withheld, .stop,
            .drained, .abandoned:
            return []
        }
    }

    private mutating func handleWaiting(_ input: Input, _ at: MonotonicTime) -> [Action] {
        switch input {
        case .tick:
            guard let due = status.nextAttemptAt, at >= due else { return [] }
            return attempt(at)
        case .retry, .renew: return attempt(at)
        case .routesChanged: return noteRoutes()
        case .stop: return stop(at, reason: nil)
        case .connected: return [.abandon]
        case .start, .refused, .lost, .heard, .subscribed, .withheld, .drained, .abandoned:
            return []
        }
    }

    private mutating func handleConnecting(
        _ input: Input, _ at: MonotonicTime, _ generator: inout some RandomNumberGenerator
    ) -> [Action] {
        switch input {
        case .connected(let isSessionPresent): return comeUp(isSessionPresent, at)
        case .refused(let refusal):
            let reason = "the broker refused the connection: \(refusal.text)"
            return wait(reason, at, isAuthentication: refusal.isAuthentication, &generator)
        case .lost(let reason):
            doubtSession()
            return wait(reason, at, &generator)
        case .abandoned(let reason):
            doubtSession()
            return [.abandon] + wait(reason, at, &generator)
        case .tick:
            guard at >= status.since + Limits.connectTimeMax else { return [] }
            doubtSession()
            let seconds = Limits.connectTimeMax.components.seconds
            return [.abandon] + wait("no answer within \(seconds) s", at, &generator)
        case .renew: return attemptAnew(at)
        case .withheld(let reason): return withhold(reason, at)
        case .routesChanged: return noteRoutes()
        case .stop: return [.abandon] + stop(at, reason: nil)
        case .start, .heard, .subscribed, .retry, .drained: return []
        }
    }

    private mutating func handleUp(
        _ input: Input, _ at: MonotonicTime, _ generator: inout some RandomNumberGenerator
    ) -> [Action] {
        switch input {
        case .lost(let reason): return wait(reason, at, &generator)
        case .refused(let refusal):
            return [.abandon] + wait(refusal.text, at, &generator)
        case .abandoned(let reason): return [.abandon] + wait(reason, at, &generator)
        case .heard:
            heardAt = max(heardAt, at)
            return []
        case .tick:
            guard let deafAt, at >= deafAt, let echoInterval else { return [] }
            staleSubscriptions = .deaf
            let seconds = (echoInterval * Limits.deafIntervals).components.seconds
            return [.abandon]
                + wait(
                    "connected, but our own messages did not come back for \(seconds) s", at,
                    &generator)
        case .routesChanged:
            staleSubscriptions = .routesChanged
            return [.subscribe(.routesChanged)]
        case .subscribed:
            staleSubscriptions = nil
            return []
        case .renew: return renew(at)
        case .stop:
            enter(.draining, at)
            return []
        case .start, .connected, .retry, .withheld, .drained: return []
        }
    }

    private mutating func handleDraining(_ input: Input, _ at: MonotonicTime) -> [Action] {
        switch input {
        case .drained: return [.disconnect(keepsWill: false)] + stop(at, reason: nil)
        case .tick:
            guard at >= status.since + Limits.drainTimeMax else { return [] }
            return [.disconnect(keepsWill: false)]
                + stop(at, reason: "the outbox did not empty in time")
        case .lost(let reason): return stop(at, reason: reason)
        case .refused(let refusal): return stop(at, reason: refusal.text)
        case .abandoned(let reason): return [.abandon] + stop(at, reason: reason)
        case .routesChanged: return noteRoutes()
        // The next start shows what is new.
        case .start, .connected, .heard, .subscribed, .retry, .renew, .withheld, .stop: return []
        }
    }

    // MARK: Transitions

    private mutating func enter(_ state: State, _ at: MonotonicTime) {
        status.state = state
        status.since = at
        status.nextAttemptAt = nil
        status.isRenewing = false
    }

    private mutating func attempt(_ at: MonotonicTime) -> [Action] {
        enter(.connecting, at)
        status.attempt = failures + 1
        return [.connect]
    }

    /// The attempt under way shows what is old.
    private mutating func attemptAnew(_ at: MonotonicTime) -> [Action] {
        let wasRenewing = status.isRenewing
        doubtSession()
        let actions: [Action] = [.abandon] + attempt(at)
        status.isRenewing = wasRenewing
        return actions
    }

    /// The session stays with the broker, and so does the will: it is published where the next
    /// connection does not come about.
    private mutating func renew(_ at: MonotonicTime) -> [Action] {
        if at - status.since >= Limits.stableUpTimeMin { failures = 0 }
        let actions: [Action] =
            [.report(.renewing), .disconnect(keepsWill: true)] + attempt(at)
        status.isRenewing = true
        return actions
    }

    private mutating func comeUp(_ isSessionPresent: Bool, _ at: MonotonicTime) -> [Action] {
        enter(.up, at)
        status.isRefused = false
        heardAt = at
        if !isSessionPresent { staleSubscriptions = .noSession }
        let report = Report.connected(isSessionPresent: isSessionPresent, attempt: status.attempt)
        // A subscription that was never answered is asked for again.
        return [.report(report)] + (staleSubscriptions.map { [.subscribe($0)] } ?? [])
    }

    private mutating func wait(
        _ reason: String, _ at: MonotonicTime, isAuthentication: Bool = false,
        _ generator: inout some RandomNumberGenerator
    ) -> [Action] {
        // A broker that accepts and kicks, or another agent with our identifier, does not make the
        // delays start anew: only a link that lasted does.
        let wasStable = status.state == .up && at - status.since >= Limits.stableUpTimeMin
        failures = wasStable ? 1 : failures + 1
        let delay = Backoff.delay(
            failures: failures, isAuthentication: isAuthentication, using: &generator)
        return pause(reason, at, isAuthentication: isAuthentication, delay)
    }

    /// No broker was asked, so no failure is counted, and nobody needs a jitter: what ends this is
    /// `.renew`, and the delay is how often it is said again.
    private mutating func withhold(_ reason: String, _ at: MonotonicTime) -> [Action] {
        pause(reason, at, isAuthentication: true, Limits.refusedDelayMax)
    }

    private mutating func pause(
        _ reason: String, _ at: MonotonicTime, isAuthentication: Bool, _ delay: Duration
    ) -> [Action] {
        enter(.waiting, at)
        status.lastReason = reason
        status.isRefused = isAuthentication
        status.nextAttemptAt = at + delay
        return [
            .report(.failed(reason: reason, isAuthentication: isAuthentication, retryIn: delay))
        ]
    }

    private mutating func stop(_ at: MonotonicTime, reason: String?) -> [Action] {
        enter(.stopped, at)
        if let reason { status.lastReason = reason }
        return [.report(.stopped(reason: reason))]
    }

    /// The broker may have made a new, empty session and its CONNACK was lost: it would report that
    /// one as present the next time.
    private mutating func doubtSession() {
        if staleSubscriptions == nil { staleSubscriptions = .noSession }
    }

    private mutating func noteRoutes() -> [Action] {
        staleSubscriptions = .routesChanged
        return []
    }
}
