import GRDBSQLite

extension Connection {
    enum CheckpointMode {
        /// Copies what no reader holds back, and waits for nobody.
        case passive
        /// Copies everything, waits for readers, and empties the write-ahead log.
        case truncate
    }

    /// Copies the write-ahead log into the file and syncs both.
    func checkpoint(_ mode: CheckpointMode) throws(SQLiteFailure) {
        let code =
            switch mode {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        guard sqlite3_wal_checkpoint_v2(handle, nil, code, nil, nil) == SQLITE_OK else {
            throw failure()
        }
    }

    /// Bytes of the pages that hold something.
    func usedBytes() throws(SQLiteFailure) -> Int64 {
        let pages = try integer("PRAGMA page_count") ?? 0
        let free = try integer("PRAGMA freelist_count") ?? 0
        return (pages - free) * (try integer("PRAGMA page_size") ?? 0)
    }
}

extension SQLiteFailure {
    /// Damage that we found ourselves.
    static func damage(_ message: String) -> SQLiteFailure {
        SQLiteFailure(code: SQLITE_CORRUPT, message: message)
    }
}
