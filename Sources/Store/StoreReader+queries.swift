import Core
import GRDB

extension StoreReader {
    /// Decisions, newest first or in the order of deciding.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func decisions(_ query: DecisionQuery = DecisionQuery()) throws(ReadError)
        -> [StoredDecision]
    {
        // The narrow table comes first, in its order: see the migration that made it.
        let (order, source) =
            query.entity == nil
            ? ("decision", "decision")
            : ("decision_entity", "decision_entity CROSS JOIN decision USING (row)")
        // One that is being forgotten is emptied before it is deleted.
        var conditions = ["typeof(decision.entity) = 'text'"]
        var arguments = StatementArguments()
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("\(order).row > ?", query.afterRow)
        add("id = ?", query.id)
        add("kind = ?", query.kind.map { Int($0.rawValue) })
        add("decision_entity.entity = ?", query.entity)
        arguments += [query.limit]
        let sql = """
            SELECT decision.row, id, kind, at, event_seq, route, decision.entity, positive, json
            FROM \(source)
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(order).row \(query.isNewestFirst ? "DESC" : "ASC") LIMIT ?
            """
        return try read { database in
            var decisions: [StoredDecision] = []
            try ReaderRow.forEach(of: sql, arguments, in: database) { row in
                decisions.append(try Self.decision(row))
                return true
            }
            return decisions
        }
    }

    static func decision(_ row: ReaderRow) throws(ReadError) -> StoredDecision {
        let number = UInt8(exactly: try row.integer(2))
        guard let kind = number.flatMap({ Decision.Kind(rawValue: $0) }) else {
            throw .corrupt("decision \(try row.text(1)) is of no known kind")
        }
        return StoredDecision(
            row: try row.integer(0),
            decision: Decision(
                id: try row.text(1), kind: kind,
                at: Timestamp(microseconds: try row.integer(3)),
                eventSequence: try row.integer(4), route: try row.text(5),
                entity: try row.text(6), isPositive: try row.integer(7) != 0,
                json: try row.bytes(8)))
    }

