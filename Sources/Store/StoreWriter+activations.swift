import Core
import GRDBSQLite

/// The history of rule sets (decision 0023).
extension StoreWriter {
    /// Rows beyond `Limits.activationsMax` go with it: they are as rare as it.
    func insert(_ activation: RuleActivation) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            INSERT INTO activation (event_seq, at, digest, how, author, uid, message, directory)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        if let sequence = activation.eventSequence { row.bind(sequence, at: 1) }
        row.bind(activation.at.microseconds, at: 2)
        try row.bind(activation.digest, at: 3)
        try row.bind(activation.how?.rawValue ?? "", at: 4)
        try row.bind(activation.author, at: 5)
        if let userID = activation.userID { row.bind(Int64(userID), at: 6) }
        try row.bind(activation.message, at: 7)
        if let directory = activation.directory { try row.bind(directory, at: 8) }
        try row.run()
        let last = sqlite3_last_insert_rowid(connection.handle)
        let oldest = try connection.prepare("DELETE FROM activation WHERE id <= ? RETURNING id")
        oldest.bind(last - Int64(Limits.activationsMax), at: 1)
        var gone: [Int64] = []
        while try oldest.step() { gone.append(oldest.integer(0)) }
        try link(activation, row: last, replacing: gone)
    }

    /// What took effect last; nil before anything has.
    public func latestActivation() throws(ReadError) -> RuleActivation? {
        do throws(SQLiteFailure) {
            let row = try connection.prepare(
                """
                SELECT event_seq, at, digest, how, author, uid, message, directory
                FROM activation ORDER BY id DESC LIMIT 1
                """)
            guard try row.step() else { return nil }
            defer { row.reset() }
            return RuleActivation(
                eventSequence: row.isNull(0) ? nil : row.integer(0),
                at: Timestamp(microseconds: row.integer(1)), digest: row.text(2),
                how: RuleActivation.How(rawValue: row.text(3)), author: row.text(4),
                userID: row.isNull(5) ? nil : UInt32(truncatingIfNeeded: row.integer(5)),
                message: row.text(6), directory: row.isNull(7) ? nil : row.text(7))
        } catch { throw ReadError(error) }
    }

    /// A rule set is needed while a kept event or checkpoint is not newer than its successor, and
    /// is kept besides for coming into force again: `Limits.rulesetsKept`.
    /// - Returns: the rows of those that went.
    func deleteRulesets(
        keeping countMax: Int, _ bytesMax: Int
    ) throws(SQLiteFailure) -> [Int64] {
        let oldest = try connection.integer(
            """
            SELECT min(at) FROM (
                SELECT at FROM (SELECT at FROM event ORDER BY seq LIMIT 1)
                UNION ALL SELECT at FROM checkpoint)
            """)
        guard let oldest else { return [] }
        let place = try firstKept(countMax, bytesMax)
        let row = try connection.prepare(
            """
            DELETE FROM ruleset WHERE id < ? AND id <
                (SELECT max(id) FROM ruleset WHERE activated_at < ?) RETURNING id
            """)
        row.bind(place, at: 1)
        row.bind(oldest, at: 2)
        var deleted: [Int64] = []
        while try row.step() { deleted.append(row.integer(0)) }
        if !deleted.isEmpty {
            try connection.execute(
                """
                DELETE FROM ruleset_file WHERE digest NOT IN (SELECT digest FROM ruleset)
                """)
        }
        return deleted
    }

    /// The least row among the newest that are kept by number and bytes.
    private func firstKept(_ countMax: Int, _ bytesMax: Int) throws(SQLiteFailure) -> Int64 {
        let row = try connection.prepare(
            "SELECT id, bytes FROM ruleset ORDER BY id DESC LIMIT ?")
        row.bind(Int64(countMax), at: 1)
        var bytes: Int64 = 0
        var first = Int64.max
        while try row.step() {
            bytes += row.integer(1)
            guard bytes <= Int64(bytesMax) else {
                row.reset()
                break
            }
            first = row.integer(0)
        }
        return first
    }
}
