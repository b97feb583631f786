import Core
import Store

/// Which events of the log are wanted, the oldest first; all conditions must hold.
public struct LogList: Sendable {
    /// From this event on.
    public var first: EventSequence
    /// Up to this one.
    public var last: EventSequence
    /// From then on.
    public var since: Timestamp?
    /// Before then.
    public var until: Timestamp?
    /// Messages on these topics, and nothing else.
    public var filter: TopicFilter?
    /// Of a page: 1...; they are in memory together.
    public var limit: Int

    public init(
        from first: EventSequence = 1, through last: EventSequence = .max,
        since: Timestamp? = nil, until: Timestamp? = nil, filter: TopicFilter? = nil,
        limit: Int = 50
    ) {
        self.first = first
        self.last = last
        self.since = since
        self.until = until
        self.filter = filter
        self.limit = limit
    }

    /// Hands over the events of the wanted numbers and time, in order, until the body says false.
    ///
    /// However many they are, few are in memory at a time (`StoreReader.forEachEvent`).
    /// - Parameter body: Gets each, and whether its topic is wanted, too.
    /// - Throws: `.busy`, `.io`, `.corrupt`: those before it were handed over.
    public func forEachEvent(
        of reader: StoreReader, _ body: (_ event: Event, _ isWanted: Bool) -> Bool
    ) throws(ReadError) {
        var first = first
        if let since {
            guard let sequence = try reader.firstEvent(at: since) else { return }
            first = max(first, sequence)
        }
        try reader.forEachEvent(from: first, through: last) { event in
            if let until, event.at >= until { return false }
            return body(event, matches(event))
        }
    }

    private func matches(_ event: Event) -> Bool {
        guard let filter else { return true }
        guard case .message(let message) = event.body else { return false }
        return filter.matches(message.topic)
    }
}

/// Events of the log that were read together, as `jameyctl log export` writes them.
public struct LogPage: Sendable {
    /// JSON each, the oldest first.
    public private(set) var events: [[UInt8]] = []
    /// The event behind which the next page begins; nil where there is none.
    public private(set) var next: EventSequence?

    /// A page may have fewer events than were asked for, or none, and another one behind it.
    /// - Parameter most: Events that are looked at for it, 1...; it also ends behind
    ///   `Limits.apiListBytesMax`.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public init(
        _ list: LogList, of reader: StoreReader, looking most: Int = Limits.decisionsLooked
    ) throws(ReadError) {
        var (events, next): ([[UInt8]], EventSequence?) = ([], nil)
        var (looked, bytes) = (0, 0)
        // The event that was looked at last; there is one before any page ends.
        var last: EventSequence = 0
        try list.forEachEvent(of: reader) { event, isWanted in
            let isFull = events.count == list.limit || bytes >= Limits.apiListBytesMax
            if looked == most || (isWanted && isFull) {
                next = last
                return false
            }
            looked += 1
            last = event.sequence
            guard isWanted else { return true }
            let json = event.json
            bytes += json.count
            events.append(json)
            return true
        }
        (self.events, self.next) = (events, next)
    }
}
