import Core
import GRDBSQLite

/// What a slice of retention deleted.
public struct Trimmed: Equatable, Sendable {
    public var events = 0
    public var decisions = 0
    public var memories = 0
    public var episodes = 0
    public var evidence = 0
    public var topics = 0
    public var rulesets = 0
    /// The slice was full: call again soon.
    public var isMore = false
    /// Bytes beyond the bound that nothing is left to give way for.
    public var excess: Int64 = 0

    public init() {}
}

extension StoreWriter {
    private typealias Topic = (name: String, id: Int64)

    /// Deletes the oldest events beyond an age, or while the file holds more than it may, and their
    /// decisions with them; one bounded slice at a time.
    ///
    /// What gives way to a file that is too large: first the oldest events with their decisions,
    /// then, where no event may go and roll-ups are within their shares (`trimRollUps`), the oldest
    /// episodic memories that nobody pinned. Nothing else does: not what waits for the broker, not
    /// what people stored to last.
    ///
    /// Never deleted: what is after the newest two checkpoints, the last event, and the newest
    /// `Limits.redeliveryWindowMax` events as long as they are not acknowledged. Those may keep the
    /// store above `maxBytes`. A checkpoint goes with the first event that it would be continued by
    /// (decision 0022). Rule sets go once no kept event ran under them and enough newer ones are
    /// kept for taking effect again, topics once no kept event names them. Never waits for the
    /// disk.
    /// - Parameters:
    ///   - maxBytes: of the file; the write-ahead log beside it is not counted. Call it once a
    ///     second and until nothing is left to do, and the file is larger by no more than came in
    ///     meanwhile.
    ///   - slice: rows of each table, 1...
    ///   - memoriesMax: of the memories ever made, the newest so many are kept, and pinned ones.
    ///   - episodesMax: the newest so many are kept.
    ///   - evidenceMax: of the evidence ever recorded, the newest so many pieces are kept.
    ///   - rulesetsMax: the newest so many rule sets are kept.
    ///   - entities: those that a topic is about; what belongs to their episodes is kept.
    /// - Throws: every case of `CommitError`: nothing of the slice happened.
    public func trim(
        maxAge: Duration, maxBytes: Int64, now: Timestamp, slice: Int = Limits.retentionSliceRows,
        memoriesMax: Int = Limits.memoriesMax, episodesMax: Int = Limits.episodesMax,
        evidenceMax: Int = Limits.evidenceMax, rulesetsMax: Int = Limits.rulesetsKept,
        entities: (String) -> [String] = { _ in [] }
    ) throws(CommitError) -> Trimmed {
        let cutoff = now + (Duration.zero - maxAge)
        var trimmed = Trimmed()
        var pass = yielding
        let forgotten = try transaction(synced: false) { () throws(SQLiteFailure) -> [Topic] in
            try boundCheckpoints(ofStore: maxBytes)
            let excess = try connection.usedBytes() - maxBytes
            let range = try expired(cutoff: cutoff, excess: excess, slice: slice)
            trimmed.isMore = range.isMore
            trimmed.memories = try deleteMemories(
                through: state.nextMemoryID - 1 - Int64(memoriesMax), slice)
            if trimmed.memories == slice { trimmed.isMore = true }
            trimmed.episodes = try deleteEpisodes(slice, keeping: episodesMax)
            if trimmed.episodes == slice { trimmed.isMore = true }
            trimmed.evidence = try deleteEvidence(
                through: state.nextEvidenceID - 1 - Int64(evidenceMax), slice)
            if trimmed.evidence == slice { trimmed.isMore = true }
            var removal = AuditRemoval(reason: .retention)
            if let through = range.through {
                try keepEpisodes(through: through, range.times, maxBytes: maxBytes, entities)
                let first = try connection.integer("SELECT min(seq) FROM event") ?? through
                removal.events = try linkedEvents(first...through)
                trimmed.events = try run("DELETE FROM event WHERE seq <= ?", through)
                try deleteCheckpoints(before: through)
            } else if excess > 0, trimmed.memories == 0, !pass.isMerging {
                try yieldMemories(excess, &pass, &trimmed, now: now)
            }
            let oldest = try connection.integer("SELECT min(seq) FROM event") ?? 0
            let (decisions, through) = try deleteDecisions(before: oldest, slice, now: now)
            trimmed.decisions = decisions
            if decisions == slice { trimmed.isMore = true }
            if trimmed.events > 0 {
                removal.rulesets = try deleteRulesets(
                    keeping: rulesetsMax, Limits.rulesetBytesKept)
            }
            trimmed.rulesets = removal.rulesets.count
            try linkRetention(removal, decisionsThrough: through, before: oldest, cutoff, now: now)
            guard trimmed.events > 0 else { return [] }
            // What a row costs was estimated.
            if try connection.usedBytes() > maxBytes { trimmed.isMore = true }
            return try deleteTopics(before: oldest, slice)
        }
        yielding = pass
        for topic in forgotten { topics.remove(topic.name) }
        trimmed.topics = forgotten.count
        if yielding.isMerging {
            // What was deleted leaves the index only now.
            yielding.isMerging = try mergeIndex()
            trimmed.isMore = true
        }
        if try shrink(to: maxBytes) { trimmed.isMore = true }
        if !trimmed.isMore, !pass.isWaiting { trimmed.excess = max(0, try bytes() - maxBytes) }
        return trimmed
    }

