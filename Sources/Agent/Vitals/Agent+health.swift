import Broker
import Core
import Store

/// The payloads that look at every component.
extension Agent {
    func health(at now: MonotonicTime) -> Publication {
        let sequence = vitals.nextHealthSequence()
        let payload = JSONWriter.object { json in
            json.member("seq", sequence)
            json.member("status", vitals.state.rawValue)
            json.member("boot_id", settings.bootID)
            json.member("components", raw: components(at: now))
            json.member("last_commit_age_ms", commitAge(at: now))
            json.member("outbox_depth", outbox.depth)
            json.member("uptime_s", (now - vitals.start).components.seconds)
        }
        return Publication(topic: vitals.topics.health, payload: payload, retain: true)
    }

    /// Flat: the same names and values as `GET /metrics` has, but for those with labels.
    ///
    /// Reads `/proc` and asks for the room on the disk, on the loop's thread once in
    /// `status.interval`. The former is memory of the kernel. The latter can wait where the disk
    /// hangs, but so does the next commit then: a thread of its own would keep nothing going.
    func metrics(at now: MonotonicTime) -> Publication {
        let payload = JSONWriter.object(reservingBytes: 4_096) { json in
            for sample in readings(at: now).samples where sample.labels.isEmpty {
                json.member(
                    sample.name + sample.suffix, .number(JSONNumber(sample.value)))
            }
        }
        return Publication(topic: vitals.topics.metrics, payload: payload, qos: .atMostOnce)
    }

    /// One object, by component.
    func components(at now: MonotonicTime) -> [UInt8] {
        JSONWriter.object(reservingBytes: 1_024) { components in
            components.object("broker") { writeBroker(to: &$0, at: now) }
            components.object("store") { writeStore(to: &$0) }
            components.object("mind") { writeMind(to: &$0) }
            components.object("memory") { writeMemory(to: &$0) }
            components.object("outbox") { writeOutbox(to: &$0) }
            components.object("api") { writeAPI(to: &$0) }
        }
    }

    /// Whether a component does what it is for; nil of one that nobody wants.
    func isWell(_ component: Component) -> Bool? {
        switch component {
        case .broker: life.isLinked && vitals.refusedFilters.isEmpty && token.reason == nil
        case .store: storeState == .working
        case .mind: vitals.rulesFault == nil
        case .memory: true
        case .outbox: !outbox.isFull
        case .api: apiStatus.isWell.map { $0 && apiFault == nil }
        }
    }

    private func status(_ component: Component) -> String {
        switch isWell(component) {
        case true?: "ok"
        case false?: "degraded"
        case nil: "disabled"
        }
    }

    private func commitAge(at now: MonotonicTime) -> JSONValue {
        guard let last = vitals.lastCommit else { return .null }
        return .number(.int((now - last).microseconds / 1_000))
    }

    private func writeBroker(to json: inout JSONWriter, at now: MonotonicTime) {
        let status = life.status
        json.member("status", self.status(.broker))
        json.member("state", status.state.rawValue)
        json.member("since_s", (now - status.since).components.seconds)
        json.member("attempt", status.attempt)
        json.member("last_reason", ifPresent: status.lastReason)
        json.member("code", ifPresent: token.state.code)
        json.member("reason", ifPresent: tokenMessage)
        json.member("next_token", ifPresent: token.fault)
        json.member("refused_filters", vitals.refusedFilters)
    }

    private func writeStore(to json: inout JSONWriter) {
        json.member("status", status(.store))
        if case .failing(let reason, _) = storeState { json.member("reason", reason) }
        json.member("durability", settings.survivesPowerCut ? "power" : "process")
        json.member("event_seq", mind.sequence)
        if storeExcess > 0 { json.member("excess_bytes", storeExcess) }
        if !store.canShrink { json.member("shrinks", false) }
        if let job = store.currentForgetting {
            json.member("forgetting", "\(job.phase)")
        }
    }

    private func writeMind(to json: inout JSONWriter) {
        json.member("status", status(.mind))
        json.member("reason", ifPresent: vitals.rulesFault)
        json.member("ruleset", ifPresent: mind.ruleset?.digest)
        json.member("held_by", ifPresent: hold?.how.rawValue)
        json.member("rules", mind.ruleset?.rules.count ?? 0)
        json.member("alerts_firing", mind.alertsFiring)
        json.member("timers", mind.timerCount)
        writeShadow(to: &json)
    }

    private func writeMemory(to json: inout JSONWriter) {
        json.member("status", status(.memory))
        json.member("entities", mind.entityCount)
        json.member("bytes", mind.workingMemoryBytes)
        json.member("rule_state_bytes", mind.ruleStateBytes)
        json.member("baseline_bytes", mind.baselineBytes)
        json.member("queries_waiting", recalls.waiting)
    }

    private func writeOutbox(to json: inout JSONWriter) {
        json.member("status", status(.outbox))
        json.member("depth", outbox.depth)
        json.member("in_flight", outbox.inFlightCount)
    }

    private func writeAPI(to json: inout JSONWriter) {
        json.member("status", status(.api))
        switch apiStatus {
        case .disabled: break
        case .listening(let addresses):
            json.member("listening", addresses)
            json.member("reason", ifPresent: apiFault)
        case .failed(let reason): json.member("reason", reason)
        }
    }
}

extension Duration {
    var seconds: Double { Double(microseconds) / 1_000_000 }
}
