import Core

/// The catalogue of metrics: what is told by HTTP, and of it what has no labels by MQTT
/// (docs/metrics.md).
extension MetricReadings {
    /// Samples of one name stand together. Reads `/proc` and asks for the room on the disk.
    var samples: [MetricSample] {
        let groups: [[MetricSample]] = [
            stateSamples, messageSamples, judgementSamples, storeSamples, requestSamples,
            shadowSamples, levelSamples, knownSamples, diskSamples, processSamples,
        ]
        return groups.flatMap { $0 }
    }

    /// How the agent is.
    private var stateSamples: [MetricSample] {
        var samples: [MetricSample] = [
            MetricSample(
                "jamey_build_info", .gauge, "The version of this build; always 1.",
                labels: [("version", version)], value: 1),
            .gauge("jamey_online", "Whether the status is online.", isOnline ? 1 : 0),
        ]
        for (component, isWell) in components {
            samples.append(
                MetricSample(
                    "jamey_component_up", .gauge, "Whether a component does what it is for.",
                    labels: [("component", component.rawValue)], value: isWell ? 1 : 0))
        }
        if let tokenExpiry {
            samples.append(
                .gauge(
                    "jamey_broker_token_expiry_timestamp_seconds",
                    "When the token for the broker expires, since 1970.",
                    exactly: Double(tokenExpiry.microseconds / 1_000) / 1_000))
        }
        return samples
    }

    /// Where the log and its queues are.
    private var levelSamples: [MetricSample] {
        var samples: [MetricSample] = [
            .gauge(
                "jamey_outbox_depth", "Publications that the broker has not confirmed.",
                outboxDepth),
            .gauge(
                "jamey_outbox_in_flight", "Publications that wait for their PUBACK.",
                outboxInFlight),
            .gauge(
                "jamey_memory_queries_waiting", "Queries and answers that are not confirmed.",
                queriesWaiting),
            .gauge(
                "jamey_mqtt_requests_waiting", "Requests to the API by MQTT, and answers to them.",
                requestsWaiting),
            .gauge("jamey_event_sequence", "The number of the last event.", Int(eventSequence)),
            .gauge(
                "jamey_clock_skew_seconds", "How far the log's time is before the system's.",
                exactly: clockSkew.seconds),
            .gauge(
                "jamey_uptime_seconds", "Since the agent started.",
                exactly: Double(uptime.components.seconds)),
        ]
        if let commitAge {
            samples.append(
                .gauge(
                    "jamey_last_commit_age_seconds", "Since the last transaction.",
                    exactly: commitAge.seconds))
        }
        return samples
    }

    /// What the mind holds.
    private var knownSamples: [MetricSample] {
        [
            .gauge("jamey_entities", "Entities remembered.", entities),
            .gauge(
                "jamey_working_memory_bytes", "Working memory, by the mind's own estimate.",
                workingMemoryBytes),
            .gauge(
                "jamey_rule_state_bytes", "What rules keep, by the mind's own estimate.",
                ruleStateBytes),
            .gauge(
                "jamey_baseline_bytes", "What was learned, by the mind's own estimate.",
                baselineBytes),
            .gauge("jamey_rule_timers", "Rules that wait for an entity.", ruleTimers),
            .gauge("jamey_alerts_firing", "Alerts that fire.", alertsFiring),
            .gauge("jamey_episodes_open", "Episodes that are open.", episodesOpen),
            .gauge("jamey_shadow_sets", "Rule sets in shadow.", shadowSets),
            .gauge("jamey_shadow_bytes", "What their minds know.", shadowBytes),
        ]
    }

    private var diskSamples: [MetricSample] {
        guard let storePath, let space = DiskSpace(path: storePath) else { return [] }
        return [
            .gauge(
                "jamey_store_bytes", "The store's file and what stands beside it.",
                DiskSpace.bytes(ofStore: storePath)),
            .gauge(
                "jamey_disk_free_bytes", "Room for the agent on the store's file system.",
                space.freeBytes),
            .gauge("jamey_disk_size_bytes", "Size of the store's file system.", space.sizeBytes),
        ]
    }

    private var processSamples: [MetricSample] {
        let cpu = Double(ProcessUsage.cpuMicroseconds()) / 1_000_000
        var samples: [MetricSample] = [
            MetricSample(
                "process_cpu_seconds_total", .counter, "Processor time of the process.",
                value: cpu),
            .gauge(
                "process_cpu_share", "Of one processor, between the last two reports by MQTT.",
                exactly: cpuShare),
            .gauge(
                "process_resident_memory_bytes", "Memory of the process.",
                ProcessUsage.residentBytes()),
            .gauge(
                "process_start_time_seconds", "When the agent started, since 1970.",
                exactly: Double(startedAt.microseconds / 1_000) / 1_000),
        ]
        if let count = ProcessUsage.openFiles() {
            samples.append(.gauge("process_open_fds", "Open file descriptors.", count))
        }
        return samples
    }
}
