import Core
import GRDB

extension StoreReader {
    /// How far the forgetting is that began with an event; nil where none did.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forgetting(of event: EventSequence) throws(ReadError) -> Forgetting? {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT \(Forgetting.columns) FROM forgetting WHERE event_seq = ?",
                arguments: [event])
            guard let row else { return nil }
            let job = Forgetting(
                sequence: event, entity: try row.text(1), phase: try row.integer(2),
                step: try row.integer(3), place: try row.integer(4), through: try row.text(5),
                counts: try row.text(6))
            guard let job else { throw ReadError.corrupt("the forgetting of \(event)") }
            return job
        }
    }

    /// The event of the newest forgetting, and whether all of them are done; nil where none began.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func newestForgetting() throws(ReadError) -> (sequence: EventSequence, isDone: Bool)? {
        try read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT max(event_seq), min(phase) FROM forgetting")
            guard let row, !row.isNull(0) else { return nil }
            let isDone = try row.integer(1) == Forgetting.Phase.done.rawValue
            return (try row.integer(0), isDone)
        }
    }

    /// Rows in which one of these stands, whatever they are about, by table; reads all of them.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func mentions(of forms: EntityForms) throws(ReadError) -> [(table: String, rows: Int)] {
        try read { database in
            var found: [(table: String, rows: Int)] = []
            for table in EntityTraces.all where !table.traces.isEmpty {
                // Its texts stand in the table of memories.
                if table.name == "memory_index" { continue }
                let conditions = table.traces.flatMap { column in
                    forms.all.map {
                        "instr(CAST(\(column) AS BLOB), x'\(Hexadecimal.text(of: $0))') > 0"
                    }
                }
                let rows = try Int.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM \(table.name) "
                        + "WHERE \(conditions.joined(separator: " OR "))")
                if let rows, rows > 0 { found.append((table.name, rows)) }
            }
            return found
        }
    }

    /// The rule sets that the store has, as they were activated.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func rulesets() throws(ReadError) -> [StoredRuleset] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT digest, activated_at FROM ruleset ORDER BY id")
            return try rows.map { row in
                let digest = try row.text(0)
                let files = try Row.fetchAll(
                    database,
                    sql: "SELECT name, text FROM ruleset_file WHERE digest = ? ORDER BY position",
                    arguments: [digest])
                return StoredRuleset(
                    digest: digest, activatedAt: Timestamp(microseconds: try row.integer(1)),
                    files: try files.map { .init(name: try $0.text(0), text: try $0.text(1)) })
            }
        }
    }

    /// The rows about an entity in the tables that have no reader of their own, as JSON objects,
    /// in the order of the tables and rows. A table that is added to `EntityTraces` is among them.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachOtherRow(
        of entity: String, _ body: (_ table: String, _ json: [UInt8]) -> Bool
    ) throws(ReadError) {
        let own = ["decision", "decision_entity", "memory"]
        for table in EntityTraces.rows where !own.contains(table.name) {
            var last = Int64.min
            while true {
                let page = try read { database in
                    try Row.fetchAll(
                        database,
                        sql: """
                            SELECT rowid, * FROM \(table.name)
                            WHERE rowid > ? AND \(table.column) = ?
                            ORDER BY rowid LIMIT \(Limits.decisionsPageRows)
                            """,
                        arguments: [last, entity])
                }
                for row in page {
                    guard body(table.name, row.json) else { return }
                }
                guard page.count == Limits.decisionsPageRows, let end = page.last else { break }
                last = try end.integer(0)
            }
        }
    }
}

extension Row {
    /// Every column but the first, which is the row's number.
    fileprivate var json: [UInt8] {
        JSONWriter.object { json in
            for (name, value) in zip(columnNames, databaseValues).dropFirst() {
                switch value.storage {
                case .null: json.member(name, JSONValue.null)
                case .int64(let number): json.member(name, number)
                case .double(let number): json.member(name, number)
                case .string(let text): json.member(name, text)
                case .blob(let bytes):
                    if let text = String(validating: bytes, as: UTF8.self) {
                        json.member(name, text)
                    } else {
                        json.member(name + "_base64", Base64.encode([UInt8](bytes)))
                    }
                }
            }
        }
    }
}