    private func bytes() throws(CommitError) -> Int64 {
        do throws(SQLiteFailure) { return try connection.usedBytes() } catch {
            throw CommitError(error)
        }
    }

    /// How far a slice may delete; `through` is nil when there is nothing to delete.
    private func expired(
        cutoff: Timestamp, excess: Int64, slice: Int
    ) throws(SQLiteFailure) -> (through: EventSequence?, times: ClosedRange<Int64>, isMore: Bool) {
        let bound = try lastDeletable()
        let row = try connection.prepare(
            "SELECT seq, at, coalesce(length(payload), 0) FROM event ORDER BY seq LIMIT ?")
        row.bind(Int64(slice), at: 1)
        var through: EventSequence?
        var times: ClosedRange<Int64> = 0...0
        var rows = 0
        var bytes: Int64 = 0
        while try row.step() {
            let sequence = row.integer(0)
            let isExpired = row.integer(1) < cutoff.microseconds || bytes < excess
            guard sequence <= bound, isExpired else {
                row.reset()
                return (through, times, false)
            }
            guard bytes < Limits.retentionSliceBytes else {
                row.reset()
                return (through, times, true)
            }
            times = (through == nil ? row.integer(1) : times.lowerBound)...row.integer(1)
            through = sequence
            // A row costs its payload and about as much as this for the rest.
            bytes += row.integer(2) + 32
            rows += 1
        }
        return (through, times, rows == slice)
    }

    private func lastDeletable() throws(SQLiteFailure) -> EventSequence {
        let last = state.lastEvent?.sequence ?? 0
        let checkpointed = try checkpointedThrough()
        let answered = max(state.acknowledgedThrough, last - Int64(Limits.redeliveryWindowMax))
        return min(checkpointed, answered, last - 1)
    }

    /// Decisions lie in the order of their events, so the oldest rows are the ones to look at.
    /// Few of them wait for more, so that not each is a link of the audit chain.
    private func deleteDecisions(
        before oldest: EventSequence, _ slice: Int, now: Timestamp
    ) throws(SQLiteFailure) -> (rows: Int, through: Int64?) {
        let row = try connection.prepare(
            "SELECT row, event_seq FROM decision ORDER BY row LIMIT ?")
        row.bind(Int64(slice), at: 1)
        var through: Int64?
        var rows = 0
        while try row.step() {
            guard row.integer(1) < oldest else {
                row.reset()
                break
            }
            through = row.integer(0)
            rows += 1
        }
        guard let through, isRemovalDue(rows, now: now) else { return (0, nil) }
        // Row numbers rise for ever: a follower's place is one. What is still there says how far
        // they have come, unless the newest goes.
        if through + 1 == state.nextDecisionRow {
            _ = try run("UPDATE meta SET value = ? WHERE key = 'decision_next'", through + 1)
        }
        _ = try run("DELETE FROM decision_entity WHERE row <= ?", through)
        return (try run("DELETE FROM decision WHERE row <= ?", through), through)
    }

    private func deleteTopics(
        before oldest: EventSequence, _ slice: Int
    ) throws(SQLiteFailure) -> [Topic] {
        let unused = topics.unused(before: oldest, limit: slice)
        let row = try connection.prepare("DELETE FROM topic WHERE id = ?")
        for topic in unused {
            row.bind(topic.id, at: 1)
            try row.run()
        }
        return unused
    }

    /// - Returns: how many rows it changed.
    func run(_ sql: String, _ bound: Int64) throws(SQLiteFailure) -> Int {
        let statement = try connection.prepare(sql)
        statement.bind(bound, at: 1)
        try statement.run()
        return Int(sqlite3_changes(connection.handle))
    }

    /// Gives free pages back while the file is larger than it may be, and else once they are a
    /// quarter of it; fewer are soon used again.
    /// - Returns: whether there is more to give back.
    private func shrink(to maxBytes: Int64) throws(CommitError) -> Bool {
        do throws(SQLiteFailure) {
            let slice = Int64(Limits.vacuumSlicePages)
            let free = try connection.integer("PRAGMA freelist_count") ?? 0
            let all = try connection.integer("PRAGMA page_count") ?? 0
            let size = try connection.integer("PRAGMA page_size") ?? 0
            let isTooLarge = free > 0 && all > maxBytes / max(1, size)
            guard isTooLarge || (free > slice && free * 4 > all) else { return false }
            guard try connection.canShrink() else { return false }
            try connection.execute("PRAGMA incremental_vacuum(\(slice))")
            return isTooLarge && free > slice && all - slice > maxBytes / max(1, size)
        } catch {
            throw CommitError(error)
        }
    }
}
