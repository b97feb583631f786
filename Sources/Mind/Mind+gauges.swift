/// What health and metrics tell of the mind.
extension Mind {
    public var entityCount: Int { entities.count }
    public var workingMemoryBytes: Int { entities.bytes }
    /// Of windows, of what `changed` compares, and of waiting alerts, by the mind's own estimate.
    public var ruleStateBytes: Int { memory.bytes + proposedMemory.bytes }
    /// Of what was learned about entities, by the mind's own estimate.
    public var baselineBytes: Int { baselines.bytes }
    /// Of rules that wait: `for`, `keep_firing_for`, `absent`, `cooldown`.
    public var timerCount: Int { memory.timerCount }
    public var alertsFiring: Int { alerts.firingCount }
    public var episodesOpen: Int { episodes.count }

    /// The entities that messages on a topic are about, each once.
    public mutating func entities(of topic: String) -> [String] { router.entities(of: topic) }

    /// Whether every message on a topic is recorded, whatever it says.
    public mutating func alwaysRecords(_ topic: String) -> Bool {
        if topic.hasSameBytes(as: settings.storeTopic) { return true }
        guard let ruleset else { return false }
        return router.resolve(topic).contains { match in
            switch ruleset.routes[match.route].kind {
            case .telemetry:
                match.entity != nil && ruleset.routes[match.route].record == .all
            case .guarded, .evaluate: true
            }
        }
    }
}
