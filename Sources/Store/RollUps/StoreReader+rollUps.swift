import Core
import GRDB

extension StoreReader {
    /// Roll-ups of one entity, in the order of their periods; those of one period by route.
    ///
    /// Every minute that is closed counts, also where it is not consolidated yet, and counts once.
    /// Hours and days are found by their keys; of minutes that are consolidated, `rollup_place`
    /// tells the rows, and those that are not are looked through: at most some 65 minutes of all
    /// entities.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func rollUps(_ query: RollUpQuery) throws(ReadError) -> [RollUp] {
        try read { database in
            var search = RollUpSearch(database: database, query: query)
            return try search.find()
        }
    }

    /// Whether a minute that is not consolidated yet, or a day, is of this entity.
    ///
    /// Takes a look at each day that is kept, some thousand at most.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func hasRollUps(of entity: String) throws(ReadError) -> Bool {
        try read { database in
            let query = RollUpQuery(entity: entity, resolution: .day, first: .min, last: .max)
            return try RollUpSearch(database: database, query: query).hasAny()
        }
    }

    /// The entities of the newest minutes, `Limits.rollUpNamesLooked` of them.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func rolledUpEntities() throws(ReadError) -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT entity FROM (SELECT entity FROM rollup_minute
                    ORDER BY row DESC LIMIT \(Limits.rollUpNamesLooked))
                    WHERE typeof(entity) = 'text' ORDER BY entity
                    """)
        }
    }

    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func rollUpCounts() throws(ReadError) -> RollUpCounts {
        try read { database in
            func integer(_ sql: String) throws -> Int64? {
                try Int64.fetchOne(database, sql: sql)
            }
            var counts = RollUpCounts()
            for resolution in Resolution.allCases {
                let (table, order) = (resolution.table, resolution == .minute ? "row" : "period")
                func start(_ direction: String) throws -> Timestamp? {
                    try integer(
                        "SELECT period FROM \(table) ORDER BY \(order) \(direction) LIMIT 1"
                    ).map(resolution.start)
                }
                counts.tables.append(
                    RollUpCounts.Table(
                        resolution: resolution,
                        count: Int(try integer("SELECT count(*) FROM \(table)") ?? 0),
                        oldest: try start("ASC"), newest: try start("DESC")))
            }
            let waiting = """
                SELECT count(*) FROM rollup_minute
                WHERE row > (SELECT value FROM meta WHERE key = 'rollup_through')
                """
            counts.waiting = Int(try integer(waiting) ?? 0)
            return counts
        }
    }
}

extension Resolution {
    fileprivate var table: String {
        switch self {
        case .minute: "rollup_minute"
        case .hour: "rollup_hour"
        case .day: "rollup_day"
        }
    }
}

/// One search, at one moment of the store.
private struct RollUpSearch {
    let database: Database
    let query: RollUpQuery
    /// That of the entity.
    private let key: Int64
    private var found: [Key: RollUp] = [:]

    private struct Key: Hashable {
        var period: Int64
        var route: ExactText
    }

    init(database: Database, query: RollUpQuery) {
        self.database = database
        self.query = query
        key = EntityKey.of(query.entity)
    }

    mutating func find() throws -> [RollUp] {
        let through = try Int64.fetchOne(
            database, sql: "SELECT value FROM meta WHERE key = 'rollup_through'")
        let waiting = try waitingMinutes(after: through ?? 0)
        switch query.resolution {
        case .minute:
            try addPlacedMinutes(through: through ?? 0)
            for minute in waiting { add(minute.rollUp) }
        case .hour, .day:
            try addPeriods()
            let written = try rowsInHours(of: waiting.map(\.rollUp.period))
            for minute in waiting where !written.contains(minute.row) {
                var rollUp = minute.rollUp
                rollUp.period = rollUp.period.floored(by: query.resolution.minutes)
                add(rollUp)
            }
        }
        return found.values.sorted { a, b in
            a.period != b.period
                ? a.period < b.period
                : a.route.utf8.lexicographicallyPrecedes(b.route.utf8)
        }
    }

    /// Whether there is any at all, also one that cannot be read.
    func hasAny() throws -> Bool {
        let waiting = """
            SELECT 1 FROM rollup_minute WHERE entity = ?
            AND row > (SELECT value FROM meta WHERE key = 'rollup_through') LIMIT 1
            """
        let minute = try Row.fetchOne(database, sql: waiting, arguments: [query.entity])
        guard minute == nil else { return true }
        let written = Self.selecting("period", query.resolution.table) + " LIMIT 1"
        let period = try Row.fetchOne(
            database, sql: written, arguments: [query.first, query.last, key])
        return period != nil
    }

    private mutating func add(_ rollUp: RollUp) {
        guard (query.first...max(query.first, query.last)).contains(rollUp.period),
            query.route.map({ $0.hasSameBytes(as: rollUp.route) }) ?? true
        else { return }
        let key = Key(period: rollUp.period, route: ExactText(rollUp.route))
        if found[key] == nil {
            found[key] = rollUp
        } else {
            found[key]?.fields.merge(rollUp.fields)
        }
    }

    private func waitingMinutes(after row: Int64) throws -> [(row: Int64, rollUp: RollUp)] {
        let sql = """
            SELECT row, period, age, route, fields FROM rollup_minute
            WHERE row > ? AND entity = ? ORDER BY row
            """
        return try Row.fetchAll(database, sql: sql, arguments: [row, query.entity]).map {
            (try $0.integer(0), try minute($0))
        }
    }

    private func minute(_ row: Row) throws -> RollUp {
        let period = try row.integer(1)
        return RollUp(
            entity: query.entity, route: try row.text(3), period: period,
            closed: period + (try row.integer(2)), fields: try fields(row.bytes(4)))
    }

    private func fields(_ bytes: [UInt8]) throws -> [RollUp.Field] {
        guard let fields = RollUpCoding.decode(bytes) else {
            throw ReadError.corrupt("a roll-up of '\(query.entity)' cannot be read")
        }
        return fields
    }

    /// Of each period by itself: the key begins with it.
    private static func selecting(_ content: String, _ table: String) -> String {
        """
        WITH RECURSIVE p (n) AS (
            SELECT max(?1, (SELECT min(period) FROM \(table)))
            UNION ALL
            SELECT n + 1 FROM p WHERE n < min(?2, (SELECT max(period) FROM \(table))))
        SELECT t.period, t.route, t.\(content) FROM p CROSS JOIN \(table) t
        WHERE t.period = p.n AND t.period BETWEEN ?1 AND ?2 AND t.entity = ?3
        """
    }

    private mutating func addPeriods() throws {
        let rows = try Row.fetchAll(
            database, sql: Self.selecting("fields", query.resolution.table),
            arguments: [query.first, query.last, key])
        for row in rows {
            let period = try row.integer(0)
            add(
                RollUp(
                    entity: query.entity, route: try row.text(1), period: period, closed: period,
                    fields: try fields(row.bytes(2))))
        }
    }

    private func places(first: Int64, last: Int64) throws -> [Int64] {
        let rows = try Row.fetchAll(
            database, sql: Self.selecting("rows", "rollup_place"),
            arguments: [first, last, key])
        return try rows.flatMap { row in
            guard let rows = RollUpCoding.decode(rows: try row.bytes(2)) else {
                throw ReadError.corrupt("the rows of an hour of '\(query.entity)' cannot be read")
            }
            return rows
        }
    }

    /// Minutes that are consolidated, in the order of their rows.
    private mutating func addPlacedMinutes(through: Int64) throws {
        let places = try places(
            first: query.first.floored(by: 60), last: query.last.floored(by: 60))
        let select = try database.cachedStatement(
            sql: """
                SELECT row, period, age, route, fields FROM rollup_minute
                WHERE row = ? AND typeof(entity) = 'text'
                """)
        for place in places.sorted() where place <= through {
            // Retention may have deleted it, or a forgetting is about to.
            guard let row = try Row.fetchOne(select, arguments: [place]) else { continue }
            add(try minute(row))
        }
    }

    /// While a window is being written, those of its rows that are in their hours already.
    private func rowsInHours(of minutes: [Int64]) throws -> Set<Int64> {
        let isWriting = try Int64.fetchOne(
            database, sql: "SELECT value FROM meta WHERE key = 'rollup_written'")
        guard isWriting ?? 0 > 0, let first = minutes.min(), let last = minutes.max() else {
            return []
        }
        return Set(try places(first: first.floored(by: 60), last: last.floored(by: 60)))
    }
}
