import GRDBSQLite

/// The SQLite that this build runs on.
public enum SQLiteVersion {
    /// `3.40.1`
    public static var text: String { String(cString: sqlite3_libversion()) }
}
