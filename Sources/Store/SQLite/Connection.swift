import Core
import GRDBSQLite

/// One connection on SQLite's C interface, for one thread.
///
/// Closed by `close`, or with its last statement. A statement of a closed connection must not be
/// used.
final class Connection {
    let handle: OpaquePointer
    private(set) var isOpen = true
    /// Those of our own that are alive. SQLite's list also has those that the full-text index
    /// keeps for itself, and finalizes itself.
    private var statements: Set<OpaquePointer> = []
    /// Written by SQLite's hook at each commit; owned by this object.
    private let walPagesSeen: UnsafeMutablePointer<Int32>

    /// Opens an existing file; `DatabaseFile` makes it, so that its mode is ours.
    convenience init(path: String, vfs: String?) throws(SQLiteFailure) {
        try self.init(path, SQLITE_OPEN_READWRITE, vfs)
    }

    /// Opens a file of which not a byte is to change.
    convenience init(readingOnly uri: String, vfs: String?) throws(SQLiteFailure) {
        try self.init(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, vfs)
    }

    private init(_ name: String, _ mode: Int32, _ vfs: String?) throws(SQLiteFailure) {
        var opened: OpaquePointer?
        // One thread owns the connection, so SQLite's own mutex is left out.
        let code = sqlite3_open_v2(name, &opened, mode | SQLITE_OPEN_NOMUTEX, vfs)
        guard let opened else {
            throw SQLiteFailure(code: SQLITE_NOMEM, message: "out of memory")
        }
        guard code == SQLITE_OK else {
            let failure = Self.failure(of: opened)
            sqlite3_close_v2(opened)
            throw failure
        }
        handle = opened
        walPagesSeen = .allocate(capacity: 1)
        walPagesSeen.initialize(to: 0)
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                context?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            }, walPagesSeen)
    }

    deinit {
        close()
        walPagesSeen.deallocate()
    }

    /// Pages in the write-ahead log as of the last commit of this connection.
    var walPages: Int { Int(walPagesSeen.pointee) }

    /// Lets go of the file, at once unless a statement is still alive. May be called again.
    func close() {
        guard isOpen else { return }
        isOpen = false
        defer { statements = [] }
        // All statements die first: SQLite closes the file with the last of them.
        for statement in statements { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// How long to wait for a lock that another program holds.
    func setBusyTimeout() {
        sqlite3_busy_timeout(handle, Int32(Limits.databaseBusyTimeout.microseconds / 1_000))
    }

    /// Runs statements that return nothing of interest.
    func execute(_ sql: String) throws(SQLiteFailure) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// Prepares one statement.
    /// - Parameter isKept: it will be run again and again, so SQLite may spend memory on it.
    func prepare(_ sql: String, isKept: Bool = false) throws(SQLiteFailure) -> Statement {
        var prepared: OpaquePointer?
        let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = sqlite3_prepare_v3(handle, sql, -1, flags, &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw failure() }
        statements.insert(prepared)
        return Statement(handle: prepared, connection: self)
    }

    /// Lets go of a statement, unless `close` has done so.
    func finalize(_ statement: OpaquePointer) {
        if statements.remove(statement) != nil { sqlite3_finalize(statement) }
    }

    /// The first column of the first row as an integer; nil when there is no row or it is NULL.
    func integer(_ sql: String) throws(SQLiteFailure) -> Int64? {
        let statement = try prepare(sql)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.integer(0)
    }

    /// The first column of the first row as text; nil when there is no row or it is NULL.
    func text(_ sql: String) throws(SQLiteFailure) -> String? {
        let statement = try prepare(sql)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.text(0)
    }

    /// What the last call said.
    func failure() -> SQLiteFailure { Self.failure(of: handle) }

    private static func failure(of handle: OpaquePointer) -> SQLiteFailure {
        SQLiteFailure(
            code: sqlite3_extended_errcode(handle),
            message: sqlite3_errmsg(handle).map { String(cString: $0) } ?? "unknown error",
            systemError: sqlite3_system_errno(handle))
    }
}
