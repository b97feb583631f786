extension AgentSettings {
    /// Checkpoints far more often than in earnest, for tests that interrupt one (scripts/soak).
    public mutating func checkpointOften(everyEvents events: Int) {
        bounds.eventsPerCheckpoint = events
        bounds.checkpointInterval = .milliseconds(100)
    }
}
