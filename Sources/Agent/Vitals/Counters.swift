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
    /// The broker refused them, or they can never be sent.
    public var publicationsDropped = 0
    public var commits = 0
    public var commitsSynced = 0
    public var commitFailures = 0
    var commitDurations = DurationHistogram()
    public var checkpoints = 0
    public var connects = 0
    public var connectionsLost = 0
    public var reloads = 0
    public var reloadFailures = 0
    public var eventsTrimmed = 0
    public var queries = 0
    public var queriesRefused = 0
    public var apiRequests = 0
    public var apiRequestsRefused = 0
    /// Of the API, as they are in the audit chain: who was sent away, and who has to wait.
    public var apiRefusals = 0
    public var apiLockouts = 0
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
        alertsResolved += outcome.alertsDropped
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
        commitDurations.add(took)
        eventsRecorded += batch.events.count
        memoriesStored += batch.memories.count
        publicationsQueued += batch.publications.count
        publicationsConfirmed += batch.confirmed.count
        if batch.checkpoint != nil { checkpoints += 1 }
    }

    mutating func accessed(_ records: [AccessRecord]) {
        for record in records {
            switch record.kind {
            case .refused: apiRefusals += record.count
            case .lockedOut: apiLockouts += record.count
            case .authenticated, .changed: continue
            }
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
