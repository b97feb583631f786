extension StoreWriter {
    /// Learns whether commits are possible again: writes a little, and waits for the disk as a
    /// synced commit does.
    ///
    /// - Throws: every case of `CommitError`; nothing is changed then.
    public func probe() throws(CommitError) {
        try transaction(synced: true) { () throws(SQLiteFailure) in
            // The value must change: SQLite does not write what is there already.
            try connection.execute(
                """
                INSERT INTO meta VALUES ('probe', 1)
                ON CONFLICT (key) DO UPDATE SET value = value + 1
                """)
        }
    }
}
