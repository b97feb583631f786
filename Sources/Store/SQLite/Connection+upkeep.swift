import GRDBSQLite

extension Connection {
    enum CheckpointMode {
        /// Copies what no reader holds back, and waits for nobody.
        case passive
        /// Copies everything, waits for readers, and empties the write-ahead log.
        case truncate
    }

    /// Copies the write-ahead log into the file and syncs both.
    /// - Parameter isPatient: false fails at once where another program is in the way.
    func checkpoint(
        _ mode: CheckpointMode, isPatient: Bool = true
    ) throws(SQLiteFailure) {
        if !isPatient { sqlite3_busy_timeout(handle, 0) }
        defer { if !isPatient { setBusyTimeout() } }
        let code =
            switch mode {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        guard sqlite3_wal_checkpoint_v2(handle, nil, code, nil, nil) == SQLITE_OK else {
            throw failure()
        }
    }

    /// Whether the file gives pages back one by one; one that an older version, or another program,
    /// made without this does so only when it is written anew.
    func canShrink() throws(SQLiteFailure) -> Bool {
        try integer("PRAGMA auto_vacuum") == 2
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
