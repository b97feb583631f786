import Core
import GRDBSQLite

extension StoreWriter {
    /// Takes one step towards a file in which nothing is left of what was deleted.
    ///
    /// First the full-text index is merged, `Limits.indexMergePages` at a time: a word that was
    /// taken out stays in it until then. The last step writes the whole file anew without its free
    /// space (SQLite's VACUUM) and empties the write-ahead log; it takes seconds for each GiB, in
    /// which the caller waits, and as much room on the disk again.
    /// - Returns: whether there is more to do; if so, call again.
    /// - Throws: every case of `CommitError`: `.busy` also while a reader still looks at the log.
    ///   Nothing is lost, and it is not erased: call again.
    public func eraseForgotten() throws(CommitError) -> Bool {
        if try mergeIndex() { return true }
        do throws(SQLiteFailure) {
            // Else SQLite would build the copy in memory.
            try connection.execute("PRAGMA temp_store = FILE")
            defer { try? connection.execute("PRAGMA temp_store = MEMORY") }
            try connection.execute("VACUUM")
            try connection.checkpoint(.truncate)
        } catch {
            throw abandon(error)
        }
        copiedPages = 0
        return false
    }

    /// - Returns: whether it changed anything.
    func mergeIndex() throws(CommitError) -> Bool {
        try transaction(synced: false) { () throws(SQLiteFailure) in try mergeIndexSlice() }
    }

    /// As `mergeIndex`, within a transaction.
    func mergeIndexSlice() throws(SQLiteFailure) -> Bool {
        let before = sqlite3_total_changes(connection.handle)
        // A negative number merges everything into one, bit by bit (FTS5, section 6.8).
        try connection.execute(
            """
            INSERT INTO memory_index (memory_index, rank)
            VALUES ('merge', -\(Limits.indexMergePages))
            """)
        return sqlite3_total_changes(connection.handle) - before > 1
    }
}
