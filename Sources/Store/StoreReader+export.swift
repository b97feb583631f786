import Core
import GRDB

// What only an export of everything about an entity asks for; what other commands show, their
// readers find (decision 0020).
extension StoreReader {
    /// The memories that are linked to an entity, oldest first, each with the further entities that
    /// it is about; until the body says false.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachLinkedMemory(
        to entity: String, _ body: (StoredMemory, _ links: [String]) -> Bool
    ) throws(ReadError) {
        let sql = """
            SELECT memory FROM memory_link WHERE memory > ? AND entity = ? ORDER BY memory LIMIT ?
            """
        try forEachRow(of: entity, sql) { (row) throws(ReadError) in
            let id = try row.integer(0)
            // It may have been forgotten meanwhile.
            guard let stored = try memory(id) else { return true }
            return body(stored, try links(of: id))
        }
    }

    /// The messages of an entity that were kept with its episodes when they left the log, with the
    /// numbers of these, in the order of keeping; until the body says false.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachKeptEvent(
        of entity: String, _ body: (_ episode: Int64, EpisodeEvent) -> Bool
    ) throws(ReadError) {
        let sql = """
            SELECT rowid, episode, seq, at, topic, payload FROM episode_event
            WHERE rowid > ? AND entity = ? ORDER BY rowid LIMIT ?
            """
        try forEachRow(of: entity, sql) { (row) throws(ReadError) in
            let event = EpisodeEvent(
                sequence: try row.integer(2), at: Timestamp(microseconds: try row.integer(3)),
                topic: try row.text(4), payload: try row.bytes(5))
            return body(try row.integer(1), event)
        }
    }

    /// The roll-ups of an entity: hours and days in the order of their periods, as `rollUps` finds
    /// them; minutes in the order in which they were closed, also those that no hour tells of any
    /// more. Until the body says false.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachRollUp(
        of entity: String, by resolution: Resolution, _ body: (RollUp) -> Bool
    ) throws(ReadError) {
        guard let table = resolution.consolidatedTable else {
            return try forEachMinute(of: entity, body)
        }
        guard let periods = try periods(of: resolution, in: table) else { return }
        var first = periods.lowerBound
        while first <= periods.upperBound {
            let last = min(periods.upperBound, first + Limits.exportSlicePeriods - 1)
            let slice = try rollUps(
                RollUpQuery(entity: entity, resolution: resolution, first: first, last: last))
            for rollUp in slice { guard body(rollUp) else { return } }
            first = last + 1
        }
    }

    private func forEachMinute(
        of entity: String, _ body: (RollUp) -> Bool
    ) throws(ReadError) {
        let sql = """
            SELECT row, period, age, route, fields FROM rollup_minute
            WHERE row > ? AND entity = ? ORDER BY row LIMIT ?
            """
        try forEachRow(of: entity, sql) { (row) throws(ReadError) in
            guard let fields = RollUpCoding.decode(try row.bytes(4)) else {
                throw .corrupt("a roll-up of '\(entity)' cannot be read")
            }
            let period = try row.integer(1)
            return body(
                RollUp(
                    entity: entity, route: try row.text(3), period: period,
                    closed: period + (try row.integer(2)), fields: fields))
        }
    }

    /// The first and the last period of all entities, with those of minutes that are in no hour
    /// yet; nil where there is none.
    private func periods(
        of resolution: Resolution, in table: String
    ) throws(ReadError) -> ClosedRange<Int64>? {
        let waiting = """
            FROM rollup_minute
            WHERE row > (SELECT value FROM meta WHERE key = 'rollup_through')
            """
        let sql = """
            SELECT (SELECT min(period) FROM \(table)), (SELECT max(period) FROM \(table)),
                (SELECT min(period) \(waiting)), (SELECT max(period) \(waiting))
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

    /// Hands over rows in the order of the number that is their first column, some in each
    /// transaction: so a large export does not hold back the daemon's write-ahead log.
    /// - Parameter sql: with the number before the first, the entity, and how many.
    private func forEachRow(
        of entity: String, _ sql: String, _ body: (Row) throws(ReadError) -> Bool
    ) throws(ReadError) {
        var last = Int64.min
        while true {
            let page = try read { database in
                try Row.fetchAll(
                    database, sql: sql, arguments: [last, entity, Limits.decisionsPageRows])
            }
            for row in page { guard try body(row) else { return } }
            guard page.count == Limits.decisionsPageRows, let end = page.last else { return }
            last = try end.integer(0)
        }
    }
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
