import Core
import GRDB

// What a replay reads, each at a moment of its own, so that the writer is never held back.
extension StoreReader {
    /// The log itself: what is fixed of it, and how far it reaches.
    public struct LogRange: Equatable, Sendable {
        public var logID: String
        /// The topic below which the agent answers; nil where none ever wrote it.
        public var root: String?
        /// The oldest and newest event kept; nil when none is.
        public var first: LogPosition?
        public var last: LogPosition?
    }

    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func logRange() throws(ReadError) -> LogRange {
        try read { database in
            func meta(_ key: String) throws -> String? {
                try String.fetchOne(
                    database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
            }
            func position(_ order: String) throws -> LogPosition? {
                try Row.fetchOne(
                    database, sql: "SELECT seq, at FROM event ORDER BY seq \(order) LIMIT 1"
                ).map(Self.position)
            }
            return LogRange(
                logID: try meta("log_id") ?? "", root: try meta("root"),
                first: try position("ASC"), last: try position("DESC"))
        }
    }

    /// When an event was; nil where it is not kept.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func position(of sequence: EventSequence) throws(ReadError) -> LogPosition? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT seq, at FROM event WHERE seq = ?", arguments: [sequence]
            ).map(Self.position)
        }
    }

    private static func position(_ row: Row) throws(ReadError) -> LogPosition {
        LogPosition(
            sequence: try row.integer(0), at: Timestamp(microseconds: try row.integer(1)))
    }

    /// The checkpoints of the mind along the log, ascending.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func checkpointPlaces() throws(ReadError) -> [CheckpointPlace] {
        let sql = """
            SELECT c.seq, c.at, c.id, sum(length(p.bytes)),
                (SELECT substr(bytes, 1, \(Limits.checkpointHeadBytes)) FROM checkpoint_part
                    WHERE checkpoint = c.id AND part = 0)
            FROM checkpoint c JOIN checkpoint_part p ON p.checkpoint = c.id
            GROUP BY c.id HAVING count(*) = c.parts ORDER BY c.seq
            """
        return try read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                CheckpointPlace(
                    sequence: try row.integer(0), at: Timestamp(microseconds: try row.integer(1)),
                    bytes: try row.integer(3), head: try row.bytes(4), id: try row.integer(2))
            }
        }
    }

    /// The whole of a checkpoint; nil where it has been thinned out meanwhile.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func checkpoint(at place: CheckpointPlace) throws(ReadError) -> StoredCheckpoint? {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT bytes FROM checkpoint_part WHERE checkpoint IN
                        (SELECT id FROM checkpoint WHERE id = ? AND seq = ?) ORDER BY part
                    """, arguments: [place.id, place.sequence])
            var checkpoint = StoredCheckpoint(sequence: place.sequence, at: place.at, bytes: [])
            while let row = try rows.next() { checkpoint.bytes += try row.bytes(0) }
            return Int64(checkpoint.bytes.count) == place.bytes ? checkpoint : nil
        }
    }

    /// Decisions of these events in the order of deciding, so many as are read in one transaction.
    ///
    /// - Parameter row: of the last one that was read; nil begins.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func decisions(
        of events: ClosedRange<EventSequence>, after row: Int64? = nil
    ) throws(ReadError) -> [StoredDecision] {
        let sql = """
            SELECT row, id, kind, at, event_seq, route, entity, positive, json FROM decision
            WHERE row > ? AND typeof(entity) = 'text' ORDER BY row LIMIT ?
            """
        return try read { database in
            let after = try row ?? Self.lastRow(before: events.lowerBound, database)
            var decisions: [StoredDecision] = []
            try ReaderRow.forEach(
                of: sql, [after, Limits.replayDecisionRows], in: database
            ) { row in
                let decision = try Self.decision(row)
                if events.contains(decision.decision.eventSequence) { decisions.append(decision) }
                return true
            }
            return decisions
        }
    }

    /// The last row that belongs to an earlier event; found by halving, since rows rise with the
    /// events that they belong to, and forgetting leaves gaps.
    private static func lastRow(before event: EventSequence, _ database: Database) throws -> Int64 {
        let bounds = try Row.fetchOne(
            database, sql: "SELECT (SELECT min(row) FROM decision), (SELECT max(row) FROM decision)"
        )
        guard let bounds, !bounds.isNull(0) else { return 0 }
        var (low, high) = (try bounds.integer(0), try bounds.integer(1) + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let found = try Int64.fetchOne(
                database, sql: "SELECT event_seq FROM decision WHERE row >= ? ORDER BY row LIMIT 1",
                arguments: [middle])
            if let found, found < event { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}
