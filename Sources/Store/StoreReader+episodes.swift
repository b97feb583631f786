import Core
import GRDB

extension StoreReader {
    static let episodeColumns = """
        id, entity, decision_id, event_seq, opened_at, run_up_from, follow_up, ended_at, closed_at,
        severity, triggers, further_triggers, changes, summary, events, left_out
        """

    /// Finds episodes, the newest first.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func episodes(_ query: EpisodeQuery = EpisodeQuery()) throws(ReadError)
        -> [StoredEpisode]
    {
        // One that is being forgotten is emptied before it is deleted.
        var conditions = ["typeof(entity) = 'text'"]
        var arguments = StatementArguments()
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("entity = ?", query.entity)
        add("(closed_at IS NULL OR closed_at >= ?)", query.since?.microseconds)
        add("opened_at < ?", query.until?.microseconds)
        add("id < ?", query.before)
        if query.isOpen { conditions.append("closed_at IS NULL") }
        arguments += [query.limit]
        let sql = """
            SELECT \(Self.episodeColumns) FROM episode
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY id DESC LIMIT ?
            """
        return try read { database in
            try Row.fetchAll(database, sql: sql, arguments: arguments).map(Self.episode)
        }
    }

    /// One episode; nil when there is none of this number.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func episode(_ id: Int64) throws(ReadError) -> StoredEpisode? {
        let sql = """
            SELECT \(Self.episodeColumns) FROM episode WHERE id = ? AND typeof(entity) = 'text'
            """
        return try read { database in
            try Row.fetchOne(database, sql: sql, arguments: [id]).map(Self.episode)
        }
    }

    /// The messages that belong to an episode, in order: those that were kept, and those that the
    /// log still has.
    ///
    /// A page may have fewer messages than were asked for, or none, and another one behind it.
    /// - Parameters:
    ///   - last: Only those behind this event: where the page before ended.
    ///   - limit: Of them together, 1...
    ///   - most: Events of the log that are looked at, 1...
    ///   - bytesMax: Of topics and payloads; the message that passes it is the last.
    ///   - entities: Those that a topic is about.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func events(
        of episode: StoredEpisode, after last: EventSequence = 0, limit: Int,
        looking most: Int = .max, bytesMax: Int = .max, _ entities: (String) -> [String]
    ) throws(ReadError) -> EpisodeMessages {
        var page = EpisodeMessages(last: last, limit: limit, bytesMax: bytesMax)
        // Nothing has a higher number.
        guard last < .max else { return page }
        for event in try keptEvents(of: episode, after: last, limit: limit + 1) {
            guard page.add(event) else { return page }
        }
        var looked = 0
        for window in episode.windows where page.next == nil {
            guard let first = try firstEvent(at: window.lowerBound) else { break }
            try forEachEvent(from: max(first, page.last + 1)) { event in
                guard event.at <= window.upperBound else { return false }
                guard looked < most else { return page.end() }
                looked += 1
                guard case .message(let message) = event.body,
                    entities(message.topic).contains(where: {
                        $0.hasSameBytes(as: episode.entity)
                    })
                else { return page.pass(event.sequence) }
                return page.add(
                    EpisodeEvent(
                        sequence: event.sequence, at: event.at, topic: message.topic,
                        payload: message.payload))
            }
        }
        return page
    }

    private func keptEvents(
        of episode: StoredEpisode, after last: EventSequence, limit: Int
    ) throws(ReadError) -> [EpisodeEvent] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT seq, at, topic, payload FROM episode_event
                    WHERE episode = ? AND seq > ? AND typeof(entity) = 'text'
                    ORDER BY seq LIMIT ?
                    """,
                arguments: [episode.id, last, limit]
            ).map(Self.kept)
        }
    }

    private static func kept(_ row: Row) throws(ReadError) -> EpisodeEvent {
        EpisodeEvent(
            sequence: try row.integer(0), at: Timestamp(microseconds: try row.integer(1)),
            topic: try row.text(2), payload: try row.bytes(3))
    }

    static func episode(_ row: Row) throws(ReadError) -> StoredEpisode {
        func time(_ column: Int) throws(ReadError) -> Timestamp {
            Timestamp(microseconds: try row.integer(column))
        }
        return StoredEpisode(
            id: try row.integer(0), entity: try row.text(1), decisionID: try row.text(2),
            eventSequence: try row.integer(3), openedAt: try time(4), runUpFrom: try time(5),
            followUp: .microseconds(try row.integer(6)),
            endedAt: row.isNull(7) ? nil : try time(7), closedAt: row.isNull(8) ? nil : try time(8),
            severity: try row.text(9), triggers: try row.bytes(10),
            furtherTriggers: Int(try row.integer(11)), changes: try row.bytes(12),
            summary: try row.text(13), events: Int(try row.integer(14)),
            leftOut: Int(try row.integer(15)))
    }
}
