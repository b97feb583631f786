import Core

/// How the agent is at one moment, for whoever is not its loop.
public struct AgentReport: Sendable {
    /// As it was told on `{root}/status` last, with the reason where it is not well.
    public var state: AgentState
    public var reason: String?
    public var since: Timestamp
    /// Different at every start.
    public var bootID: String
    public var version: String
    public var node: String
    /// `jamey/edge-1`
    public var root: String
    /// The digest of the rules in force.
    public var ruleset: String?
    /// The object `components` of `{root}/health`.
    public var componentsJSON: [UInt8]
    /// nil before the first one.
    public var commitAge: Duration?
    public var outboxDepth: Int
    public var uptime: Duration
    /// Whether it was `online` once since it started.
    public var hasBeenOnline: Bool
    let readings: MetricReadings

    /// Everything that `GET /metrics` tells of the agent; samples of one name stand together.
    ///
    /// It is worked out anew each time, and asks the system for what the process takes.
    public var metrics: [MetricSample] { readings.samples }
}

// MARK: For whoever was not let in

extension AgentReport {
    /// What `reason` begins with where rule files are at fault.
    static let rulesMark = "rules: "

    /// In place of what is wrong with them: it has lines of the files in it.
    public static let openRulesFault =
        "the rules on disk have faults; ask /rules or `jameyctl rules check`"

    /// What `reason` begins with where nothing can be stored.
    static let storeMark = "store: "

    /// In place of what SQLite and the system say of it.
    public static let openStoreFault = "nothing can be stored at this moment"

    /// The reason as anyone may know it.
    public var openReason: String? {
        guard let reason else { return nil }
        if reason.hasPrefix(Self.rulesMark) { return Self.rulesMark + Self.openRulesFault }
        if reason.hasPrefix(Self.storeMark) { return Self.storeMark + Self.openStoreFault }
        return reason
    }
}
