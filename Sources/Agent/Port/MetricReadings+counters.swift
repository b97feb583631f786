import Core

/// What is counted, by its subject.
extension MetricReadings {
    var messageSamples: [MetricSample] {
        [
            .counter(
                "jamey_messages_received_total", "Messages read from the broker.",
                counters.messagesReceived),
            .counter(
                "jamey_received_bytes_total", "Bytes of the payloads of messages read.",
                counters.bytesReceived),
            .counter(
                "jamey_messages_unrouted_total", "Messages that no route wanted.",
                counters.messagesUnrouted),
            .counter(
                "jamey_messages_oversized_total", "Messages refused because of their size.",
                counters.messagesOversized),
            .counter(
                "jamey_redeliveries_skipped_total", "Repeated messages that were in the log.",
                counters.redeliveriesSkipped),
            .counter(
                "jamey_publications_queued_total", "Publications put into the outbox.",
                counters.publicationsQueued),
            .counter(
                "jamey_publications_confirmed_total", "Publications confirmed by the broker.",
                counters.publicationsConfirmed),
            .counter(
                "jamey_publications_dropped_total",
                "Publications that the broker refused, or that can never be sent.",
                counters.publicationsDropped),
            .counter("jamey_connects_total", "Connections to the broker.", counters.connects),
            .counter(
                "jamey_connections_lost_total", "Connections to the broker that were lost.",
                counters.connectionsLost),
        ]
    }

    var judgementSamples: [MetricSample] {
        [
            .counter(
                "jamey_verdicts_approved_total", "Proposals approved.", counters.verdictsApproved),
            .counter("jamey_verdicts_denied_total", "Proposals denied.", counters.verdictsDenied),
            .counter("jamey_alerts_raised_total", "Alerts raised.", counters.alertsRaised),
            .counter("jamey_alerts_resolved_total", "Alerts resolved.", counters.alertsResolved),
            .counter(
                "jamey_rule_failures_total", "Expressions of rules that had no value.",
                counters.ruleFailures),
            .counter("jamey_reloads_total", "Rule sets taken.", counters.reloads),
            .counter("jamey_reload_failures_total", "Rule sets refused.", counters.reloadFailures),
            .counter("jamey_errors_total", "Errors met in what was given.", counters.errors),
            .counter(
                "jamey_errors_suppressed_total", "Errors that were counted and not told.",
                counters.errorsSuppressed),
        ]
    }

    var storeSamples: [MetricSample] {
        let counted: [MetricSample] = [
            .counter("jamey_events_recorded_total", "Events written.", counters.eventsRecorded),
            .counter(
                "jamey_events_trimmed_total", "Events deleted by retention.",
                counters.eventsTrimmed),
            .counter("jamey_memories_stored_total", "Memories written.", counters.memoriesStored),
            .counter(
                "jamey_memories_expired_total", "Memories deleted by retention.",
                counters.memoriesExpired),
            .counter("jamey_commits_total", "Transactions committed.", counters.commits),
            .counter(
                "jamey_commits_synced_total", "Transactions flushed to the disk.",
                counters.commitsSynced),
            .counter(
                "jamey_commit_failures_total", "Transactions that failed.",
                counters.commitFailures),
            .counter("jamey_checkpoints_total", "Checkpoints of the mind.", counters.checkpoints),
        ]
        let durations = counters.commitDurations.samples(
            "jamey_commit_duration_seconds", "How long transactions took.")
        return counted + durations
    }

    var requestSamples: [MetricSample] {
        [
            .counter(
                "jamey_memory_queries_total", "Queries for memories by MQTT.", counters.queries),
            .counter(
                "jamey_memory_queries_refused_total", "Queries for memories that were refused.",
                counters.queriesRefused),
            .counter(
                "jamey_mqtt_requests_total", "Requests to the API by MQTT.", counters.apiRequests),
            .counter(
                "jamey_mqtt_requests_refused_total",
                "Requests to the API by MQTT refused before a route was asked.",
                counters.apiRequestsRefused),
            .counter(
                "jamey_api_refusals_total",
                "Requests to the API refused for want of credentials, role or rate.",
                counters.apiRefusals),
            .counter(
                "jamey_api_lockouts_total",
                "Waits that wrong credentials at the API have brought.", counters.apiLockouts),
            .counter(
                "jamey_control_requests_total",
                "Requests of jameyctl and the API to change something.",
                counters.controlRequests),
        ]
    }

    var shadowSamples: [MetricSample] {
        let differences = counters.shadowDifferences.values.reduce(0, +)
        let counted: [MetricSample] = [
            .counter(
                "jamey_shadow_decisions_total", "Verdicts and alerts of rules in shadow.",
                counters.shadowDecisions),
            .counter(
                "jamey_shadow_rule_failures_total",
                "Expressions of rules in shadow that had no value.", counters.shadowRuleFailures),
            .counter(
                "jamey_shadow_differences_total", "Differences of rules in shadow.", differences),
            .counter(
                "jamey_shadow_differences_omitted_total",
                "Differences of rules in shadow that were counted only.", counters.shadowOmitted),
            .counter(
                "jamey_shadow_differences_unpublished_total",
                "Differences of rules in shadow that were kept and not published.",
                counters.shadowUnpublished),
        ]
        let kinds = ShadowDifference.Kind.allCases.map { kind in
            MetricSample.counter(
                "jamey_shadow_\(kind.name)_total",
                "Differences of rules in shadow of this kind.",
                counters.shadowDifferences[kind] ?? 0)
        }
        return counted + kinds
    }
}
