/// A message that the agent is going to publish: one row of the outbox.
public struct Publication: Equatable, Sendable {
    public var topic: String
    public var payload: [UInt8]
    public var qos: QoS
    public var retain: Bool
    public var properties: MessageProperties?

    public init(
        topic: String, payload: [UInt8], qos: QoS = .atLeastOnce, retain: Bool = false,
        properties: MessageProperties? = nil
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
    }
}

/// A decision as it is stored: its columns for finding, its JSON as it was published.
public struct Decision: Equatable, Sendable {
    /// A verdict on a proposal, or an alert of a rule that began or ceased to hold.
    public enum Kind: UInt8, Sendable { case verdict = 1, alert = 2 }

    public var id: String
    public var kind: Kind
    public var at: Timestamp
    public var eventSequence: EventSequence
    public var route: String
    public var entity: String
    /// A verdict: approved. An alert: firing.
    public var isPositive: Bool
    /// Canonical JSON in UTF-8 (rules.md, "The verdict"); replay reproduces it byte for byte.
    public var json: [UInt8]

    public init(
        id: String, kind: Kind, at: Timestamp, eventSequence: EventSequence, route: String,
        entity: String, isPositive: Bool, json: [UInt8]
    ) {
        self.id = id
        self.kind = kind
        self.at = at
        self.eventSequence = eventSequence
        self.route = route
        self.entity = entity
        self.isPositive = isPositive
        self.json = json
    }
}

/// A fault that the agent met in what it was given: counted, logged and published, never a crash.
public struct Rejection: Equatable, Sendable {
    public enum Severity: String, Sendable { case critical, error, warning }

    /// Stable, upper snake case: `MALFORMED_JSON`.
    public var code: String
    public var message: String
    public var component: String
    public var severity: Severity

    public init(
        code: String, message: String, component: String, severity: Severity = .warning
    ) {
        self.code = code
        self.message = message
        self.component = component
        self.severity = severity
    }
}

/// What the mind concluded from one event; the agent makes it durable, then carries it out.
public struct Outcome: Equatable, Sendable {
    /// Whether the event belongs in the log. Always true when anything below is not empty,
    /// rejections excepted.
    public var isRecorded: Bool
    public var decisions: [Decision]
    public var publications: [Publication]
    public var rejections: [Rejection]
    /// What rules want remembered, in the order of their decisions, and what people told.
    public var memories: [Memory] = []
    /// Who asked for which of them.
    public var receipts: [MemoryReceipt] = []
    /// What a person wants done with memories that are there.
    public var changes: [MemoryChange] = []
    /// What becomes of souls, in order; the mind has taken it into account.
    public var souls: [SoulChange] = []
    /// Episodes that opened or closed, in their order; a closed one is among the memories, too.
    public var episodes: [EpisodeChange] = []
    /// Alerts that fire no longer without a decision, since their entity was forgotten.
    public var alertsDropped = 0
    /// Rules that could not be judged; each rule is told of once, in `rejections`.
    public var ruleFailures = 0
    /// No route wanted the message.
    public var isUnrouted = false
    /// Minutes that are over, of the entities that they were closed for, in that order.
    public var rollUps: [RollUp] = []

    public init(
        isRecorded: Bool = true, decisions: [Decision] = [], publications: [Publication] = [],
        rejections: [Rejection] = []
    ) {
        self.isRecorded = isRecorded
        self.decisions = decisions
        self.publications = publications
        self.rejections = rejections
    }
}
