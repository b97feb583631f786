/// The place of an event in the log: dense, from 1, never reused.
public typealias EventSequence = Int64

/// Anything that can change the agent's judgement, in the order of the log.
public struct Event: Equatable, Sendable {
    public var sequence: EventSequence
    /// Never decreases within a log.
    public var at: Timestamp
    public var body: Body

    public enum Body: Equatable, Sendable {
        /// A device, or a person, published something.
        case message(Message)
        /// A rule set took effect. The files are in the store under their digest.
        case ruleset(digest: String)
        /// A person on the agent's machine asked for something.
        case control(ControlRequest)
        /// Time passed and a timer of the mind fell due before the next message came.
        case tick
    }

    public init(sequence: EventSequence, at: Timestamp, body: Body) {
        self.sequence = sequence
        self.at = at
        self.body = body
    }
}
