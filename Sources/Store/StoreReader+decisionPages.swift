import Core
import GRDB

extension StoreReader {
    /// A page of a list of decisions.
    ///
    /// A page may have fewer decisions than were asked for, or none, and another one behind it.
    /// - Parameter most: Rows that are looked at for it, of an entity those that are about it; it
    ///   also ends behind `Limits.apiListBytesMax`.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func page(
        _ list: DecisionList, looking most: Int = Limits.decisionsLooked
    ) throws(ReadError) -> DecisionPage {
        var first = Int64.min
        var end = list.beforeRow ?? .max
        if let since = list.since { first = try decisionRow(before: since) + 1 }
        if let until = list.until { end = min(end, try decisionRow(before: until) + 1) }
        // The narrow table comes first, in its order: see the migration that made it.
        let (order, source) =
            list.entity == nil
            ? ("decision", "decision")
            : ("decision_entity", "decision_entity CROSS JOIN decision USING (row)")
        var arguments: StatementArguments = [first, end]
        if let entity = list.entity { arguments += [entity] }
        // One that is being forgotten is emptied before it is deleted.
        let sql = """
            SELECT decision.row, id, kind, at, event_seq, route, decision.entity, positive, json
            FROM \(source)
            WHERE \(order).row >= ? AND \(order).row < ? AND typeof(decision.entity) = 'text'
                \(list.entity == nil ? "" : "AND decision_entity.entity = ?")
            ORDER BY \(order).row DESC
            """
        return try read { database in
            var page = DecisionPage()
            var (looked, bytes) = (0, 0)
            var last: Int64?
            try ReaderRow.forEach(of: sql, arguments, in: database) { row in
                let isWanted = try list.matches(row)
                let isFull = page.decisions.count == list.limit || bytes >= Limits.apiListBytesMax
                if looked == most || (isWanted && isFull) {
                    page.next = last
                    return false
                }
                looked += 1
                last = try row.integer(0)
                guard isWanted else { return true }
                let stored = try Self.decision(row)
                bytes += stored.decision.json.count
                page.decisions.append(stored)
                return true
            }
            return page
        }
    }

    /// The row behind which the decisions since a time begin.
    ///
    /// Found by halving: rows rise with the log's time, which never goes back.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func decisionRow(before time: Timestamp) throws(ReadError) -> Int64 {
        try read { database in
            let bounds = try Row.fetchOne(
                database,
                sql: "SELECT (SELECT min(row) FROM decision), (SELECT max(row) FROM decision)")
            guard let bounds, !bounds.isNull(0) else { return 0 }
            var (low, high) = (try bounds.integer(0), try bounds.integer(1) + 1)
            while low < high {
                let middle = low + (high - low) / 2
                let at = try Int64.fetchOne(
                    database, sql: "SELECT at FROM decision WHERE row >= ? ORDER BY row LIMIT 1",
                    arguments: [middle])
                if let at, at < time.microseconds { low = middle + 1 } else { high = middle }
            }
            return low - 1
        }
    }
}

extension DecisionList {
    /// Whether a row of the list's entity and time is wanted.
    fileprivate func matches(_ row: ReaderRow) throws(ReadError) -> Bool {
        if let kind, try row.integer(2) != Int64(kind.rawValue) { return false }
        if let route, try !row.text(5).hasSameBytes(as: route) { return false }
        if let isPositive, try (row.integer(7) != 0) != isPositive { return false }
        return true
    }
}
