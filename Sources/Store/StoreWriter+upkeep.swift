import Core

extension StoreWriter {
    /// Takes one step of what can wait: copies the write-ahead log into the file once it is long
    /// enough, or writes a part of a checkpoint; else returns at once.
    ///
    /// Call it when a burst's PUBACKs have left: the copy waits for the disk, and this way no
    /// sender waits with it. Readers never wait.
    /// - Returns: whether there was anything to do; if so, call again soon.
    /// - Throws: `.io`, `.diskFull`: nothing is lost, the log only grows on; as after a commit that
    ///   failed, stop reading until one succeeds.
    @discardableResult
    public func maintain() throws(CommitError) -> Bool {
        guard walGrowth >= Limits.walCheckpointPages else { return try writeCheckpointPart() }
        do throws(SQLiteFailure) {
            try copyLog()
        } catch {
            throw CommitError(error)
        }
        return true
    }

    /// Keeps the topic before the agent's own, for who works on the store while no agent runs.
    public func remember(root: String) throws(CommitError) {
        try transaction(synced: false) { () throws(SQLiteFailure) in
            let row = try connection.prepare(
                "INSERT OR REPLACE INTO meta (key, value) VALUES ('root', ?)")
            try row.bind(root, at: 1)
            try row.run()
        }
    }

    /// The last resort of a caller that never calls `maintain`.
    func boundLog() {
        guard walGrowth >= Limits.walPagesMax else { return }
        // The commit itself has succeeded. The copy is tried again when the log has grown on.
        try? copyLog()
    }

    /// Pages written since the last copy. A reader may have kept the log from beginning anew.
    private var walGrowth: Int {
        let pages = connection.walPages
        if pages < copiedPages { copiedPages = 0 }
        return pages - copiedPages
    }

    private func copyLog() throws(SQLiteFailure) {
        copiedPages = connection.walPages
        try connection.checkpoint(.passive)
    }
}
