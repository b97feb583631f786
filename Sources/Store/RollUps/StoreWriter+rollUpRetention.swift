import Core

extension StoreWriter {
    /// Deletes roll-ups of before their time, and the oldest minutes, hours and days while these
    /// take more than their shares of the store; one bounded slice at a time.
    ///
    /// A minute that is not in its hour yet is never deleted. Never waits for the disk.
    /// - Parameters:
    ///   - maxBytes: of the store; minutes may take `1 / Limits.minutesShare` of it, hours and days
    ///     theirs, by an estimate.
    ///   - slice: rows of each table, 1...
    /// - Returns: whether there is more to delete, or to count for that: call again soon.
    /// - Throws: every case of `CommitError`: nothing of the slice happened.
    public func trimRollUps(
        _ retention: RollUpRetention, maxBytes: Int64, now: Timestamp,
        slice: Int = Limits.retentionSliceRows
    ) throws(CommitError) -> Bool {
        func cutoff(_ age: Duration, _ resolution: Resolution) -> Int64 {
            resolution.period(of: now + (Duration.zero - age))
        }
        var sizes = rollUpSizes
        sizes.isTrimmed = try !transaction(synced: false) { () throws(SQLiteFailure) -> Bool in
            let areMinutes = try trimMinutes(
                closedBefore: cutoff(retention.minute, .minute), maxBytes, slice)
            let areHours = try trim(
                "rollup_hour", &sizes.hours, share: maxBytes / Limits.hoursShare,
                cutoff(retention.hour, .hour), slice)
            let areDays = try trim(
                "rollup_day", &sizes.days, share: maxBytes / Limits.daysShare,
                cutoff(retention.day, .day), slice)
            // Where rows are that are gone, nobody needs to know.
            let oldest = try connection.integer(
                "SELECT period + age FROM rollup_minute ORDER BY row LIMIT 1")
            let places = (oldest ?? now.minute).floored(by: 60) - 1
            let arePlaces = try trimPlaces(before: places, slice)
            return areMinutes || areHours || areDays || arePlaces
        }
        rollUpSizes = sizes
        return !sizes.isTrimmed
    }

    /// Whether roll-ups may be beyond their shares still, so that they are what gives way.
    func mayTrimRollUps() throws(SQLiteFailure) -> Bool {
        guard !rollUpSizes.isTrimmed else { return false }
        for table in ["rollup_minute", "rollup_hour", "rollup_day"] {
            if try connection.integer("SELECT 1 FROM \(table) LIMIT 1") != nil { return true }
        }
        return false
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
    private func trimPlaces(before cutoff: Int64, _ slice: Int) throws(SQLiteFailure) -> Bool {
        let count = try run(
            """
            DELETE FROM rollup_place WHERE (period, entity, route) IN
                (SELECT period, entity, route FROM rollup_place WHERE period < ?
                 ORDER BY period, entity, route LIMIT \(slice))
            """, cutoff)
        return count == slice
    }

    // MARK: Hours and days

    /// - Returns: whether a slice was full, of those to count or of those to delete.
    private func trim(
        _ table: String, _ size: inout RollUpSize, share: Int64, _ cutoff: Int64, _ slice: Int
    ) throws(SQLiteFailure) -> Bool {
        let isCounting = try count(table, &size, slice)
        let row = try connection.prepare(
            """
            SELECT period, entity, route, length(fields) FROM \(table)
            ORDER BY period, entity, route LIMIT ?
            """)
        row.bind(Int64(slice), at: 1)
        var last: RollUpSize.Key?
        var rows = 0
        while try row.step() {
            guard row.integer(0) < cutoff || size.bytes > share else {
                row.reset()
                break
            }
            last = RollUpSize.Key(row)
            // What is younger than all that was counted goes by its age only.
            size.bytes = max(0, size.bytes - RollUpSize.bytes(ofFields: row.integer(3)))
            rows += 1
        }
        if let last {
            let deletion = try connection.prepare(
                "DELETE FROM \(table) WHERE (period, entity, route) <= (?, ?, ?)")
            try last.bind(to: deletion)
            try deletion.run()
        }
        return isCounting || rows == slice
    }

    /// Counts what comes behind the last row that was counted, but for the newest period.
    /// - Returns: whether the slice was full.
    private func count(
        _ table: String, _ size: inout RollUpSize, _ slice: Int
    ) throws(SQLiteFailure) -> Bool {
        guard let newest = try connection.integer("SELECT max(period) FROM \(table)") else {
            return false
        }
        let row = try connection.prepare(
            """
            SELECT period, entity, route, length(fields) FROM \(table)
            WHERE (period, entity, route) > (?, ?, ?) ORDER BY period, entity, route LIMIT ?
            """)
        try size.last.bind(to: row)
        row.bind(Int64(slice), at: 4)
        var rows = 0
        while try row.step() {
            guard row.integer(0) < newest else {
                row.reset()
                break
            }
            size.last = RollUpSize.Key(row)
            size.bytes += RollUpSize.bytes(ofFields: row.integer(3))
            rows += 1
        }
        return rows == slice
    }
}

/// What hours, or days, take.
///
/// Their keys are no row numbers from which a count could be concluded. So after a start the rows
/// are counted once, a slice at a time, and from then on those of each period when a newer one has
/// begun: until then it grows.
struct RollUpSize {
    struct Key {
        var period = Int64.min
        var entity = Int64.min
        var route = ""
    }

    /// Of the last row that was counted.
    var last = Key()
    /// Of the rows that were counted, and not deleted since.
    var bytes: Int64 = 0

    /// What a row takes by the length of its fields. Beyond a quarter of a page SQLite puts most of
    /// a row into pages of its own (these tables are indexes to it).
    static func bytes(ofFields length: Int64) -> Int64 {
        length < 970 ? length + 48 : (length + 3_600) / 4_096 * 4_096 + 512
    }
}

extension RollUpSize.Key {
    /// From the first columns of a row.
    init(_ row: Statement) {
        self.init(period: row.integer(0), entity: row.integer(1), route: row.text(2))
    }

    /// To the first parameters.
    func bind(to statement: Statement) throws(SQLiteFailure) {
        statement.bind(period, at: 1)
        statement.bind(entity, at: 2)
        try statement.bind(route, at: 3)
    }
}

/// What is known of the tables of roll-ups.
struct RollUpSizes {
    var hours = RollUpSize()
    var days = RollUpSize()
    /// Nothing was beyond its share or its age when it was last looked at.
    var isTrimmed = false
}
