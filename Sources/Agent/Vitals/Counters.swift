import Core
import Store

/// What the agent has counted since it started. Owned by the loop, so plain integers.
public struct Counters: Equatable, Sendable {
    public var messagesReceived = 0
    public var bytesReceived = 0
    public var messagesUnrouted = 0
    public var messagesOversized = 0
    public var redeliveriesSkipped = 0
    public var eventsRecorded = 0
    public var memoriesStored = 0
    public var verdictsApproved = 0
    public var verdictsDenied = 0
    public var alertsRaised = 0
    public var alertsResolved = 0
    public var ruleFailures = 0
    public var errors = 0
    public var errorsSuppressed = 0
    public var publicationsQueued = 0
    public var publicationsConfirmed = 0
    public var commits = 0
    public var commitsSynced = 0
    public var commitFailures = 0
    public var commitMicroseconds = 0
    public var checkpoints = 0
    public var connects = 0
    public var connectionsLost = 0
    public var reloads = 0
    public var reloadFailures = 0
    public var eventsTrimmed = 0
    public var queries = 0
    public var queriesRefused = 0
    public var controlRequests = 0
    public var memoriesExpired = 0
    /// Of rules in shadow: what they came to, and on what it differs, by kind.
    public var shadowDecisions = 0
    public var shadowRuleFailures = 0
    public var shadowOmitted = 0
    public var shadowUnpublished = 0
    public private(set) var shadowDifferences: [ShadowDifference.Kind: Int] = [:]

    public init() {}

    mutating func perceived(_ outcome: Outcome) {
        if outcome.isUnrouted { messagesUnrouted += 1 }
        ruleFailures += outcome.ruleFailures
        for decision in outcome.decisions {
            switch (decision.kind, decision.isPositive) {
            case (.verdict, true): verdictsApproved += 1
            case (.verdict, false): verdictsDenied += 1
            case (.alert, true): alertsRaised += 1
            case (.alert, false): alertsResolved += 1
            }
        }
    }

    mutating func committed(_ batch: Batch, isSynced: Bool, took: Duration) {
        commits += 1
        if isSynced { commitsSynced += 1 }
        commitMicroseconds += Int(took.microseconds)
        eventsRecorded += batch.events.count
        memoriesStored += batch.memories.count
        publicationsQueued += batch.publications.count
        publicationsConfirmed += batch.confirmed.count
        if batch.checkpoint != nil { checkpoints += 1 }
    }

    /// Names by Prometheus' conventions, in one order.
    var named: [(name: String, value: Int)] {
        [
            ("jamey_messages_received_total", messagesReceived),
            ("jamey_received_bytes_total", bytesReceived),
            ("jamey_messages_unrouted_total", messagesUnrouted),
            ("jamey_messages_oversized_total", messagesOversized),
            ("jamey_redeliveries_skipped_total", redeliveriesSkipped),
            ("jamey_events_recorded_total", eventsRecorded),
            ("jamey_memories_stored_total", memoriesStored),
            ("jamey_verdicts_approved_total", verdictsApproved),
            ("jamey_verdicts_denied_total", verdictsDenied),
            ("jamey_alerts_raised_total", alertsRaised),
            ("jamey_alerts_resolved_total", alertsResolved),
            ("jamey_rule_failures_total", ruleFailures),
            ("jamey_errors_total", errors),
            ("jamey_errors_suppressed_total", errorsSuppressed),
            ("jamey_publications_queued_total", publicationsQueued),
            ("jamey_publications_confirmed_total", publicationsConfirmed),
            ("jamey_commits_total", commits),
            ("jamey_commits_synced_total", commitsSynced),
            ("jamey_commit_failures_total", commitFailures),
            ("jamey_commit_microseconds_total", commitMicroseconds),
            ("jamey_checkpoints_total", checkpoints),
            ("jamey_connects_total", connects),
            ("jamey_connections_lost_total", connectionsLost),
            ("jamey_reloads_total", reloads),
            ("jamey_reload_failures_total", reloadFailures),
            ("jamey_events_trimmed_total", eventsTrimmed),
            ("jamey_memory_queries_total", queries),
            ("jamey_memory_queries_refused_total", queriesRefused),
            ("jamey_control_requests_total", controlRequests),
            ("jamey_memories_expired_total", memoriesExpired),
        ] + shadowNamed
    }

    private var shadowNamed: [(name: String, value: Int)] {
        [
            ("jamey_shadow_decisions_total", shadowDecisions),
            ("jamey_shadow_rule_failures_total", shadowRuleFailures),
            ("jamey_shadow_differences_total", shadowDifferences.values.reduce(0, +)),
            ("jamey_shadow_differences_omitted_total", shadowOmitted),
            ("jamey_shadow_differences_unpublished_total", shadowUnpublished),
        ]
            + ShadowDifference.Kind.allCases.map {
                ("jamey_shadow_\($0.name)_total", shadowDifferences[$0] ?? 0)
            }
    }

    mutating func shadowed(_ outcome: Outcome) {
        shadowDecisions += outcome.decisions.count
        shadowRuleFailures += outcome.ruleFailures
    }

    mutating func differs(_ kind: ShadowDifference.Kind) {
        shadowDifferences[kind, default: 0] += 1
    }
}
