import Core

extension StoreWriter {
    /// Deletes roll-ups of before their time, and minutes while they take more than their share of
    /// the store; one bounded slice at a time.
    ///
    /// A minute that is not in its hour yet is never deleted. Never waits for the disk.
    /// - Parameters:
    ///   - maxBytes: of the store; minutes may take `1 / Limits.minutesShare` of it, by an
    ///     estimate.
    ///   - slice: rows of each table, 1...
    /// - Returns: whether there is more to delete: call again soon.
    /// - Throws: every case of `CommitError`: nothing of the slice happened.
    public func trimRollUps(
        _ retention: RollUpRetention, maxBytes: Int64, now: Timestamp,
        slice: Int = Limits.retentionSliceRows
    ) throws(CommitError) -> Bool {
        func cutoff(_ age: Duration, _ resolution: Resolution) -> Int64 {
            resolution.period(of: now + (Duration.zero - age))
        }
        return try transaction(synced: false) { () throws(SQLiteFailure) in
            var isMore = try trimMinutes(
                closedBefore: cutoff(retention.minute, .minute), maxBytes, slice)
            isMore = try trim("rollup_hour", cutoff(retention.hour, .hour), slice) || isMore
            isMore = try trim("rollup_day", cutoff(retention.day, .day), slice) || isMore
            // Where rows are that are gone, nobody needs to know.
            let oldest = try connection.integer(
                "SELECT period + age FROM rollup_minute ORDER BY row LIMIT 1")
            let places = (oldest ?? now.minute).floored(by: 60) - 1
            return try trim("rollup_place", places, slice) || isMore
        }
    }

    private func trimMinutes(
        closedBefore cutoff: Int64, _ maxBytes: Int64, _ slice: Int
    ) throws(SQLiteFailure) -> Bool {
        var excess = try minuteBytes() - maxBytes / Limits.minutesShare
        let row = try connection.prepare(
            """
            SELECT row, period + age, length(fields) FROM rollup_minute
            WHERE row <= ? ORDER BY row LIMIT ?
            """)
        row.bind(state.consolidatedRow, at: 1)
        row.bind(Int64(slice), at: 2)
        var through: Int64?
        var count = 0
        while try row.step() {
            guard row.integer(1) < cutoff || excess > 0 else {
                row.reset()
                break
            }
            through = row.integer(0)
            excess -= row.integer(2) + Self.minuteOverhead
            count += 1
        }
        guard let through else { return false }
        _ = try run("DELETE FROM rollup_minute WHERE row <= ?", through)
        return count == slice
    }

    /// Of a row beside its fields, with the names of entity and route.
    private static let minuteOverhead: Int64 = 48

    /// What the minutes take, by the newest ones.
    private func minuteBytes() throws(SQLiteFailure) -> Int64 {
        let sample = try connection.integer(
            """
            SELECT CAST(avg(length(fields)) AS INTEGER) FROM
                (SELECT fields FROM rollup_minute ORDER BY row DESC LIMIT 64)
            """)
        guard let sample,
            let first = try connection.integer("SELECT min(row) FROM rollup_minute")
        else { return 0 }
        return (state.nextMinuteRow - first) * (sample + Self.minuteOverhead)
    }

    /// - Returns: whether the slice was full.
    private func trim(
        _ table: String, _ cutoff: Int64, _ slice: Int
    ) throws(SQLiteFailure) -> Bool {
        let count = try run(
            """
            DELETE FROM \(table) WHERE (period, entity, route) IN
                (SELECT period, entity, route FROM \(table) WHERE period < ?
                 ORDER BY period, entity, route LIMIT \(slice))
            """, cutoff)
        return count == slice
    }
}
