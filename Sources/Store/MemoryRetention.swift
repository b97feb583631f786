import Core

/// How long memories are kept that nobody pinned, by layer; nil is for ever.
public struct MemoryRetention: Equatable, Sendable {
    /// Of one that is of no importance; see `expires`.
    public var episodic: Duration?
    public var semantic: Duration?
    public var longTerm: Duration?

    public init(
        episodic: Duration? = nil, semantic: Duration? = nil, longTerm: Duration? = nil
    ) {
        (self.episodic, self.semantic, self.longTerm) = (episodic, semantic, longTerm)
    }

    func ageMax(of layer: Memory.Layer) -> Duration? {
        switch layer {
        case .episodic: episodic
        case .semantic: semantic
        case .longTerm: longTerm
        }
    }

    /// The age below which no memory goes; nil where all are kept for ever.
    var youngest: Duration? { [episodic, semantic, longTerm].compactMap(\.self).min() }

    /// Whether a memory is too old: what happened once is kept for the age of its layer times
    /// `1 + 3 * importance`, so up to four times as long; what holds, and what is to outlast its
    /// time, for the age itself.
    func expires(
        _ layer: Memory.Layer, at: Timestamp, importance: Double, now: Timestamp
    ) -> Bool {
        guard let ageMax = ageMax(of: layer) else { return false }
        let factor = layer == .episodic ? 1 + 3 * min(1, max(0, importance)) : 1
        // Beyond the range of a duration nothing is old enough.
        let microseconds = Double(ageMax.microseconds) * factor
        guard microseconds < 9e18 else { return false }
        return at + .microseconds(Int64(microseconds)) < now
    }
}

/// How far retention has looked through the memories.
struct MemoryPass {
    /// The last that it has looked at; 0 where the next step begins anew.
    var place: MemoryID = 0
    /// When it last came to the end.
    var endedAt: Timestamp?
}

extension StoreWriter {
    /// Deletes memories that are older than their layer allows, the oldest first, one bounded slice
    /// at a time. All are looked through once in `Limits.memoryPassInterval`.
    ///
    /// - Returns: how many were deleted, and whether to call again soon.
    /// - Throws: every case of `CommitError`: nothing of the slice happened.
    public func trimMemories(
        _ retention: MemoryRetention, now: Timestamp
    ) throws(CommitError) -> (deleted: Int, isMore: Bool) {
        guard let youngest = retention.youngest else { return (0, false) }
        if let endedAt = memoryPass.endedAt, memoryPass.place == 0,
            now < endedAt + Limits.memoryPassInterval
        {
            return (0, false)
        }
        var pass = memoryPass
        let newest = now + (.zero - youngest)
        let deleted = try transaction(synced: false) { () throws(SQLiteFailure) -> Int in
            let (expired, last) = try look(retention, from: pass.place, until: newest, now)
            pass.place = last ?? 0
            return try deleteMemories(expired, before: state.nextMemoryID)
        }
        if pass.place == 0 { pass.endedAt = now }
        memoryPass = pass
        boundLog()
        return (deleted, pass.place != 0)
    }

    /// - Returns: what is too old, and the last that was looked at; nil where none is left.
    private func look(
        _ retention: MemoryRetention, from place: MemoryID, until newest: Timestamp,
        _ now: Timestamp
    ) throws(SQLiteFailure) -> ([MemoryID], MemoryID?) {
        let row = try connection.prepare(
            """
            SELECT id, at, layer, importance, pinned, typeof(entity) = 'text' FROM memory
            WHERE id > ? ORDER BY id LIMIT \(Limits.retentionSliceRows)
            """)
        row.bind(place, at: 1)
        var expired: [MemoryID] = []
        var last: MemoryID?
        var rows = 0
        defer { row.reset() }
        // Ids rise with time.
        while try row.step(), row.integer(1) < newest.microseconds {
            rows += 1
            last = row.integer(0)
            guard row.integer(4) == 0, row.integer(5) == 1,
                let layer = Memory.Layer(number: row.integer(2)),
                retention.expires(
                    layer, at: Timestamp(microseconds: row.integer(1)),
                    importance: row.double(3), now: now)
            else { continue }
            expired.append(row.integer(0))
            if expired.count == Limits.forgetSliceRows { return (expired, last) }
        }
        return (expired, rows == Limits.retentionSliceRows ? last : nil)
    }
}
