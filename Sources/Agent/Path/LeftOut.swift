import Core
import Store

/// QoS 1 messages that a record policy kept out of the log, and whose PUBACK may have been lost.
///
/// The log does not know them, and yet each was judged: one that the broker repeats must not be
/// judged again after newer ones, or it would end what those began (decision 0009). They are held
/// in memory alone, each as a digest, and only until the broker has proved to know their PUBACKs.
struct LeftOut {
    struct Entry: Equatable {
        /// The last event of the log before it.
        var after: EventSequence
        var packetID: UInt16
        var digest: Int
    }

    /// What may be repeated, in the order of arrival; at most `Limits.redeliveryWindowMax`.
    private(set) var entries: [Entry] = []
    /// How many there ever were, of bursts that were acknowledged.
    private(set) var count = 0
    /// Of the burst that is being judged: nothing may be acknowledged yet.
    private var fresh: [Entry] = []

    /// Takes in a message that was judged and will not be recorded.
    mutating func add(_ message: Message, after sequence: EventSequence) {
        guard message.qos != .atMostOnce else { return }
        fresh.append(
            Entry(
                after: sequence, packetID: message.packetID, digest: Self.digest(of: message)))
    }

    /// Takes in a recorded message that is erased from the log, so that its repetition is known.
    mutating func insert(_ erased: TailEntry) {
        let message = Message(topic: erased.topic, payload: erased.payload)
        let entry = Entry(
            after: erased.sequence - 1, packetID: erased.packetID,
            digest: Self.digest(of: message))
        let place = entries.firstIndex { $0.after >= entry.after } ?? entries.count
        entries.insert(entry, at: place)
        count += 1
    }

    /// The burst was committed: its PUBACKs may leave.
    mutating func keep() {
        guard !fresh.isEmpty else { return }
        entries += fresh
        count += fresh.count
        fresh.removeAll(keepingCapacity: true)
        // In one go now and then: taking the first away moves all others.
        if entries.count >= 2 * Limits.redeliveryWindowMax {
            entries.removeFirst(entries.count - Limits.redeliveryWindowMax)
        }
    }

    /// The commit failed: the burst comes again, and is judged as if for the first time.
    mutating func rollBack() { fresh.removeAll(keepingCapacity: true) }

    /// The broker has the PUBACKs of the first so many.
    mutating func forget(through count: Int) {
        entries.removeFirst(max(0, entries.count - (self.count - count)))
    }

    /// The broker has forgotten the session, and repeats nothing.
    mutating func removeAll() { entries.removeAll() }

    /// Seeded anew in each process, so that nobody can make two messages alike.
    static func digest(of message: Message) -> Int {
        var hasher = Hasher()
        hasher.combine(message.topic.utf8.count)
        message.topic.utf8.span.withUnsafeBytes { hasher.combine(bytes: $0) }
        message.payload.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
