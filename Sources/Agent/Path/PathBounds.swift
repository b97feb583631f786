import Core

/// The bounds of the path that a simulation lowers, so that a few messages reach them.
struct PathBounds: Equatable, Sendable {
    /// Our own QoS 1 publications waiting for a PUBACK; more stay in the outbox.
    var inFlight = Limits.publicationsInFlightMax
    /// Publications of the outbox held in memory; further ones wait in the store.
    var queued = Limits.outboxQueueMax
    /// Publications waiting in the outbox; beyond it bursts are small until some were confirmed.
    var outboxRows = Limits.outboxRowsMax
    /// Messages read before a commit while the outbox is full.
    var burstWhenFull = Limits.burstCountWhenFull
    /// Confirmed rows that are removed at once, without waiting for a burst.
    var removals = Limits.outboxRemovalsMax
    /// Events between two checkpoints of the mind.
    var eventsPerCheckpoint = Limits.eventsPerCheckpoint
    /// Two checkpoints are at least this far apart.
    var checkpointInterval = Limits.checkpointIntervalMin
}
