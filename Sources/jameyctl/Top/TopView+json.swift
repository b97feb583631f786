import Core

extension TopView {
    /// One look as one object; while the daemon is away, since when and why.
    func json(at now: MonotonicTime, _ time: Timestamp) -> [UInt8] {
        JSONWriter.object(reservingBytes: 4_096) { json in
            json.member("at", time)
            if let absence {
                json.member("away_s", Double((now - absence.since).microseconds) / 1_000_000)
                json.member("error", absence.reason)
            } else if let sample {
                write(sample, to: &json)
            }
        }
    }

    private func write(_ sample: TopSample, to json: inout JSONWriter) {
        for name in ["node", "status", "reason", "version", "ruleset", "boot_id", "uptime_s"] {
            if let value = sample.status[name] { json.member(name, value) }
        }
        json.member("over_s", Self.value(pace?.seconds))
        json.member("messages_per_s", Self.value(pace?.messages))
        json.member("decisions_per_s", Self.value(pace?.decisions))
        json.member("commits_per_s", Self.value(pace?.commits))
        write(0.5, "commit_p50_s", to: &json)
        write(0.99, "commit_p99_s", to: &json)
        json.member("last_commit_age_ms", sample.status["last_commit_age_ms"] ?? .null)
        json.member("cpu_share", Self.value(pace?.processorShare))
        for (name, metric) in [
            ("memory_bytes", "process_resident_memory_bytes"), ("store_bytes", "jamey_store_bytes"),
            ("outbox_depth", "jamey_outbox_depth"), ("entities", "jamey_entities"),
        ] {
            json.member(name, Self.value(sample.metrics[metric]))
        }
        json.member("alerts_firing", sample.alertsFiring)
        json.member("components", sample.status["components"] ?? .null)
        json.array("alerts") { list in
            for alert in sample.alerts { list.object { alert.write(to: &$0) } }
        }
        json.member("devices_order", sample.order.rawValue)
        json.array("devices") { list in
            for device in sample.devices { list.object { device.write(to: &$0) } }
        }
    }

    /// A quantile; where it is beyond the last bound of the histogram, null, and that bound.
    private func write(_ share: Double, _ name: String, to json: inout JSONWriter) {
        switch pace?.commitTimes?.quantile(share) {
        case .at(let seconds)?: json.member(name, Self.value(seconds))
        case .above(let seconds)?:
            json.member(name, .null)
            json.member(name + "_above", Self.value(seconds))
        case nil: json.member(name, .null)
        }
    }

    /// JSON has no number for what is none.
    private static func value(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return .number(JSONNumber(value))
    }
}

extension TopAlert {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("rule", rule)
        json.member("entity", entity)
        json.member("severity", severity)
        if let since { json.member("since", since) }
        json.member("message", message)
        json.member("seen_by", ifPresent: seenBy)
    }
}

extension TopDevice {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("entity", entity)
        json.member("messages_per_minute", messagesPerMinute)
        if let lastSeen { json.member("last_seen", lastSeen) }
        if let trust { json.member("trust", trust) }
        json.member("alerts_firing", alertsFiring)
    }
}
