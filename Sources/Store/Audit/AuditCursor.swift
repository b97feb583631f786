import GRDB
import GRDBSQLite

/// One statement on a reader's connection, by SQLite's C interface: a million rows in seconds.
/// Must not outlive the transaction that it was made in.
final class AuditCursor {
    let row: OpaquePointer
    private let connection: OpaquePointer

    init(_ database: Database, _ sql: String) throws(ReadError) {
        guard let connection = database.sqliteConnection else { throw .io("no connection") }
        self.connection = connection
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &prepared, nil) == SQLITE_OK,
            let prepared
        else { throw Self.failure(connection) }
        row = prepared
    }

    deinit { sqlite3_finalize(row) }

    /// Begins anew with these numbers.
    func bind(_ values: Int64...) {
        sqlite3_reset(row)
        for (index, value) in values.enumerated() {
            sqlite3_bind_int64(row, Int32(index + 1), value)
        }
    }

    /// Begins anew with the value of a column of another statement.
    func bind(_ other: AuditCursor, column: Int32) {
        sqlite3_reset(row)
        sqlite3_bind_value(row, 1, sqlite3_column_value(other.row, column))
    }

    /// Goes on to the next row.
    func step() throws(ReadError) -> Bool {
        switch sqlite3_step(row) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case _: throw Self.failure(connection)
        }
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(row, column) }

    /// Text, or bytes read as UTF-8.
    func text(_ column: Int32) -> String {
        let start = sqlite3_column_blob(row, column)
        let count = Int(sqlite3_column_bytes(row, column))
        let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
        return String(decoding: bytes, as: UTF8.self)
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(row, column) == SQLITE_NULL }

    func isBlob(_ column: Int32) -> Bool { sqlite3_column_type(row, column) == SQLITE_BLOB }

    private static func failure(_ connection: OpaquePointer) -> ReadError {
        ReadError(
            SQLiteFailure(
                code: sqlite3_extended_errcode(connection),
                message: sqlite3_errmsg(connection).map { String(cString: $0) }
                    ?? "unknown error"))
    }
}
