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

    func isNull(_ column: Int32) -> Bool { type(column) == SQLITE_NULL }
    func isBlob(_ column: Int32) -> Bool { type(column) == SQLITE_BLOB }

    func integer(_ column: Int32) throws(ReadError) -> Int64 {
        try require(SQLITE_INTEGER, column)
        return raw.integer(column)
    }

    func text(_ column: Int32) throws(ReadError) -> String {
        try require(SQLITE_TEXT, column)
        return raw.text(column)
    }

    /// Bytes; none for NULL.
    func bytes(_ column: Int32) throws(ReadError) -> [UInt8] {
        if isNull(column) { return [] }
        try require(SQLITE_BLOB, column)
        return raw.bytes(column)
    }

    private func type(_ column: Int32) -> Int32 { sqlite3_column_type(raw.handle, column) }

    private func require(_ wanted: Int32, _ column: Int32) throws(ReadError) {
        guard type(column) == wanted else {
            throw .corrupt("column \(column) holds a value of another type")
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
