import Core

/// How far the oldest episodic memories have given way to a file that is too large.
struct Yielding {
    /// Bytes that are still to be deleted.
    var left: Int64 = 0
    /// Something was deleted since the index was merged.
    var hasDeleted = false
    /// The index is merged before anything is counted again.
    var isMerging = false
    /// Roll-ups give way first.
    var isWaiting = false
    /// The last memory that was looked at: what is before it was deleted, or does not give way.
    var place: MemoryID = 0
    /// When the first one was looked at for the last time.
    var begunAt: Timestamp?
}

extension StoreWriter {
    /// A slice of the memories, where roll-ups are within their shares; within a transaction.
    func yieldMemories(
        _ excess: Int64, _ pass: inout Yielding, _ trimmed: inout Trimmed, now: Timestamp
    ) throws(SQLiteFailure) {
        pass.isWaiting = try mayTrimRollUps()
        if pass.isWaiting { return }
        let found = try findYielding(excess, &pass, now: now)
        trimmed.memories = try deleteMemories(found.ids, before: state.nextMemoryID)
        trimmed.isMore = trimmed.isMore || found.isMore
    }

    /// Looks for the oldest episodic memories that nobody pinned, until they make up for what is
    /// too much.
    ///
    /// It looks at `Limits.retentionSliceRows` memories and goes on behind them the next time. From
    /// the end on there are only new ones to look at, until `Limits.memoryPassInterval` is over:
    /// what was passed over may have been unpinned.
    /// - Returns: what is to be deleted, and whether there is more to look at.
    private func findYielding(
        _ excess: Int64, _ pass: inout Yielding, now: Timestamp
    ) throws(SQLiteFailure) -> (ids: [MemoryID], isMore: Bool) {
        if pass.left <= 0 { pass.left = excess }
        if pass.begunAt.map({ now >= $0 + Limits.memoryPassInterval }) ?? true {
            (pass.place, pass.begunAt) = (0, now)
        }
        // The length only of those that are wanted: SQLite reads the text for it.
        let row = try connection.prepare(
            """
            SELECT id, CASE WHEN layer = \(Memory.Layer.episodic.number) AND pinned = 0
                AND typeof(entity) = 'text' THEN length(content) END
            FROM memory WHERE id > ? ORDER BY id LIMIT \(Limits.retentionSliceRows)
            """)
        row.bind(pass.place, at: 1)
        var ids: [MemoryID] = []
        var rows = 0
        var isAtEnd = false
        while pass.left > 0, ids.count < Limits.forgetSliceRows {
            guard try row.step() else {
                isAtEnd = rows < Limits.retentionSliceRows
                break
            }
            rows += 1
            pass.place = row.integer(0)
            if row.isNull(1) { continue }
            ids.append(pass.place)
            // Its row and what the index has of it, rather too much: all is counted again.
            pass.left -= 3 * row.integer(1) + 512
        }
        row.reset()
        if !ids.isEmpty { pass.hasDeleted = true }
        if isAtEnd || pass.left <= 0 {
            (pass.left, pass.isMerging, pass.hasDeleted) = (0, pass.hasDeleted, false)
        }
        return (ids, !isAtEnd)
    }
}
