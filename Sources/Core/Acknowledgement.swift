/// That a person has seen an alert.
public struct Acknowledgement: Equatable, Sendable {
    /// The alert: the decision by which it began.
    public var decisionID: String
    public var rule: String
    public var entity: String
    public var at: Timestamp
    public var actor: Actor
    /// What they say to it, 0...`Limits.acknowledgementNoteBytesMax` bytes.
    public var note: String

    public init(
        decisionID: String, rule: String, entity: String, at: Timestamp, actor: Actor,
        note: String = ""
    ) {
        self.decisionID = decisionID
        self.rule = rule
        self.entity = entity
        self.at = at
        self.actor = actor
        self.note = note
    }

    /// Writes when, by whom and from where, as members; the alert is the caller's to tell.
    public func write(to json: inout JSONWriter) {
        json.member("at", at)
        json.member("by", actor.name)
        json.member("from", actor.address)
        json.member("note", ifPresent: note.isEmpty ? nil : note)
    }
}
