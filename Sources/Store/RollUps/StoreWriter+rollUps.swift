import Core
import GRDBSQLite

extension StoreWriter {
    /// Appends minutes; within a transaction.
    func insert(_ rollUps: [RollUp], _ next: inout State) throws(SQLiteFailure) {
        guard !rollUps.isEmpty else { return }
        let row = statements.insertMinute
        for rollUp in rollUps {
            row.bind(next.nextMinuteRow, at: 1)
            row.bind(rollUp.period, at: 2)
            row.bind(rollUp.closed - rollUp.period, at: 3)
            try row.bind(rollUp.entity, at: 4)
            try row.bind(rollUp.route, at: 5)
            try row.run(bytes: RollUpCoding.encode(rollUp.fields), at: 6)
            next.nextMinuteRow += 1
        }
    }

    /// What is known of roll-ups without asking the file.
    static func loadRollUps(
        _ connection: Connection, into state: inout State
    ) throws(SQLiteFailure) {
        // Rows rise for ever. Retention deletes only what was consolidated.
        let through = try connection.integer(
            "SELECT value FROM meta WHERE key = 'rollup_through'")
        state.consolidatedRow = through ?? 0
        let last = try connection.integer("SELECT max(row) FROM rollup_minute") ?? 0
        state.nextMinuteRow = max(last, state.consolidatedRow) + 1
    }

    /// Minutes that are not in their hours and days yet.
    public var minutesWaiting: Int { Int(state.nextMinuteRow - 1 - state.consolidatedRow) }

    /// Writes the window that is being written, if one is, to its end.
    func endWindow() throws(CommitError) {
        do throws(SQLiteFailure) {
            let written = "SELECT value FROM meta WHERE key = 'rollup_written'"
            guard try connection.integer(written) ?? 0 > 0 else {
                // What was only read is read again.
                consolidation = nil
                return
            }
        } catch { throw CommitError(error) }
        let through = state.consolidatedRow
        while state.consolidatedRow == through, let last = state.lastEvent {
            guard try consolidate(at: last.at, isOver: { false }) else { break }
        }
        consolidation = nil
    }

    // MARK: Consolidation

    /// Brings minutes into their hours and days: one bounded slice.
    ///
    /// A window of closing times is read, and written when it is over, in the order of the keys.
    /// Each slice that writes is one transaction, and says in it how far it came; after a crash
    /// the window is read again, and what was written of it is passed over. So every minute is in
    /// its hour and in its day once, and what these are depends only on the minutes' rows, not on
    /// how the work was cut. Never waits for the disk.
    /// - Parameters:
    ///   - now: The time of the log: no minute is closed before it any more.
    ///   - isOver: Asked between two steps; true ends the slice.
    /// - Returns: whether there is more to do: call again soon.
    /// - Throws: every case of `CommitError`: nothing of the slice happened.
    public func consolidate(
        at now: Timestamp, isOver: () -> Bool
    ) throws(CommitError) -> Bool {
        // Which minutes there are must not change under a window that is being written.
        guard minutesWaiting > 0, forgetting?.isErasing != true else { return false }
        var work: Consolidation
        if let pending = consolidation {
            work = pending
            // One owner, or every step would copy it.
            consolidation = nil
        } else {
            work = Consolidation(after: state.consolidatedRow)
        }
        if work.order == nil {
            let isRead: Bool
            do throws(SQLiteFailure) {
                isRead = try read(into: &work, at: now, isOver)
            } catch { throw CommitError(error) }
            guard isRead else {
                let isBegun = work.window != nil
                if isBegun { consolidation = work }
                return isBegun
            }
            if isOver() {
                consolidation = work
                return true
            }
        }
        return try write(&work, isOver)
    }

    /// - Returns: true when the window was read whole.
    private func read(
        into work: inout Consolidation, at now: Timestamp, _ isOver: () -> Bool
    ) throws(SQLiteFailure) -> Bool {
        let current = Consolidation.window(ofClosing: now.minute)
        // Once writing has begun, where the window ends is fixed.
        let end = try connection.integer("SELECT value FROM meta WHERE key = 'rollup_end'") ?? 0
        let rows = statements.selectMinutes
        repeat {
            rows.bind(work.lastRow, at: 1)
            rows.bind(Int64(Limits.consolidationStepRows), at: 2)
            var count = 0
            while try rows.step() {
                let rollUp = try RollUp(minute: rows)
                let window = Consolidation.window(ofClosing: rollUp.closed)
                let isInside =
                    end > 0
                    ? work.lastRow < end
                    : window < current && window == work.window ?? window
                        && work.bytes < Limits.consolidationBytesMax
                guard isInside else {
                    rows.reset()
                    return try endReading(&work)
                }
                work.add(rollUp, row: rows.integer(0))
                count += 1
            }
            if count < Limits.consolidationStepRows { return try endReading(&work) }
        } while !isOver()
        return false
    }

