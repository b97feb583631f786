/// The statements that write souls, prepared once.
struct SoulStatements {
    let insertEvidence, deleteOldEvidence, update, insert: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        func keep(_ sql: String) throws(SQLiteFailure) -> Statement {
            try connection.prepare(sql, isKept: true)
        }
        insertEvidence = try keep(
            """
            INSERT INTO evidence
                (id, entity, at, kind, weight, source, origin, decision_id, note, event_seq,
                trust_before, trust, pro, contra, age)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        deleteOldEvidence = try keep(
            """
            DELETE FROM evidence WHERE entity = ?1 AND id <= (SELECT id FROM evidence
                WHERE entity = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
            """)
        // Not an upsert, which does not tell whether a row is new.
        update = try keep(
            """
            UPDATE soul SET changed = ?2, at = ?3, alpha = ?4, beta = ?5, pro = ?6, contra = ?7,
                judged = ?8, age = ?9, changes = ?10, event_seq = ?11,
                first_seen = coalesce(?12, first_seen), last_seen = coalesce(?13, last_seen)
            WHERE entity = ?1
            """)
        insert = try keep(
            """
            INSERT INTO soul
                (entity, changed, at, alpha, beta, pro, contra, judged, age, changes, event_seq,
                first_seen, last_seen)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
    }
}
