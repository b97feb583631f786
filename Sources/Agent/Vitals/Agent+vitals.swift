import Broker
import Core
import Logging
import Mind

/// Status, health, metrics, heartbeat and errors (topics.md).
extension Agent {
    /// The link is up: everything retained is said again, whatever the broker kept.
    func announce(at now: MonotonicTime) {
        _ = updateState()
        send(vitals.availability())
        send(vitals.status)
        send(health(at: now))
        // The files of TLS were read for this connection, whenever they were replaced.
        if credentials.tls != nil, storeState == .working { linkCredentials() }
        tellAuditHead(isForced: true)
    }

    /// Something that the status depends on may have changed.
    func statusChanged(at now: MonotonicTime) {
        guard updateState() else { return }
        log.info(
            "status \(vitals.state.rawValue)",
            metadata: vitals.reason.map { ["reason": "\($0)"] } ?? [:])
        send(vitals.status)
        send(health(at: now))
    }

    func publishVitals(at now: MonotonicTime) {
        statusChanged(at: now)
        send(health(at: now))
        if life.status.state == .up { tellAuditHead() }
        let usage = usage.read(at: now)
        send(
            vitals.heartbeat(
                usage, at: time.now(), isConnected: life.status.state == .up))
        send(metrics(at: now))
    }

    /// Tells of a fault: counted always, logged and published within bounds.
    func tell(_ rejection: Rejection) {
        counters.errors += 1
        guard vitals.errors.take(at: time.monotonic()) else {
            counters.errorsSuppressed += 1
            return
        }
        log.log(
            level: rejection.severity.logLevel, "\(rejection.message)",
            metadata: ["code": "\(rejection.code)", "component": "\(rejection.component)"])
        send(vitals.error(rejection))
    }

    /// Publishes at once, past the outbox: what is true now, and will be said again.
    @discardableResult
    func send(_ publication: Publication) -> Bool {
        guard life.status.state == .up || life.status.state == .draining else { return false }
        var publication = publication
        // Nobody reads PUBACKs then, and the broker's window would fill up.
        if isReadingStopped, vitals.healthSequence > 1 { publication.qos = .atMostOnce }
        guard let packetID = try? link.publish(publication) else { return false }
        if case .farewell = shutdown { vitals.awaits(packetID: packetID) }
        if batch.isEmpty { expectProof(packetID: packetID, behind: mind.sequence) }
        return true
    }

    /// Messages on the agent's own topics: its echo, or a false `offline`.
    ///
    /// - Returns: whether the message was one; such are judged by no rule.
    func hearOwn(_ message: Message, at now: MonotonicTime) -> Bool {
        guard message.topic.beginsWith(bytes: vitals.topics.prefix) else { return false }
        let topics = vitals.topics
        switch message.topic {
        case topics.health:
            if says(message, "boot_id", settings.bootID) { handle(.heard, at: now) }
        case topics.availability:
            if message.payload == Array("offline".utf8) { vitals.isContradicted = true }
        case topics.status:
            if says(message, "status", AgentState.offline.rawValue) {
                vitals.isContradicted = true
            }
        case topics.memoryQuery: hearQuery(message)
        case mind.settings.evaluateTopic, topics.memoryStore: return false
        default:
            if let topic = requestTopic(of: message) { hearRequest(message, on: topic) }
        }
        return true
    }

    private func says(_ message: Message, _ name: String, _ text: String) -> Bool {
        guard case .object(let object)? = try? JSONScanner.scan(message.payload) else {
            return false
        }
        return object[name] == .string(text)
    }

    /// Says the truth again where somebody said that we are gone.
    func correct(at now: MonotonicTime) {
        guard shutdown == .running, life.status.state == .up, vitals.takeCorrection(at: now) else {
            return
        }
        send(vitals.availability())
        send(vitals.status)
    }

    private func updateState() -> Bool {
        let (state, reason) = currentState
        return vitals.become(
            state, reason: reason, ruleset: mind.ruleset?.digest, at: time.now())
    }

    private var currentState: (AgentState, String?) {
        if shutdown != .running { return (.stopping, "stopped") }
        if case .failing(let reason, _) = storeState {
            return (.degraded, AgentReport.storeMark + reason)
        }
        if outbox.isFull { return (.degraded, "outbox: \(outbox.depth) messages wait") }
        if let fault = vitals.rulesFault { return (.degraded, AgentReport.rulesMark + fault) }
        if let filter = vitals.refusedFilters.first {
            return (.degraded, "broker: subscribing to '\(filter)' was refused")
        }
        if let reason = token.reason { return (.degraded, "broker: \(reason)") }
        guard vitals.isSubscribed else { return (.starting, nil) }
        // By MQTT nobody hears this; by the API they do.
        guard life.isLinked else { return (.degraded, "broker: no connection") }
        return (.online, nil)
    }
}

extension Rejection.Severity {
    var logLevel: Logger.Level {
        switch self {
        case .critical: .critical
        case .error: .error
        case .warning: .warning
        }
    }
}
