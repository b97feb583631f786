import Core
import GRDB

// What only an export of everything about an entity asks for; what other commands show, their
// readers find (decision 0020). Each call looks at so many rows at one moment of the store, and
// says where the next one begins: a large export does not hold back the daemon's write-ahead log.
//
// A body that says false ends the call; what is said of how far it came is then of no use.
extension StoreReader {
    /// The decisions about an entity in the order of deciding, from a row on.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachDecision(
        of entity: String, from row: Int64, looking most: Int, _ body: (StoredDecision) -> Bool
    ) throws(ReadError) -> ExportLook {
        // One that is being forgotten is emptied before it is deleted.
        let sql = """
            SELECT decision.row, id, kind, at, event_seq, route, decision.entity, positive, json
            FROM decision_entity CROSS JOIN decision USING (row)
            WHERE decision_entity.row BETWEEN ? AND ? AND decision_entity.entity = ?
                AND typeof(decision.entity) = 'text'
            ORDER BY decision_entity.row
            """
        return try read { database in
            let look = try Self.look(
                at: "decision_entity", by: "row", from: row, most: most, in: database)
            try ReaderRow.forEach(of: sql, [row, look.end, entity], in: database) { row in
                body(try Self.decision(row))
            }
            return look
        }
    }

    /// An entity's own memories, oldest first, from a number on.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachMemory(
        of entity: String, from id: MemoryID, looking most: Int, _ body: (StoredMemory) -> Bool
    ) throws(ReadError) -> ExportLook {
        // The index has them in the order of their numbers, and nobody else's.
        let sql = """
            SELECT rowid FROM memory_index WHERE memory_index MATCH ? AND rowid >= ?
            ORDER BY rowid LIMIT ?
            """
        let match = RecallExpression(MemoryQuery(entity: entity)).text
        return try read { database in
            let ids = try Int64.fetchAll(database, sql: sql, arguments: [match, id, most])
            for id in ids {
                guard let stored = try Self.memory(id, in: database) else { continue }
                guard body(stored) else { break }
            }
            return Self.look(at: ids, most: most)
        }
    }

    /// The memories that are linked to an entity, oldest first, from a number on, each with the
    /// further entities that it is about.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachLinkedMemory(
        to entity: String, from id: MemoryID, looking most: Int,
        _ body: (StoredMemory, _ links: [String]) -> Bool
    ) throws(ReadError) -> ExportLook {
        let sql = """
            SELECT memory FROM memory_link WHERE memory >= ? AND entity = ? ORDER BY memory LIMIT ?
            """
        return try read { database in
            let ids = try Int64.fetchAll(database, sql: sql, arguments: [id, entity, most])
            for id in ids {
                guard let stored = try Self.memory(id, in: database) else { continue }
                guard body(stored, try Self.links(of: id, in: database)) else { break }
            }
            return Self.look(at: ids, most: most)
        }
    }

    /// The episodes of an entity, oldest first, from a number on.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachEpisode(
        of entity: String, from id: Int64, looking most: Int, _ body: (StoredEpisode) -> Bool
    ) throws(ReadError) -> ExportLook {
        let sql = """
            SELECT \(Self.episodeColumns) FROM episode
            WHERE id BETWEEN ? AND ? AND entity = ? ORDER BY id
            """
        return try read { database in
            let look = try Self.look(at: "episode", by: "id", from: id, most: most, in: database)
            let rows = try Row.fetchCursor(
                database, sql: sql, arguments: [id, look.end, entity])
            while let row = try rows.next(), body(try Self.episode(row)) {}
            return look
        }
    }

    /// The messages of an entity that were kept with its episodes when they left the log, with the
    /// numbers of these, in the order of keeping, from a row on.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachKeptEvent(
        of entity: String, from row: Int64, looking most: Int,
        _ body: (_ row: Int64, _ episode: Int64, EpisodeEvent) -> Bool
    ) throws(ReadError) -> ExportLook {
        let sql = """
            SELECT rowid, episode, seq, at, topic, payload FROM episode_event
            WHERE rowid BETWEEN ? AND ? AND entity = ? ORDER BY rowid
            """
        return try read { database in
            let look = try Self.look(
                at: "episode_event", by: "rowid", from: row, most: most, in: database)
            try ReaderRow.forEach(of: sql, [row, look.end, entity], in: database) { row in
                let event = EpisodeEvent(
                    sequence: try row.integer(2), at: Timestamp(microseconds: try row.integer(3)),
                    topic: try row.text(4), payload: try row.bytes(5))
                return body(try row.integer(0), try row.integer(1), event)
            }
            return look
        }
    }

    /// On what rules in shadow differ about an entity, oldest first: by time, of one time by
    /// number, each as it was published.
    ///
    /// Those of all entities are looked through: `Limits.shadowDifferencesMax` of each kind.
    /// - Parameter place: Only those behind this one; nil for all.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachShadowDifference(
        of entity: String, behind place: (at: Int64, id: Int64)?, limit: Int,
        _ body: (_ at: Int64, _ id: Int64, _ json: [UInt8]) -> Bool
    ) throws(ReadError) {
        let sql = """
            SELECT at, id, json FROM shadow_difference
            WHERE entity = ? AND (at, id) > (?, ?) ORDER BY at, id LIMIT ?
            """
        let place = place ?? (at: Int64.min, id: Int64.min)
        try read { database in
            try ReaderRow.forEach(
                of: sql, [entity, place.at, place.id, limit], in: database
            ) { row in
                body(try row.integer(0), try row.integer(1), try row.bytes(2))
            }
        }
    }

    // MARK: Roll-ups

    /// The minutes of an entity in the order in which they were closed, also those that no hour
    /// tells of any more, from a row on.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachMinute(
        of entity: String, from row: Int64, looking most: Int,
        _ body: (_ row: Int64, RollUp) -> Bool
    ) throws(ReadError) -> ExportLook {
        let sql = """
            SELECT row, period, age, route, fields FROM rollup_minute
            WHERE row BETWEEN ? AND ? AND entity = ? ORDER BY row
            """
        return try read { database in
            let look = try Self.look(
                at: "rollup_minute", by: "row", from: row, most: most, in: database)
            try ReaderRow.forEach(of: sql, [row, look.end, entity], in: database) { row in
                guard let fields = RollUpCoding.decode(try row.bytes(4)) else {
                    throw ReadError.corrupt("a roll-up of '\(entity)' cannot be read")
                }
                let period = try row.integer(1)
                return body(
                    try row.integer(0),
                    RollUp(
                        entity: entity, route: try row.text(3), period: period,
                        closed: period + (try row.integer(2)), fields: fields))
            }
            return look
        }
    }

    /// The first and the last hour or day of all entities, with those of minutes that are in no
    /// hour yet; nil where there is none, and of minutes.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func rollUpPeriods(by resolution: Resolution) throws(ReadError) -> ClosedRange<Int64>? {
        guard let table = resolution.consolidatedTable else { return nil }
        let sql = """
            SELECT (SELECT min(period) FROM \(table)), (SELECT max(period) FROM \(table)),
                waiting.low, waiting.high
            FROM (SELECT min(period) AS low, max(period) AS high FROM rollup_minute
                WHERE row > (SELECT value FROM meta WHERE key = 'rollup_through')) waiting
            """
        return try read { database in
            guard let row = try Row.fetchOne(database, sql: sql) else { return nil }
            var periods: [Int64] = []
            for column in 0..<4 where !row.isNull(column) {
                let period = try row.integer(column)
                periods.append(column < 2 ? period : period.floored(by: resolution.minutes))
            }
            guard let first = periods.min(), let last = periods.max() else { return nil }
            return first...last
        }
    }

    // MARK: Looks

    /// The rows of a table that one look takes, whomever they are about: where no index leads to
    /// those of an entity.
    private static func look(
        at table: String, by number: String, from first: Int64, most: Int, in database: Database
    ) throws -> ExportLook {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT count(*), max(number) FROM (SELECT \(number) AS number FROM \(table)
                    WHERE \(number) >= ? ORDER BY \(number) LIMIT ?)
                """, arguments: [first, most])
        guard let row else { return ExportLook(looked: 0) }
        let count = Int(try row.integer(0))
        return ExportLook(looked: count, last: count < most ? nil : try row.integer(1))
    }

    /// Numbers that were looked up, of which there may be more.
    private static func look(at ids: [Int64], most: Int) -> ExportLook {
        ExportLook(looked: ids.count, last: ids.count < most ? nil : ids.last)
    }
}

extension ExportLook {
    /// The number of the last row of all that it takes.
    fileprivate var end: Int64 { last ?? .max }
}

extension Resolution {
    /// Of hours and days, which minutes are consolidated into.
    fileprivate var consolidatedTable: String? {
        switch self {
        case .minute: nil
        case .hour: "rollup_hour"
        case .day: "rollup_day"
        }
    }
}
