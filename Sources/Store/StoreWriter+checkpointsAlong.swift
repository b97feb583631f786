import Core

// Checkpoints along the log (decision 0022): a replay begins at the nearest. A start needs the
// newest only.
extension StoreWriter {
    /// The checkpoint of the mind behind so many newer ones; nil where there are not that many.
    /// - Parameter index: 0 for the newest.
    public func storedCheckpoint(fromNewest index: Int) throws(ReadError) -> StoredCheckpoint? {
        do throws(SQLiteFailure) {
            let row = try connection.prepare(
                """
                SELECT seq, at, id FROM checkpoint c WHERE parts =
                    (SELECT count(*) FROM checkpoint_part p WHERE p.checkpoint = c.id)
                ORDER BY seq DESC, id DESC LIMIT 1 OFFSET ?
                """)
            row.bind(Int64(index), at: 1)
            guard try row.step() else { return nil }
            defer { row.reset() }
            var checkpoint = StoredCheckpoint(
                sequence: row.integer(0), at: Timestamp(microseconds: row.integer(1)), bytes: [])
            let part = try connection.prepare(
                "SELECT bytes FROM checkpoint_part WHERE checkpoint = ? ORDER BY part")
            part.bind(row.integer(2), at: 1)
            while try part.step() { checkpoint.bytes += part.bytes(0) }
            return checkpoint
        } catch { throw ReadError(error) }
    }

    /// Until their number and their bytes are within bounds, one after the other gives way.
    func thinCheckpoints() throws(SQLiteFailure) {
        var kept = try checkpointSizes()
        let beginning = (try connection.integer("SELECT min(seq) FROM event") ?? 1) - 1
        let delete = try connection.prepare("DELETE FROM checkpoint WHERE id = ?")
        var bytes = kept.reduce(0) { $0 + $1.bytes }
        while kept.count > Limits.checkpointsKept || bytes > checkpointsBytesMax,
            let index = CheckpointPlace.dispensable(kept.map(\.sequence), beginning: beginning)
        {
            let gone = kept.remove(at: index)
            bytes -= gone.bytes
            delete.bind(gone.id, at: 1)
            try delete.run()
            hasStaleParts = true
        }
    }

    /// What a smaller store allows of them, from here on.
    func boundCheckpoints(ofStore maxBytes: Int64) throws(SQLiteFailure) {
        let share = max(0, maxBytes / Limits.checkpointsShareOfStore)
        let wanted = min(Limits.checkpointsBytesMax, share)
        guard wanted != checkpointsBytesMax else { return }
        checkpointsBytesMax = wanted
        try thinCheckpoints()
    }

    /// Once retention has begun to delete what follows a checkpoint, nothing can be folded from it.
    func deleteCheckpoints(before sequence: EventSequence) throws(SQLiteFailure) {
        if try run("DELETE FROM checkpoint WHERE seq < ?", sequence) > 0 { hasStaleParts = true }
    }

    /// The event up to which a start needs none any more, whichever checkpoint it can use.
    func checkpointedThrough() throws(SQLiteFailure) -> EventSequence {
        try connection.integer(
            """
            SELECT min(seq) FROM (
                SELECT seq FROM checkpoint ORDER BY seq DESC LIMIT \(Limits.checkpointsForStart))
            """) ?? 0
    }

    private typealias Size = (id: Int64, sequence: EventSequence, bytes: Int64)

    /// Ascending by sequence.
    private func checkpointSizes() throws(SQLiteFailure) -> [Size] {
        var sizes: [Int64: Int64] = [:]
        let part = try connection.prepare(
            "SELECT checkpoint, sum(length(bytes)) FROM checkpoint_part GROUP BY checkpoint")
        while try part.step() { sizes[part.integer(0)] = part.integer(1) }
        let row = try connection.prepare("SELECT id, seq FROM checkpoint ORDER BY seq, id")
        var found: [Size] = []
        while try row.step() {
            found.append((row.integer(0), row.integer(1), sizes[row.integer(0)] ?? 0))
        }
        return found
    }
}
