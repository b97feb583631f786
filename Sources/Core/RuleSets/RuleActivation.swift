/// That a rule set took effect: which, when, by whom and why (decision 0023).
public struct RuleActivation: Equatable, Sendable {
    /// What brought it about.
    public enum How: String, Equatable, Sendable, CaseIterable {
        /// The agent started and found other files than before.
        case start
        /// SIGHUP, or a person who asked for it.
        case reload
        /// A set that was in force before.
        case rollback
        /// The set that ran in shadow.
        case promote
    }

    /// The event that it is in the log; nil of one that an older version wrote.
    public var eventSequence: EventSequence?
    public var at: Timestamp
    public var digest: String
    /// nil of one that an older version wrote.
    public var how: How?
    /// Who, by their own account; `start` and `SIGHUP` where it was no person.
    public var author: String
    /// The account that the kernel has seen at the other end of the socket.
    public var userID: UInt32?
    /// Why; may be empty.
    public var message: String
    /// Of a set that is not the directory's: the digest of the files that lay there then. It is in
    /// force for as long as they stay the same.
    public var directory: String?

    public init(
        eventSequence: EventSequence?, at: Timestamp, digest: String, how: How?, author: String,
        userID: UInt32? = nil, message: String = "", directory: String? = nil
    ) {
        self.eventSequence = eventSequence
        self.at = at
        self.digest = digest
        self.how = how
        self.author = author
        self.userID = userID
        self.message = message
        self.directory = directory
    }
}

/// An activation as the store has it.
public struct StoredActivation: Equatable, Sendable {
    public var activation: RuleActivation
    /// Whether the files are still there, so that it can be compared and come into force again.
    public var isKept: Bool

    public init(_ activation: RuleActivation, isKept: Bool) {
        self.activation = activation
        self.isKept = isKept
    }
}
