import GRDBSQLite

extension AuditEncoding {
    /// The value of a column as it is stored, whatever type that is: what was changed to something
    /// that reads the same is changed.
    mutating func column(_ row: OpaquePointer, _ column: Int32) {
        switch sqlite3_column_type(row, column) {
        case SQLITE_INTEGER: integer(sqlite3_column_int64(row, column))
        case SQLITE_FLOAT: real(sqlite3_column_double(row, column))
        case SQLITE_TEXT:
            let start = UnsafeRawPointer(sqlite3_column_text(row, column))
            let count = Int(sqlite3_column_bytes(row, column))
            text(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(row, column)
            let count = Int(sqlite3_column_bytes(row, column))
            blob(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
        case _: null()
        }
    }

    mutating func column(_ row: Statement, _ column: Int) {
        self.column(row.handle, Int32(column))
    }

    /// The record of a row that has these columns first.
    init(_ row: Statement, _ columns: [String]) {
        self.init(reservingBytes: 256)
        for index in columns.indices { column(row, index) }
    }
}

extension AuditRecords {
    static let selectFiles = """
        SELECT \(rulesetFile.joined(separator: ", ")) FROM ruleset_file WHERE digest = ?
        ORDER BY position
        """
}
