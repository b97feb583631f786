/// That the rules in shadow come to something else than those in force, about one event.
public struct ShadowDifference: Equatable, Sendable {
    /// In the order in which a person should look at them.
    public enum Kind: Int, Equatable, Sendable, CaseIterable {
        /// What is denied would be approved.
        case denyToAllow = 1
        case allowToDeny = 2
        /// Only one of both judges the proposal at all.
        case unjudged = 3
        /// An alert is raised in shadow only, or in force only.
        case alertNew = 4
        case alertMissing = 5
        /// The same verdict by another score, margin or threshold.
        case score = 6

        /// As messages, metrics and reports name it.
        public var name: String {
            switch self {
            case .denyToAllow: "deny_to_allow"
            case .allowToDeny: "allow_to_deny"
            case .unjudged: "unjudged"
            case .alertNew: "alert_new"
            case .alertMissing: "alert_missing"
            case .score: "score"
            }
        }
    }

    /// Where the rules in shadow come from.
    public enum Source: String, Equatable, Sendable, CaseIterable {
        /// Rules of the set in force whose mode is `shadow`.
        case rules
        /// The directory `rules.shadow`.
        case directory
    }

    public var kind: Kind
    public var source: Source
    public var at: Timestamp
    /// nil of an event that a record policy left out of the log.
    public var eventSequence: EventSequence?
    public var route: String
    public var entity: String
    /// What made it, the weightiest first; empty where it is the route itself.
    public var rules: [String]
    /// The digest of the set in force, and of that in shadow.
    public var active: String
    public var shadow: String
    /// Differences of this kind before it that were counted and not kept.
    public var omitted: Int
    /// As it is published on `conscience/shadow`.
    public var json: [UInt8]

    public init(
        kind: Kind, source: Source, at: Timestamp, eventSequence: EventSequence?, route: String,
        entity: String, rules: [String], active: String, shadow: String, omitted: Int = 0,
        json: [UInt8]
    ) {
        self.kind = kind
        self.source = source
        self.at = at
        self.eventSequence = eventSequence
        self.route = route
        self.entity = entity
        self.rules = rules
        self.active = active
        self.shadow = shadow
        self.omitted = omitted
        self.json = json
    }
}
