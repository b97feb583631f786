import GRDB
import GRDBSQLite

/// A row of a reader's connection, without GRDB's own rows: those take several times as long, which
/// counts where a million of them are read. A value of another type is an error here.
struct ReaderRow {
    private struct Raw: SQLiteRow {
        let handle: OpaquePointer
    }

    private let raw: Raw

    /// Hands over the rows until the body says false.
    ///
    /// The statement is kept for the next time.
    static func forEach(
        of sql: String, _ arguments: StatementArguments, in database: Database,
        _ body: (ReaderRow) throws -> Bool
    ) throws {
        let statement = try database.cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        defer { sqlite3_reset(statement.sqliteStatement) }
        while let row = try next(statement, in: database) {
            guard try body(row) else { return }
        }
    }

    fileprivate static func next(
        _ statement: GRDB.Statement, in database: Database
    ) throws -> ReaderRow? {
        switch sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: return ReaderRow(raw: Raw(handle: statement.sqliteStatement))
        case SQLITE_DONE: return nil
        case _:
            throw DatabaseError(
                resultCode: ResultCode(
                    rawValue: sqlite3_extended_errcode(database.sqliteConnection)),
                message: String(cString: sqlite3_errmsg(database.sqliteConnection)))
        }
    }

    func isNull(_ column: Int32) -> Bool { self[column].isNull }

    func integer(_ column: Int32) throws(ReadError) -> Int64 {
        guard let integer = self[column].integer else { throw Self.wrongType(column) }
        return integer
    }

    func text(_ column: Int32) throws(ReadError) -> String {
        guard self[column].isText else { throw Self.wrongType(column) }
        return raw.text(column)
    }

    /// Bytes; none for NULL.
    func bytes(_ column: Int32) throws(ReadError) -> [UInt8] {
        let value = self[column]
        if value.isNull { return [] }
        guard let bytes = value.bytes else { throw Self.wrongType(column) }
        return bytes
    }

    static func wrongType(_ column: Int32) -> ReadError {
        .corrupt("column \(column) holds a value of another type")
    }

    /// A value as it lies there, asked once for its type and content: each question to a row by
    /// itself costs as much as both. Valid until the next row.
    ///
    /// SQLite calls what comes from `sqlite3_column_value` unprotected, since another thread with
    /// the same connection could change it while it is looked at. That cannot happen here: one
    /// thread at a time has a connection, and it keeps it from one row to the next.
    subscript(column: Int32) -> Value { Value(sqlite3_column_value(raw.handle, column)) }

    struct Value {
        private let handle: OpaquePointer?
        private let type: Int32

        fileprivate init(_ handle: OpaquePointer?) {
            self.handle = handle
            type = sqlite3_value_type(handle)
        }

        var isNull: Bool { type == SQLITE_NULL }
        var isText: Bool { type == SQLITE_TEXT }

        /// nil of another type.
        var integer: Int64? { type == SQLITE_INTEGER ? sqlite3_value_int64(handle) : nil }

        /// nil of another type than a blob.
        var bytes: [UInt8]? {
            guard type == SQLITE_BLOB else { return nil }
            let start = sqlite3_value_blob(handle)
            let count = Int(sqlite3_value_bytes(handle))
            return [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
        }
    }
}

/// A statement that finds a row by a number, again and again.
struct ReaderLookup {
    private let database: Database
    private let statement: GRDB.Statement

    /// - Parameter sql: with one parameter.
    init(_ sql: String, in database: Database) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
    }

    /// What the body makes of the first row; nil where there is none.
    func first<Found>(_ number: Int64, _ body: (ReaderRow) throws -> Found) throws -> Found? {
        sqlite3_bind_int64(statement.sqliteStatement, 1, number)
        defer { sqlite3_reset(statement.sqliteStatement) }
        return try ReaderRow.next(statement, in: database).map(body)
    }
}