    private func endReading(_ work: inout Consolidation) throws(SQLiteFailure) -> Bool {
        guard work.window != nil else { return false }
        work.beginWriting()
        let written = "SELECT value FROM meta WHERE key = 'rollup_written'"
        work.writtenCount = Int(try connection.integer(written) ?? 0)
        return true
    }

    private func write(
        _ work: inout Consolidation, _ isOver: () -> Bool
    ) throws(CommitError) -> Bool {
        guard let order = work.order else { preconditionFailure("what is written was read") }
        var written = work.writtenCount
        try transaction(synced: false) { () throws(SQLiteFailure) in
            while written < order.count {
                try write(work.parts[order[written]])
                written += 1
                if isOver() { break }
            }
            let isDone = written == order.count
            try set("rollup_through", isDone ? work.lastRow : state.consolidatedRow)
            try set("rollup_end", isDone ? 0 : work.lastRow)
            try set("rollup_written", isDone ? 0 : Int64(written))
            options.failpoint?(.duringConsolidation)
        }
        work.writtenCount = written
        if written == order.count {
            state.consolidatedRow = work.lastRow
            // There is a further hour.
            rollUpSizes.isTrimmed = false
            return minutesWaiting > 0
        }
        consolidation = work
        return true
    }

    private func set(_ key: String, _ value: Int64) throws(SQLiteFailure) {
        statements.setMeta.bind(value, at: 1)
        try statements.setMeta.bind(key, at: 2)
        try statements.setMeta.run()
    }

    private func write(_ part: Consolidation.Part) throws(SQLiteFailure) {
        try merge(part.fields, of: part, in: part.hour, statements.hours)
        try merge(part.fields, of: part, in: part.hour.floored(by: 24), statements.days)
        let earlier = try statements.places.select(part.hour, part.key, part.route)
        guard let rows = RollUpCoding.decode(rows: earlier ?? []) else {
            throw .damage("the rows of an hour cannot be read")
        }
        try statements.places.replace(
            part.hour, part.key, part.route, RollUpCoding.encode(rows: rows + part.rows))
    }

    private func merge(
        _ fields: [RollUp.Field], of part: Consolidation.Part, in period: Int64,
        _ table: RollUpTable
    ) throws(SQLiteFailure) {
        var merged = fields
        if let bytes = try table.select(period, part.key, part.route) {
            guard var earlier = RollUpCoding.decode(bytes) else {
                throw .damage("a roll-up cannot be read")
            }
            earlier.merge(fields)
            merged = earlier
        }
        try table.replace(period, part.key, part.route, RollUpCoding.encode(merged))
    }
}

extension RollUp {
    /// From a row of `selectMinutes`.
    fileprivate init(minute row: Statement) throws(SQLiteFailure) {
        guard let fields = RollUpCoding.decode(row.bytes(5)) else {
            throw .damage("roll-up \(row.integer(0)) cannot be read")
        }
        let period = row.integer(1)
        self.init(
            entity: row.text(3), route: row.text(4), period: period,
            closed: period + row.integer(2), fields: fields)
    }
}

/// One of the tables that are kept by period, entity (`EntityKey`) and route.
struct RollUpTable {
    private let selecting, replacing: Statement

    init(
        _ name: String, _ content: String, _ connection: Connection
    ) throws(SQLiteFailure) {
        selecting = try connection.prepare(
            "SELECT \(content) FROM \(name) WHERE period = ? AND entity = ? AND route = ?",
            isKept: true)
        replacing = try connection.prepare(
            "INSERT OR REPLACE INTO \(name) VALUES (?, ?, ?, ?)", isKept: true)
    }

    func select(
        _ period: Int64, _ entity: Int64, _ route: String
    ) throws(SQLiteFailure) -> [UInt8]? {
        selecting.bind(period, at: 1)
        selecting.bind(entity, at: 2)
        try selecting.bind(route, at: 3)
        guard try selecting.step() else { return nil }
        defer { selecting.reset() }
        return selecting.bytes(0)
    }

    func replace(
        _ period: Int64, _ entity: Int64, _ route: String, _ bytes: [UInt8]
    ) throws(SQLiteFailure) {
        replacing.bind(period, at: 1)
        replacing.bind(entity, at: 2)
        try replacing.bind(route, at: 3)
        try replacing.run(bytes: bytes, at: 4)
    }
}
