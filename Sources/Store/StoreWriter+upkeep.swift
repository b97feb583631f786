import Core

extension StoreWriter {
    /// Takes one step of what can wait: copies the write-ahead log into the file once it is long
    /// enough, or writes a part of a checkpoint; else returns at once.
    ///
    /// Call it when a burst's PUBACKs have left: a copy waits for the disk, and this way no
    /// sender waits with it. Where `StoreOptions` allow it the copy goes on beside the loop, and
    /// only what was written meanwhile is copied here. Readers never wait.
    /// - Returns: whether there was anything to do; if so, call again soon.
    /// - Throws: `.io`, `.diskFull`: nothing is lost, the log only grows on; as after a commit that
    ///   failed, stop reading until one succeeds.
    @discardableResult
    public func maintain() throws(CommitError) -> Bool {
        do throws(SQLiteFailure) {
            if try copyDueLog() { return true }
        } catch {
            throw CommitError(error)
        }
        return try writeCheckpointPart()
    }

    /// - Returns: whether something was copied here.
    private func copyDueLog() throws(SQLiteFailure) -> Bool {
        guard let copier else {
            guard walGrowth >= Limits.walCheckpointPages else { return false }
            try copyLog()
            return true
        }
        if try copier.takeEnd() {
            // The log begins anew only once all of it is copied, so the last few pages are copied
            // while nothing is written; and all where more comes in than is copied.
            if walGrowth < Limits.walRestPages || connection.walPages >= Limits.walPagesMax {
                try copyLog()
                return true
            }
            beginCopy(copier)
        } else if !copier.isBusy, walGrowth >= Limits.walCheckpointPages {
            beginCopy(copier)
        }
        return false
    }

    private func beginCopy(_ copier: LogCopier) {
        copiedPages = connection.walPages
        copier.begin()
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

    /// The last resort of a caller that never calls `maintain`. Nobody waits here for a copy that
    /// is at work.
    func boundLog() {
        guard copier?.isBusy != true, walGrowth >= Limits.walPagesMax else { return }
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
