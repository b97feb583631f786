import Core

/// Which episodes a rule set wants, and what belongs to one: `episodes:` of a rule file.
public struct EpisodePolicy: Equatable, Sendable {
    /// What the entity said that long before the opening belongs to the episode.
    public var runUp: Duration = .seconds(60)
    /// An episode closes that long after its end, unless something begins again before.
    public var followUp: Duration = .seconds(60)
    /// An alert of less does not open an episode; it becomes part of one that is open.
    public var severity = Rule.Severity.info
    /// Without, none is opened.
    public var isEnabled = true

    public init() {}
}

extension EpisodePolicy {
    private static let keys = ["enabled", "run_up", "follow_up", "severity"]

    /// - Returns: nil where it is no mapping; what is wrong in it is recorded and left as it is by
    ///   default.
    static func read(_ value: YAMLValue) -> EpisodePolicy? {
        guard let map = value.section(keys: keys) else { return nil }
        var policy = EpisodePolicy()
        let range = Duration.zero...Limits.episodeWindowMax
        if let runUp = map["run_up"]?.duration(in: range) { policy.runUp = runUp }
        if let followUp = map["follow_up"]?.duration(in: range) { policy.followUp = followUp }
        if let least = map["severity"]?.choice(Rule.Severity.self) { policy.severity = least }
        if let isEnabled = map["enabled"]?.flag() { policy.isEnabled = isEnabled }
        return policy
    }
}
