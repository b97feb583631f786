import Core

/// An episode as it lies in the store.
public struct StoredEpisode: Equatable, Sendable {
    /// Rising in the order of opening, never reused.
    public var id: Int64
    public var entity: String
    /// The decision that opened it.
    public var decisionID: String
    public var eventSequence: EventSequence
    public var openedAt: Timestamp
    public var runUpFrom: Timestamp
    public var followUp: Duration
    /// When the last alert of it ceased; nil while it is open.
    public var endedAt: Timestamp?
    /// nil while it is open.
    public var closedAt: Timestamp?
    public var severity: String
    /// JSON, as `Episode.triggersJSON` writes it; of an open episode only the first trigger.
    public var triggers: [UInt8]
    public var furtherTriggers: Int
    /// JSON, as `Episode.changesJSON` writes it.
    public var changes: [UInt8]
    /// Empty while it is open.
    public var summary: String
    /// Events of it that retention has kept, and that it left out.
    public var events: Int
    public var leftOut: Int

    /// The times whose events belong to it. The middle of a long one is left to the log.
    public var windows: [ClosedRange<Timestamp>] {
        var windows = [runUpFrom...(openedAt + followUp)]
        if let endedAt { windows.append(max(endedAt, openedAt)...(endedAt + followUp)) }
        return windows
    }
}

/// A message that belongs to an episode.
public struct EpisodeEvent: Equatable, Sendable {
    public var sequence: EventSequence
    public var at: Timestamp
    public var topic: String
    public var payload: [UInt8]
}

/// Messages of an episode that were read together, in their order.
public struct EpisodeMessages: Sendable {
    public private(set) var events: [EpisodeEvent] = []
    /// The event behind which the next page begins; nil where there is none.
    public private(set) var next: EventSequence?
    /// The last event that was looked at.
    private(set) var last: EventSequence
    private let limit: Int
    private let bytesMax: Int
    private var bytes = 0

    init(last: EventSequence, limit: Int, bytesMax: Int) {
        self.last = last
        self.limit = limit
        self.bytesMax = bytesMax
    }

    /// - Returns: false where it is full, and the message is of the next page.
    mutating func add(_ event: EpisodeEvent) -> Bool {
        guard events.count < limit, bytes < bytesMax else { return end() }
        events.append(event)
        bytes += event.topic.utf8.count + event.payload.count
        return pass(event.sequence)
    }

    /// An event was looked at.
    /// - Returns: true, to go on.
    mutating func pass(_ sequence: EventSequence) -> Bool {
        last = sequence
        return true
    }

    /// What comes is of the next page.
    /// - Returns: false, to stop.
    mutating func end() -> Bool {
        next = last
        return false
    }
}

/// Which episodes to find, the newest first; all conditions must hold.
public struct EpisodeQuery: Equatable, Sendable {
    public var entity: String?
    /// Open at that time or later.
    public var since: Timestamp?
    /// Opened before then.
    public var until: Timestamp?
    /// Only those that are open.
    public var isOpen = false
    /// 1...
    public var limit: Int
    /// Only those with lower numbers: the next page.
    public var before: Int64?

    public init(
        entity: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
        isOpen: Bool = false, limit: Int = 20, before: Int64? = nil
    ) {
        self.entity = entity
        self.since = since
        self.until = until
        self.isOpen = isOpen
        self.limit = limit
        self.before = before
    }
}
