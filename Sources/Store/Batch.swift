import Core

/// A row number of the outbox: rising, never reused.
public typealias OutboxID = Int64

/// What one burst leaves behind: one transaction.
public struct Batch: Sendable {
    /// In the order of the log, the sequences dense and following the log's last.
    public var events: [Event] = []
    public var decisions: [Decision] = []
    /// In the order in which they were made, their times never decreasing.
    public var memories: [Memory] = []
    /// What is done with memories that are there, in this order and after those above are.
    public var changes: [MemoryChange] = []
    /// In the order in which they opened and closed.
    public var episodes: [EpisodeChange] = []
    /// Publications for the outbox, in the order they shall be sent.
    public var publications: [Publication] = []
    /// Outbox rows that the broker confirmed, or that can never be sent.
    public var confirmed: [OutboxID] = []
    /// A rule set that takes effect with an event of this batch.
    public var ruleset: StoredRuleset?
    public var checkpoint: StoredCheckpoint?
    /// The last event whose PUBACK is known to have reached the broker (decision 0002).
    public var acknowledgedThrough: EventSequence?
    /// What becomes of souls, in order.
    public var souls: [SoulChange] = []
    /// Minutes that are over, in the order in which they were closed.
    public var rollUps: [RollUp] = []
    /// An entity to be forgotten, as the last event of this batch asks: `forgetStep` does it.
    public var forget: String?
    /// How the rule set of this batch came to take effect.
    public var activation: RuleActivation?
    /// On what rules in shadow differ.
    public var differences: [ShadowDifference] = []

    public init() {}

    /// One event with all that follows from it.
    public init(_ event: Event, _ outcome: Outcome) {
        events = [event]
        decisions = outcome.decisions
        memories = outcome.memories
        changes = outcome.changes
        episodes = outcome.episodes
        publications = outcome.publications
        souls = outcome.souls
        rollUps = outcome.rollUps
    }

    public var isEmpty: Bool {
        events.isEmpty && decisions.isEmpty && memories.isEmpty && changes.isEmpty
            && episodes.isEmpty && publications.isEmpty
            && confirmed.isEmpty && ruleset == nil && checkpoint == nil
            && acknowledgedThrough == nil && souls.isEmpty && rollUps.isEmpty && forget == nil
            && activation == nil && differences.isEmpty
    }
}

/// The mind after an event, encoded by the mind itself.
public struct StoredCheckpoint: Equatable, Sendable {
    public var sequence: EventSequence
    public var at: Timestamp
    public var bytes: [UInt8]

    public init(sequence: EventSequence, at: Timestamp, bytes: [UInt8]) {
        self.sequence = sequence
        self.at = at
        self.bytes = bytes
    }
}

/// A rule set as it was activated, whole.
public struct StoredRuleset: Equatable, Sendable {
    public struct File: Equatable, Sendable {
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    public var digest: String
    public var activatedAt: Timestamp
    public var files: [File]
    /// What its `soul` section says: whoever reads the store works out by it what is left of a
    /// soul. It is written with the activation and not read back.
    public var soulHalfLife: Duration

    /// Of the texts of its files.
    var bytes: Int { files.reduce(0) { $0 + $1.text.utf8.count } }

    public init(
        digest: String, activatedAt: Timestamp, files: [File],
        soulHalfLife: Duration = Soul.halfLifeDefault
    ) {
        self.digest = digest
        self.activatedAt = activatedAt
        self.files = files
        self.soulHalfLife = soulHalfLife
    }
}
