import Core

/// A recorded QoS 1 message whose PUBACK may not have reached the broker.
public struct TailEntry: Equatable, Sendable {
    public var sequence: EventSequence
    public var packetID: UInt16
    public var topic: String
    public var payload: [UInt8]

    public init(sequence: EventSequence, packetID: UInt16, topic: String, payload: [UInt8]) {
        self.sequence = sequence
        self.packetID = packetID
        self.topic = topic
        self.payload = payload
    }
}

/// A publication that waits in the outbox.
public struct OutboxRow: Equatable, Sendable {
    public var id: OutboxID
    public var publication: Publication

    public init(id: OutboxID, publication: Publication) {
        self.id = id
        self.publication = publication
    }
}

// What a start needs. Each reads what is committed. A callback may read, too, but not commit.
extension StoreWriter {
    /// Folds the events after a sequence, in order, one in memory at a time.
    /// - Throws: `.corrupt`, also where events are missing in between: restore a backup.
    public func forEachEvent(
        after sequence: EventSequence, _ body: (Event) -> Void
    ) throws(ReadError) {
        let row: Statement
        do throws(SQLiteFailure) {
            row = try connection.prepare(EventRow.select + " WHERE e.seq > ? ORDER BY e.seq")
        } catch { throw ReadError(error) }
        row.bind(sequence, at: 1)
        var expected = sequence + 1
        while try reading({ () throws(SQLiteFailure) in try row.step() }) {
            let event = try EventRow(row).event()
            guard event.sequence == expected else {
                throw .corrupt("the log goes from \(expected - 1) to \(event.sequence)")
            }
            expected += 1
            body(event)
        }
    }

    /// The oldest event that is still kept; nil where there is none.
    public func firstSequence() throws(ReadError) -> EventSequence? {
        try reading { () throws(SQLiteFailure) in
            try connection.integer("SELECT min(seq) FROM event")
        }
    }

    /// Messages that the broker may send again: recorded at QoS 1 after `acknowledgedThrough`.
    ///
    /// Ascending, from among the newest `limit` events of the log, and no more than
    /// `Limits.redeliveryBytesMax` bytes of payload: the newest.
    public func redeliveryTail(
        limit: Int = Limits.redeliveryWindowMax
    ) throws(ReadError) -> [TailEntry] {
        let first = max(acknowledgedThrough, (lastEvent?.sequence ?? 0) - Int64(limit))
        var tail: [TailEntry] = []
        var bytes = 0
        let row: Statement
        do throws(SQLiteFailure) {
            row = try connection.prepare(
                EventRow.select + """
                     WHERE e.seq > ? AND e.flags & \(EventFlags.messageMask) \
                    = \(EventFlags.messageAtQoS1) ORDER BY e.seq DESC
                    """)
        } catch { throw ReadError(error) }
        row.bind(first, at: 1)
        while try reading({ () throws(SQLiteFailure) in try row.step() }) {
            let event = try EventRow(row).event()
            guard case .message(let message) = event.body else { continue }
            bytes += message.payload.count
            if bytes > Limits.redeliveryBytesMax { break }
            tail.append(
                TailEntry(
                    sequence: event.sequence, packetID: message.packetID, topic: message.topic,
                    payload: message.payload))
        }
        return tail.reversed()
    }

    /// The next rows of the outbox, ascending.
    /// - Parameter limit: 1...; the rows are in memory together.
    public func outbox(after id: OutboxID, limit: Int) throws(ReadError) -> [OutboxRow] {
        let row: Statement
        do throws(SQLiteFailure) {
            row = try connection.prepare(
                """
                SELECT id, flags, topic, properties, payload FROM outbox
                WHERE id > ? ORDER BY id LIMIT ?
                """)
        } catch { throw ReadError(error) }
        row.bind(id, at: 1)
        row.bind(Int64(limit), at: 2)
        var found: [OutboxRow] = []
        while try reading({ () throws(SQLiteFailure) in try row.step() }) {
            found.append(try outboxRow(row))
        }
        return found
    }

    private func outboxRow(_ row: Statement) throws(ReadError) -> OutboxRow {
        let id = row.integer(0)
        let properties = row.isNull(3) ? nil : PropertiesCoding.decode(row.bytes(3))
        guard let flags = EventFlags(rawValue: row.integer(1)), row.isNull(3) || properties != nil
        else { throw .corrupt("row \(id) of the outbox cannot be read") }
        return OutboxRow(
            id: id,
            publication: Publication(
                topic: row.text(2), payload: row.bytes(4), qos: flags.qos, retain: flags.retain,
                properties: properties))
    }

    // MARK: Rule sets

    /// A rule set that was once in effect; nil when the store does not have it.
    public func ruleset(digest: String) throws(ReadError) -> StoredRuleset? {
        try reading { () throws(SQLiteFailure) in
            let row = try connection.prepare(
                "SELECT digest, activated_at FROM ruleset WHERE digest = ?")
            try row.bind(digest, at: 1)
            return try ruleset(row)
        }
    }

    /// The rule set that took effect last; nil before any.
    public func latestRuleset() throws(ReadError) -> StoredRuleset? {
        try reading { () throws(SQLiteFailure) in
            try ruleset(
                connection.prepare(
                    "SELECT digest, activated_at FROM ruleset ORDER BY id DESC LIMIT 1"))
        }
    }

    /// The digests of all rule sets that the store has.
    public func rulesetDigests() throws(ReadError) -> [String] {
        try reading { () throws(SQLiteFailure) in
            let row = try connection.prepare("SELECT digest FROM ruleset ORDER BY id")
            var digests: [String] = []
            while try row.step() { digests.append(row.text(0)) }
            return digests
        }
    }

    /// The topic before the agent's own, as the agent last had it; nil where none ever wrote it.
    public func root() throws(ReadError) -> String? {
        try reading { () throws(SQLiteFailure) in
            try connection.text("SELECT value FROM meta WHERE key = 'root'")
        }
    }

    private func ruleset(_ row: Statement) throws(SQLiteFailure) -> StoredRuleset? {
        guard try row.step() else { return nil }
        defer { row.reset() }
        var ruleset = StoredRuleset(
            digest: row.text(0), activatedAt: Timestamp(microseconds: row.integer(1)), files: [])
        let file = try connection.prepare(
            "SELECT name, text FROM ruleset_file WHERE digest = ? ORDER BY position")
        try file.bind(ruleset.digest, at: 1)
        while try file.step() {
            ruleset.files.append(.init(name: file.text(0), text: file.text(1)))
        }
        return ruleset
    }

    func reading<Result>(
        _ body: () throws(SQLiteFailure) -> Result
    ) throws(ReadError) -> Result {
        do throws(SQLiteFailure) { return try body() } catch { throw ReadError(error) }
    }
}
