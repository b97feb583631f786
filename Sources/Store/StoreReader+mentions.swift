import Core
import GRDB

/// Where an entity's name stands in the rows of a store.
public struct EntityMentions: Sendable {
    /// Rows that name it, whatever they are about, by table.
    public internal(set) var tables: [(table: String, rows: Int)] = []
    /// Those in which it is only a part of other names and words.
    public internal(set) var words = LongerWords()
}

extension StoreReader {
    /// Looks for an entity's name in all rows, whatever they are about; reads them twice.
    ///
    /// What is a part of a longer word is another's. In checkpoints, and other bytes that are no
    /// text, it is where a text has that word; so these are all known before rows are counted. What
    /// is written meanwhile may be among them or not.
    /// - Parameter isOver: whether whoever asked has waited for long enough; nil waits.
    /// - Throws: `.busy`, `.io`, `.corrupt`; any of them once it is over.
    public func mentions(
        of forms: EntityForms, unless isOver: (@Sendable () -> Bool)? = nil
    ) throws(ReadError) -> EntityMentions {
        // The index has the texts of the table of memories.
        let tables = EntityTraces.all.filter { !$0.traces.isEmpty && $0.name != "memory_index" }
        var found = EntityMentions()
        for table in tables {
            try forEachRow(of: table, having: forms, unless: isOver) { values in
                for value in values { found.words.add(forms, in: value) }
            }
        }
        for table in tables {
            var rows = 0
            try forEachRow(of: table, having: forms, unless: isOver) { values in
                let isNamed = values.contains { forms.isNamed(in: $0, besides: found.words) }
                if isNamed { rows += 1 }
            }
            if rows > 0 { found.tables.append((table.name, rows)) }
        }
        return found
    }

    /// Hands over what can be a trace in the rows in which one of these stands, as bytes. Numbers
    /// are none: that of a topic is no name.
    ///
    /// Slice by slice, between which no transaction is open: none holds the write-ahead log back
    /// for as long as a large table takes.
    private func forEachRow(
        of table: EntityTraces.Table, having forms: EntityForms,
        unless isOver: (@Sendable () -> Bool)?, _ body: ([[UInt8]]) -> Void
    ) throws(ReadError) {
        let columns = table.traces.map {
            "CASE WHEN typeof(\($0)) IN ('text', 'blob') THEN CAST(\($0) AS BLOB) END"
        }
        let conditions = columns.flatMap { column in
            forms.all.map { "instr(\(column), x'\(Hexadecimal.text(of: $0))') > 0" }
        }
        let slice = """
            SELECT \(columns.joined(separator: ", ")) FROM \(table.name)
            WHERE \(table.order) > ? AND \(table.order) <= ?
            AND (\(conditions.joined(separator: " OR ")))
            """
        let end = """
            SELECT \(table.order) FROM \(table.name) WHERE \(table.order) > ?
            ORDER BY \(table.order) LIMIT 1 OFFSET \(Limits.searchSliceRows - 1)
            """
        var next: Int64? = Int64.min
        while let place = next {
            if let isOver, isOver() { throw ReadError.io("it takes too long") }
            next = try read { (database) -> Int64? in
                try database.reading(unless: isOver) { () -> Int64? in
                    let last = try Int64.fetchOne(database, sql: end, arguments: [place])
                    let range: StatementArguments = [place, last ?? Int64.max]
                    try ReaderRow.forEach(of: slice, range, in: database) { row in
                        body(try columns.indices.map { try row.bytes(Int32($0)) })
                        return true
                    }
                    return last
                }
            }
        }
    }
}
