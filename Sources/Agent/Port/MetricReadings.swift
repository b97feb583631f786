import Core

/// The plain numbers of one moment. The loop hands these out; whoever reads them names them, and
/// asks the system for its own.
struct MetricReadings: Sendable {
    var counters: Counters
    var version: String
    /// Without those that nobody wants.
    var components: [(component: Component, isWell: Bool)]
    var isOnline: Bool
    var startedAt: Timestamp
    var uptime: Duration
    /// nil before the first one.
    var commitAge: Duration?
    var clockSkew: Duration
    var eventSequence: EventSequence
    var outboxDepth: Int
    var outboxInFlight: Int
    var entities: Int
    var workingMemoryBytes: Int
    var ruleStateBytes: Int
    var baselineBytes: Int
    var ruleTimers: Int
    var alertsFiring: Int
    var episodesOpen: Int
    var queriesWaiting: Int
    var requestsWaiting: Int
    var shadowSets: Int
    var shadowBytes: Int
    /// Of one processor, when it was told last.
    var cpuShare: Double
    /// Of the token for the broker; nil where the password is none.
    var tokenExpiry: Timestamp?
    /// nil where nobody said where the store is.
    var storePath: String?
}

extension Agent {
    func readings(at now: MonotonicTime) -> MetricReadings {
        MetricReadings(
            counters: counters, version: settings.version,
            components: Component.allCases.compactMap { component in
                isWell(component).map { (component, $0) }
            },
            isOnline: vitals.state == .online, startedAt: vitals.startedAt,
            uptime: now - vitals.start, commitAge: vitals.lastCommit.map { now - $0 },
            clockSkew: clock.skew, eventSequence: mind.sequence, outboxDepth: outbox.depth,
            outboxInFlight: outbox.inFlightCount, entities: mind.entityCount,
            workingMemoryBytes: mind.workingMemoryBytes, ruleStateBytes: mind.ruleStateBytes,
            baselineBytes: mind.baselineBytes, ruleTimers: mind.timerCount,
            alertsFiring: mind.alertsFiring, episodesOpen: mind.episodesOpen,
            queriesWaiting: recalls.waiting, requestsWaiting: requests.waiting,
            shadowSets: shadow.running.count, shadowBytes: shadow.bytes,
            cpuShare: usage.cpuShare, tokenExpiry: token.times?.expiry,
            storePath: settings.storePath)
    }
}