    /// Hands over the events from a sequence on, in order, until the last, or until the body says
    /// false.
    ///
    /// Reads `Limits.readPageRows` or `Limits.readPageBytes` at a time, each page at a moment of
    /// its own: a long export neither holds back the daemon's write-ahead log, nor fails when
    /// retention overtakes it, nor fills the memory.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachEvent(
        from first: EventSequence = 1, through last: EventSequence = .max,
        _ body: (Event) -> Bool
    ) throws(ReadError) {
        var next = first
        while true {
            let page = try self.page(from: next, through: last)
            for event in page.events {
                guard body(event) else { return }
                if event.sequence == last { return }
                next = event.sequence + 1
            }
            if page.isLast { return }
        }
    }

    /// The first event of a time or after it; found by halving, as time never goes back in a log.
    /// - Returns: nil where there is none.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func firstEvent(at time: Timestamp) throws(ReadError) -> EventSequence? {
        try read { database in
            let bounds = try Row.fetchOne(
                database, sql: "SELECT (SELECT min(seq) FROM event), (SELECT max(seq) FROM event)")
            guard let bounds, !bounds.isNull(0) else { return nil }
            let last = try bounds.integer(1)
            var (low, high) = (try bounds.integer(0), last + 1)
            while low < high {
                let middle = low + (high - low) / 2
                // The log is dense.
                let at = try Int64.fetchOne(
                    database, sql: "SELECT at FROM event WHERE seq = ?", arguments: [middle])
                guard let at else { throw ReadError.corrupt("event \(middle) is missing") }
                if at < time.microseconds { low = middle + 1 } else { high = middle }
            }
            return low <= last ? low : nil
        }
    }

    /// Events that were read together.
    public struct Page: Sendable {
        public var events: [Event] = []
        /// There was nothing behind it.
        public var isLast = false
    }

    /// The events from a sequence on, so many as are read in one transaction; some may be missing,
    /// where retention has deleted them.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func page(
        from first: EventSequence, through last: EventSequence
    ) throws(ReadError) -> Page {
        var page = Page()
        page.isLast = try self.page(from: first, through: last) { event in
            page.events.append(event)
            return true
        }
        return page
    }

    /// The same, each handed over as it is read; it must not ask the store meanwhile.
    /// - Parameter body: false ends the page.
    /// - Returns: whether there was nothing behind what was read.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func page(
        from first: EventSequence, through last: EventSequence,
        _ body: (consuming Event) -> Bool
    ) throws(ReadError) -> Bool {
        let sql = EventRow.selectUnnamed + " WHERE seq BETWEEN ? AND ? ORDER BY seq"
        return try read { database in
            var isLast = true
            var (rows, bytes) = (0, 0)
            var names = try TopicNames(database)
            try ReaderRow.forEach(of: sql, [first, last], in: database) { row in
                isLast = false
                guard rows < Limits.readPageRows, bytes < Limits.readPageBytes else { return false }
                let stored = try EventRow(row) { try names.name($0) }
                rows += 1
                bytes += stored.payload.count + (stored.properties?.count ?? 0)
                guard body(try stored.event()) else { return false }
                isLast = true
                return true
            }
            return isLast
        }
    }

    /// The rule set that took effect last; nil before any.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func latestRuleset() throws(ReadError) -> StoredRuleset? {
        try read { database in
            let newest = try Row.fetchOne(
                database,
                sql: "SELECT digest, activated_at FROM ruleset ORDER BY id DESC LIMIT 1")
            guard let newest else { return nil }
            let digest = try newest.text(0)
            let files = try Row.fetchAll(
                database,
                sql: "SELECT name, text FROM ruleset_file WHERE digest = ? ORDER BY position",
                arguments: [digest])
            return StoredRuleset(
                digest: digest, activatedAt: Timestamp(microseconds: try newest.integer(1)),
                files: try files.map { .init(name: try $0.text(0), text: try $0.text(1)) })
        }
    }

    /// What the store holds now.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func status() throws(ReadError) -> StoreStatus {
        try read { database in
            func integer(_ sql: String) throws -> Int64 {
                try Int64.fetchOne(database, sql: sql) ?? 0
            }
            func meta(_ key: String) throws -> Int64 {
                try integer("SELECT value FROM meta WHERE key = '\(key)'")
            }
            func position(_ table: String, _ order: String) throws -> LogPosition? {
                try Row.fetchOne(
                    database, sql: "SELECT seq, at FROM \(table) ORDER BY seq \(order) LIMIT 1"
                ).map {
                    LogPosition(
                        sequence: try $0.integer(0),
                        at: Timestamp(microseconds: try $0.integer(1)))
                }
            }
            let pages = try integer("PRAGMA page_count") - integer("PRAGMA freelist_count")
            let log = "SELECT value FROM meta WHERE key = 'log_id'"
            return StoreStatus(
                logID: try String.fetchOne(database, sql: log) ?? "",
                schemaVersion: Int(try integer("PRAGMA user_version")),
                createdAt: Timestamp(microseconds: try meta("created_at")),
                firstEvent: try position("event", "ASC"), lastEvent: try position("event", "DESC"),
                acknowledgedThrough: try meta("acknowledged_through"),
                checkpoint: try position("checkpoint", "DESC"),
                rulesetDigest: try String.fetchOne(
                    database, sql: "SELECT digest FROM ruleset ORDER BY id DESC LIMIT 1"),
                outboxDepth: Int(try integer("SELECT count(*) FROM outbox")),
                bytes: try pages * integer("PRAGMA page_size"),
                isClosed: try meta("clean") == 1)
        }
    }

    /// Reads the whole file and checks it: seconds for each GiB. Empty when all is well.
    /// - Returns: at most 100 findings, as SQLite words them.
    public func check() throws(ReadError) -> [String] {
        do throws(ReadError) {
            return try read { database in
                try String.fetchAll(database, sql: "PRAGMA integrity_check(100)")
            }.filter { $0 != "ok" }
        } catch {
            // Some damage ends the check itself; that is a finding, too.
            guard case .corrupt(let detail) = error else { throw error }
            return [detail]
        }
    }
}
