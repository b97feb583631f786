import Core
import GRDBSQLite

// What the steps of a forgetting do to the tables, each within a transaction.
extension StoreWriter {
    /// Erases the events of a slice that are about the entity: their rows stay, as moments at which
    /// nothing was heard, so that the log stays dense.
    func eraseEvents(_ job: inout Forgetting, _ finder: some EntityFinder) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            SELECT e.seq, e.flags, e.topic, t.name, coalesce(length(e.payload), 0)
            FROM event e LEFT JOIN topic t ON t.id = e.topic
            WHERE e.seq > ? AND e.seq < ? ORDER BY e.seq LIMIT ?
            """)
        row.bind(job.place, at: 1)
        row.bind(job.sequence, at: 2)
        row.bind(Int64(Limits.forgetSliceEvents), at: 3)
        var about: [EventSequence] = []
        var (rows, bytes) = (0, 0)
        while try row.step() {
            if try isAbout(row, job.entity, finder) {
                about.append(row.integer(0))
                bytes += Int(row.integer(4))
            }
            job.place = row.integer(0)
            rows += 1
            guard bytes < Limits.retentionSliceBytes else {
                row.reset()
                break
            }
        }
        try erase(about)
        try linkForgotten(job, events: about)
        job.count("event", about.count)
        if rows < Limits.forgetSliceEvents, bytes < Limits.retentionSliceBytes {
            job.go(to: .emptying)
        }
    }

    private func isAbout(
        _ row: Statement, _ entity: String, _ finder: some EntityFinder
    ) throws(SQLiteFailure) -> Bool {
        guard let flags = EventFlags(rawValue: row.integer(1)) else { return false }
        switch flags.kind {
        case .tick, .ruleset: return false
        case .control:
            let json = try payload(of: row.integer(0))
            switch try? ControlRequest(json: json) {
            case .store(let draft)?: return draft.entity.hasSameBytes(as: entity)
            case .forgetEntity(let name, author: _)?: return name.hasSameBytes(as: entity)
            case .soul(let request)?: return request.entity.hasSameBytes(as: entity)
            case .change(.link(_, let name, _), author: _)?:
                return name.hasSameBytes(as: entity)
            case .change?, .forgotten?, .recalled?, nil: return false
            }
        case .message:
            let topic = row.isNull(3) ? row.text(2) : row.text(3)
            switch trace(in: topic, number: row.isInteger(2) ? row.integer(2) : nil, finder) {
            case .about: return true
            case .none: return false
            case .inPayload:
                return finder.isAbout(request: try payload(of: row.integer(0)), on: topic)
            }
        }
    }

    private func trace(
        in topic: String, number: Int64?, _ finder: some EntityFinder
    ) -> TopicTrace {
        guard let number else { return finder.trace(in: topic) }
        if let known = forgetting?.traces[number] { return known }
        let trace = finder.trace(in: topic)
        forgetting?.traces[number] = trace
        return trace
    }

    private func payload(of event: EventSequence) throws(SQLiteFailure) -> [UInt8] {
        let row = try connection.prepare("SELECT payload FROM event WHERE seq = ?")
        row.bind(event, at: 1)
        guard try row.step() else { return [] }
        defer { row.reset() }
        return row.bytes(0)
    }

    /// SQLite writes a row that becomes shorter in its place: none moves and leaves a copy.
    private func erase(_ events: [EventSequence]) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            UPDATE event SET flags = \(EventFlags(kind: .tick).rawValue), topic = NULL,
                packet_id = 0, properties = NULL, payload = NULL WHERE seq = ?
            """)
        for event in events {
            try keepRepeatable(event)
            row.bind(event, at: 1)
            try row.run()
        }
    }

    /// The broker may send it again, and then it must not count as new.
    private func keepRepeatable(_ event: EventSequence) throws(SQLiteFailure) {
        let last = state.lastEvent?.sequence ?? 0
        guard event > max(acknowledgedThrough, last - Int64(Limits.redeliveryWindowMax)) else {
            return
        }
        let row = try connection.prepare(
            EventRow.select + """
                 WHERE e.seq = ? AND e.flags & \(EventFlags.messageMask) \
                = \(EventFlags.messageAtQoS1)
                """)
        row.bind(event, at: 1)
        guard try row.step() else { return }
        defer { row.reset() }
        guard let event = try? EventRow(row).event(), case .message(let message) = event.body
        else { return }
        forgetting?.repeatable.append(
            TailEntry(
                sequence: event.sequence, packetID: message.packetID, topic: message.topic,
                payload: message.payload))
    }

    // MARK: Rows by entity

    /// A slice of one table's rows: their numbers, and whether they are wanted.
    private func slice(
        _ job: inout Forgetting, of table: String, where condition: String, _ entity: String?
    ) throws(SQLiteFailure) -> (found: [Int64], isLast: Bool) {
        let row = try connection.prepare(
            """
            SELECT rowid, \(condition) FROM \(table)
            WHERE rowid > ?1 AND rowid <= ?2 ORDER BY rowid LIMIT ?3
            """)
        row.bind(job.place, at: 1)
        row.bind(job.through[table] ?? 0, at: 2)
        row.bind(Int64(Limits.forgetSliceEvents), at: 3)
        if let entity { try row.bind(entity, at: 4) }
        var found: [Int64] = []
        var rows = 0
        while try row.step() {
            job.place = row.integer(0)
            if row.integer(1) == 1 { found.append(job.place) }
            rows += 1
            guard found.count < Limits.forgetSliceRows else {
                row.reset()
                return (found, false)
            }
        }
        return (found, rows < Limits.forgetSliceEvents)
    }

    func emptyRows(_ job: inout Forgetting) throws(SQLiteFailure) {
        let table = EntityTraces.rows[job.step]
        let (found, isLast) = try slice(
            &job, of: table.name,
            where: "\(table.column) = ?4"
                + (table.isRenewed ? " AND event_seq < \(job.sequence)" : ""), job.entity)
        // The index reads what it has to take out.
        if table.name == "memory" { try takeOutOfIndex(found) }
        if table.name == "decision" { try eraseProposals(of: found, &job) }
        let row = try connection.prepare(table.emptying)
        for id in found {
            row.bind(id, at: 1)
            try row.run()
        }
        if table.name == "decision" { try linkForgotten(job, decisions: found) }
        if table.name == "alert_ack" { try linkForgotten(job, acknowledgements: found) }
        job.count(table.name, found.count)
        if isLast { nextTable(&job, then: .deleting) }
    }

    func deleteRows(_ job: inout Forgetting) throws(SQLiteFailure) {
        let table = EntityTraces.rows[job.step]
        let (found, isLast) = try slice(
            &job, of: table.name, where: "typeof(\(table.column)) = 'blob'", nil)
        let row = try connection.prepare("DELETE FROM \(table.name) WHERE rowid = ?")
        let links = try connection.prepare("DELETE FROM memory_link WHERE memory = ?")
        for id in found {
            row.bind(id, at: 1)
            try row.run()
            guard table.name == "memory" else { continue }
            links.bind(id, at: 1)
            try links.run()
        }
        if isLast { nextTable(&job, then: .rollUps) }
    }

    private func nextTable(_ job: inout Forgetting, then next: Forgetting.Phase) {
        (job.step, job.place) = (job.step + 1, 0)
        if job.step == EntityTraces.rows.count { job.go(to: next) }
    }

    /// A verdict's event is a proposal about the entity, also where no rule set that can still be
    /// read has its route. An alert's may be somebody else's message, at which a timer was due.
    private func eraseProposals(
        of decisions: [Int64], _ job: inout Forgetting
    ) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            SELECT seq FROM event WHERE topic IS NOT NULL AND seq =
                (SELECT event_seq FROM decision WHERE row = ? AND kind = \
            \(Decision.Kind.verdict.rawValue))
            """)
        var events: [EventSequence] = []
        for decision in decisions {
            row.bind(decision, at: 1)
            while try row.step() { events.append(row.integer(0)) }
        }
        try erase(events)
        job.count("event", events.count)
    }

    // MARK: Roll-ups, indexes

    private static let rollUpTables = ["rollup_hour", "rollup_day", "rollup_place"]

    /// Of so many periods: the keys begin with them.
    func eraseRollUps(_ job: inout Forgetting) throws(SQLiteFailure) {
        let table = Self.rollUpTables[job.step]
        let first = try connection.integer("SELECT min(period) FROM \(table)") ?? 0
        let last = try connection.integer("SELECT max(period) FROM \(table)") ?? -1
        let row = try connection.prepare(
            "DELETE FROM \(table) WHERE period = ? AND entity = ?")
        let key = EntityKey.of(job.entity)
        var period = max(first, job.place)
        let end = min(last + 1, period + Int64(Limits.forgetSlicePeriods))
        while period < end {
            row.bind(period, at: 1)
            row.bind(key, at: 2)
            try row.run()
            job.count(table, Int(sqlite3_changes(connection.handle)))
            period += 1
        }
        job.place = period
        guard period > last else { return }
        (job.step, job.place) = (job.step + 1, 0)
        guard job.step == Self.rollUpTables.count else { return }
        // What they take is counted anew.
        rollUpSizes = RollUpSizes()
        job.go(to: .index)
    }

    /// Pages of an index are split and joined, and copies of names stay in them: it is made anew
    /// where the entity was in it. Each of these tables is bounded.
    func rebuildIndexes(_ job: Forgetting) throws(SQLiteFailure) {
        for table in ["soul", "evidence", "memory_link"] where job.counts[table] ?? 0 > 0 {
            try connection.execute("REINDEX \(table)")
        }
    }

    // MARK: Topics, checkpoints, outbox

    /// First all are emptied, then deleted.
    func eraseTopics(_ job: inout Forgetting, _ finder: some EntityFinder) throws(SQLiteFailure) {
        let row = try connection.prepare(
            "SELECT id, name, typeof(name) = 'blob' FROM topic WHERE id > ? AND id <= ? "
                + "ORDER BY id LIMIT ?")
        row.bind(job.place, at: 1)
        row.bind(job.through["topic"] ?? 0, at: 2)
        row.bind(Int64(Limits.forgetSliceEvents), at: 3)
        let isEmptying = job.step == 0
        var found: [Int64] = []
        var rows = 0
        while try row.step() {
            job.place = row.integer(0)
            rows += 1
            let isEmpty = row.integer(2) == 1
            let isWanted = isEmptying && !isEmpty && finder.trace(in: row.text(1)) == .about
            if isEmptying ? isWanted : isEmpty { found.append(job.place) }
        }
        let change = try connection.prepare(
            isEmptying
                ? "UPDATE topic SET name = zeroblob(length(CAST(name AS BLOB))) WHERE id = ?"
                : "DELETE FROM topic WHERE id = ?")
        for id in found {
            change.bind(id, at: 1)
            try change.run()
        }
        if isEmptying { job.count("topic", found.count) }
        guard rows < Limits.forgetSliceEvents else { return }
        if isEmptying { (job.step, job.place) = (1, 0) } else { job.go(to: .outbox) }
    }

    /// A part at a time, once there is a checkpoint of after the event.
    func eraseCheckpoints() throws(CommitError) -> ForgetStep {
        guard let job = forgetting?.job else { return .idle }
        let newest: Int64?
        do throws(SQLiteFailure) {
            newest = try connection.integer(
                "SELECT min(id) FROM checkpoint WHERE seq >= \(job.sequence)")
        } catch { throw CommitError(error) }
        guard let newest else { return .waiting(.checkpoint) }
        try step { (job) throws(SQLiteFailure) in
            try connection.execute("DELETE FROM checkpoint WHERE seq < \(job.sequence)")
            let old = try connection.integer(
                """
                SELECT rowid FROM checkpoint_part WHERE checkpoint < \(newest)
                LIMIT 1
                """)
            guard let old else { return job.go(to: .events) }
            _ = try run(
                "UPDATE checkpoint_part SET bytes = zeroblob(length(bytes)) WHERE rowid = ?", old)
            _ = try run("DELETE FROM checkpoint_part WHERE rowid = ?", old)
            job.count("checkpoint_part", 1)
        }
        return .more
    }

    /// Whether a publication that was there when it began still waits, and names the entity.
    func outboxMentions(_ job: Forgetting) throws(CommitError) -> Bool {
        let forms = EntityForms(job.entity).all
        let columns = ["topic", "properties", "payload"]
        let conditions = forms.indices.flatMap { form in
            columns.map { "instr(\($0), ?\(form + 2)) > 0" }
        }
        do throws(SQLiteFailure) {
            let row = try connection.prepare(
                """
                SELECT 1 FROM outbox WHERE id <= ?1 AND (\(conditions.joined(separator: " OR ")))
                LIMIT 1
                """)
            row.bind(job.through["outbox"] ?? 0, at: 1)
            for (index, form) in forms.enumerated() {
                try row.bind(copy: form, at: Int32(index + 2))
            }
            defer { row.reset() }
            return try row.step()
        } catch { throw CommitError(error) }
    }
}
