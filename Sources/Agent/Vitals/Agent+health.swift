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
            json.object("components") { components in
                components.object("broker") { writeBroker(to: &$0, at: now) }
                components.object("store") { writeStore(to: &$0) }
                components.object("mind") { writeMind(to: &$0) }
                components.object("memory") { writeMemory(to: &$0) }
                components.object("outbox") { writeOutbox(to: &$0) }
                components.object("api") { $0.member("status", "disabled") }
            }
            json.member("last_commit_age_ms", commitAge(at: now))
            json.member("outbox_depth", outbox.depth)
            json.member("uptime_s", (now - vitals.start).components.seconds)
        }
        return Publication(topic: vitals.topics.health, payload: payload, retain: true)
    }

    /// Flat: the same names and values as `/metrics` will have.
    func metrics(_ usage: ProcessUsage.Reading, at now: MonotonicTime) -> Publication {
        let payload = JSONWriter.object { json in
            for counter in counters.named { json.member(counter.name, counter.value) }
            json.member("jamey_outbox_depth", outbox.depth)
            json.member("jamey_outbox_in_flight", outbox.inFlightCount)
            json.member("jamey_entities", mind.entityCount)
            json.member("jamey_working_memory_bytes", mind.workingMemoryBytes)
            json.member("jamey_rule_state_bytes", mind.ruleStateBytes)
            json.member("jamey_baseline_bytes", mind.baselineBytes)
            json.member("jamey_episodes_open", mind.episodesOpen)
            json.member("jamey_shadow_sets", shadow.running.count)
            json.member("jamey_shadow_bytes", shadow.bytes)
            json.member("jamey_rule_timers", mind.timerCount)
            json.member("jamey_alerts_firing", mind.alertsFiring)
            json.member("jamey_memory_queries_waiting", recalls.waiting)
            json.member("jamey_event_sequence", mind.sequence)
            json.member("jamey_clock_skew_seconds", clock.skew.seconds)
            json.member("jamey_uptime_seconds", (now - vitals.start).components.seconds)
            json.member("process_resident_memory_bytes", usage.residentBytes)
            json.member("process_cpu_share", usage.cpuShare)
        }
        return Publication(topic: vitals.topics.metrics, payload: payload, qos: .atMostOnce)
    }

    private func commitAge(at now: MonotonicTime) -> JSONValue {
        guard let last = vitals.lastCommit else { return .null }
        return .number(.int((now - last).microseconds / 1_000))
    }

    private func writeBroker(to json: inout JSONWriter, at now: MonotonicTime) {
        let status = life.status
        let isWell = status.state == .up && vitals.refusedFilters.isEmpty
        json.member("status", isWell ? "ok" : "degraded")
        json.member("state", status.state.rawValue)
        json.member("since_s", (now - status.since).components.seconds)
        json.member("attempt", status.attempt)
        json.member("last_reason", ifPresent: status.lastReason)
        json.member("refused_filters", vitals.refusedFilters)
    }

    private func writeStore(to json: inout JSONWriter) {
        switch storeState {
        case .working: json.member("status", "ok")
        case .failing(let reason, _):
            json.member("status", "degraded")
            json.member("reason", reason)
        }
        json.member("durability", settings.survivesPowerCut ? "power" : "process")
        json.member("event_seq", mind.sequence)
        if storeExcess > 0 { json.member("excess_bytes", storeExcess) }
        if !store.canShrink { json.member("shrinks", false) }
        if let job = store.currentForgetting {
            json.member("forgetting", "\(job.phase)")
        }
    }

    private func writeMind(to json: inout JSONWriter) {
        json.member("status", vitals.rulesFault == nil ? "ok" : "degraded")
        json.member("reason", ifPresent: vitals.rulesFault)
        json.member("ruleset", ifPresent: mind.ruleset?.digest)
        json.member("held_by", ifPresent: hold?.how.rawValue)
        json.member("rules", mind.ruleset?.rules.count ?? 0)
        json.member("alerts_firing", mind.alertsFiring)
        json.member("timers", mind.timerCount)
        writeShadow(to: &json)
    }

    private func writeMemory(to json: inout JSONWriter) {
        json.member("status", "ok")
        json.member("entities", mind.entityCount)
        json.member("bytes", mind.workingMemoryBytes)
        json.member("rule_state_bytes", mind.ruleStateBytes)
        json.member("baseline_bytes", mind.baselineBytes)
        json.member("queries_waiting", recalls.waiting)
    }

    private func writeOutbox(to json: inout JSONWriter) {
        json.member("status", outbox.isFull ? "degraded" : "ok")
        json.member("depth", outbox.depth)
        json.member("in_flight", outbox.inFlightCount)
    }
}

extension Duration {
    var seconds: Double { Double(microseconds) / 1_000_000 }
}
