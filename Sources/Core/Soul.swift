/// What a rule, a verdict or a person can feel about an entity: evidence for or against its trust.
public enum Emotion: String, CaseIterable, Equatable, Sendable {
    case love, joy, neutral, sadness, anger

    /// How much of one unit of evidence is for the entity; the rest is against it.
    public var evidence: Double {
        switch self {
        case .love: 1
        case .joy: 0.8
        case .neutral: 0.5
        case .sadness: 0.2
        case .anger: 0.1
        }
    }
}

/// An emotion that was recorded about an entity.
public struct Feeling: Equatable, Sendable {
    public var entity: String
    public var emotion: Emotion
    public var at: Timestamp
    /// The rule that felt it.
    public var rule: String

    public init(entity: String, emotion: Emotion, at: Timestamp, rule: String) {
        self.entity = entity
        self.emotion = emotion
        self.at = at
        self.rule = rule
    }
}

/// Something to be remembered beyond the working memory.
public struct Memory: Equatable, Sendable {
    /// Where rules and people can put a memory; working and short-term memory fill by themselves.
    public enum Layer: String, CaseIterable, Equatable, Sendable {
        case episodic, semantic
        case longTerm = "long-term"
    }

    public var layer: Layer
    public var entity: String
    public var at: Timestamp
    public var content: String
    public var tags: [String]
    /// The rule that remembers it, and the decision that it did so with; empty for what was told.
    public var rule: String
    public var decisionID: String
    /// The event that it was made with.
    public var eventSequence: EventSequence
    /// Who told it, by their own account; empty for what a rule remembers.
    public var author: String

    public init(
        layer: Layer, entity: String, at: Timestamp, content: String, tags: [String],
        rule: String, decisionID: String, eventSequence: EventSequence, author: String = ""
    ) {
        self.layer = layer
        self.entity = entity
        self.at = at
        self.content = content
        self.tags = tags
        self.rule = rule
        self.decisionID = decisionID
        self.eventSequence = eventSequence
        self.author = author
    }
}
