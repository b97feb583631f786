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
    /// 0...1: what comes of an alert is the more important the worse that is.
    public var importance: Double

    public init(
        layer: Layer, entity: String, at: Timestamp, content: String, tags: [String],
        rule: String, decisionID: String, eventSequence: EventSequence, author: String = "",
        importance: Double = 0.5
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
        self.importance = importance
    }
}
