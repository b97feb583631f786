/// Every statement of the hot path, prepared once.
struct WriteStatements {
    let begin, commit, rollback: Statement
    let insertEvent, insertEvents, insertTopic, insertDecision, insertDecisionEntity: Statement
    let insertMemory, indexMemories: Statement
    let insertPublication, deletePublications: Statement
    let setNextOutboxID, setAcknowledged: Statement
    let souls: SoulStatements
    let insertMinute, selectMinutes, setMeta: Statement
    let hours, days, places: RollUpTable
    let insertLink: Statement

    /// Rows of `insertEvents`.
    static let eventRows = 16

    init(_ connection: Connection) throws(SQLiteFailure) {
        func keep(_ sql: String) throws(SQLiteFailure) -> Statement {
            try connection.prepare(sql, isKept: true)
        }
        begin = try keep("BEGIN IMMEDIATE")
        commit = try keep("COMMIT")
        rollback = try keep("ROLLBACK")
        insertEvent = try keep(
            """
            INSERT INTO event (seq, at, flags, topic, packet_id, properties, payload)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        // FAIL and not ABORT, for which SQLite would keep a copy of every page that the statement
        // changes: after any failure the whole transaction is rolled back.
        let row = "(?, ?, ?, ?, ?, ?, ?)"
        insertEvents = try keep(
            """
            INSERT OR FAIL INTO event (seq, at, flags, topic, packet_id, properties, payload)
            VALUES \(Array(repeating: row, count: Self.eventRows).joined(separator: ", "))
            """)
        insertTopic = try keep("INSERT INTO topic (id, name) VALUES (?, ?)")
        insertDecision = try keep(
            """
            INSERT INTO decision (row, id, kind, at, event_seq, route, entity, positive, json)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insertDecisionEntity = try keep(
            "INSERT INTO decision_entity (row, entity) VALUES (?, ?)")
        insertMemory = try keep(
            """
            INSERT INTO memory
                (id, at, layer, entity, rule, decision_id, event_seq, tags, facets, content,
                author, importance)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        indexMemories = try keep(
            """
            INSERT INTO memory_index (rowid, content, tags, facets)
            SELECT id, content, tags, facets FROM memory WHERE id BETWEEN ? AND ?
            """)
        insertPublication = try keep(
            "INSERT INTO outbox (id, flags, topic, properties, payload) VALUES (?, ?, ?, ?, ?)")
        deletePublications = try keep("DELETE FROM outbox WHERE id BETWEEN ? AND ?")
        setNextOutboxID = try keep("UPDATE meta SET value = ? WHERE key = 'outbox_next'")
        setAcknowledged = try keep("UPDATE meta SET value = ? WHERE key = 'acknowledged_through'")
        souls = try SoulStatements(connection)
        insertMinute = try keep("INSERT INTO rollup_minute VALUES (?, ?, ?, ?, ?, ?)")
        selectMinutes = try keep(
            """
            SELECT row, period, age, entity, route, fields FROM rollup_minute
            WHERE row > ? AND typeof(entity) = 'text' ORDER BY row LIMIT ?
            """)
        setMeta = try keep("UPDATE meta SET value = ? WHERE key = ?")
        hours = try RollUpTable("rollup_hour", "fields", connection)
        days = try RollUpTable("rollup_day", "fields", connection)
        places = try RollUpTable("rollup_place", "rows", connection)
        insertLink = try keep("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)")
    }
}
