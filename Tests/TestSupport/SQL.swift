import GRDBSQLite

/// SQL behind a store's back.
public enum SQL {
    public struct Failure: Error {
        public let message: String
    }

    public static func run(_ sql: String, _ path: String) throws(Failure) {
        var handle: OpaquePointer?
        defer { sqlite3_close(handle) }
        guard sqlite3_open(path, &handle) == SQLITE_OK,
            sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK
        else { throw Failure(message: String(cString: sqlite3_errmsg(handle))) }
    }
}
