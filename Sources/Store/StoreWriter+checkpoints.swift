import Core

/// Checkpoints of the mind that wait to be written, or are being written: at most two.
///
/// The one begun is finished, whatever comes; of those behind it only the newest is kept. So there
/// is always one that gets done, however fast they come.
struct PendingCheckpoints {
    typealias Pending = (id: Int64, checkpoint: StoredCheckpoint)

    private var waiting: [Pending] = []
    /// Parts of the first that are in the file.
    var partsWritten = 0

    var first: Pending? { waiting.first }

    /// Takes a checkpoint unless it was small enough to be written at once.
    mutating func add(_ checkpoint: StoredCheckpoint, id: Int64) {
        guard checkpoint.partCount > 1 else { return }
        if waiting.count == 2 { waiting.removeLast() }
        waiting.append((id, checkpoint))
    }

    /// The first is done.
    mutating func removeFirst() {
        waiting.removeFirst()
        partsWritten = 0
    }
}

extension StoredCheckpoint {
    /// At least one.
    fileprivate var partCount: Int {
        max(1, (bytes.count + Limits.checkpointPartBytes - 1) / Limits.checkpointPartBytes)
    }

    fileprivate func part(_ index: Int) -> [UInt8] {
        let start = index * Limits.checkpointPartBytes
        return Array(bytes[start..<min(bytes.count, start + Limits.checkpointPartBytes)])
    }
}

// A checkpoint of thousands of devices has megabytes, and a megabyte takes milliseconds to commit:
// more than the path may be held. It goes in by parts, in transactions of their own, and counts
// from the moment its row is there. Parts without a row are what a crash or a newer checkpoint
// left.
extension StoreWriter {
    /// Within the transaction of its batch, where that takes no longer than a part.
    func insertIfSmall(_ checkpoint: StoredCheckpoint) throws(SQLiteFailure) {
        guard checkpoint.partCount == 1 else { return }
        try insertPart(0, of: checkpoint, id: nextCheckpointID)
        try insertRow(of: checkpoint, id: nextCheckpointID)
    }

    /// Writes or deletes one part, if there is one to write or delete.
    @discardableResult
    func writeCheckpointPart() throws(CommitError) -> Bool {
        guard let (id, checkpoint) = pendingCheckpoints.first else { return try deleteStalePart() }
        let index = pendingCheckpoints.partsWritten
        let isLast = index + 1 == checkpoint.partCount
        try transaction(synced: false) { () throws(SQLiteFailure) in
            try insertPart(index, of: checkpoint, id: id)
            guard isLast else { return }
            try insertRow(of: checkpoint, id: id)
            options.failpoint?(.duringCheckpoint)
        }
        pendingCheckpoints.partsWritten += 1
        if isLast { pendingCheckpoints.removeFirst() }
        return true
    }

    private func insertPart(
        _ index: Int, of checkpoint: StoredCheckpoint, id: Int64
    ) throws(SQLiteFailure) {
        let row = try connection.prepare(
            "INSERT INTO checkpoint_part (checkpoint, part, bytes) VALUES (?, ?, ?)")
        row.bind(id, at: 1)
        row.bind(Int64(index), at: 2)
        try row.run(bytes: checkpoint.part(index), at: 3)
    }

    private func insertRow(of checkpoint: StoredCheckpoint, id: Int64) throws(SQLiteFailure) {
        let same = try connection.prepare("DELETE FROM checkpoint WHERE seq = ?")
        same.bind(checkpoint.sequence, at: 1)
        try same.run()
        let row = try connection.prepare(
            "INSERT INTO checkpoint (id, seq, at, parts) VALUES (?, ?, ?, ?)")
        row.bind(id, at: 1)
        row.bind(checkpoint.sequence, at: 2)
        row.bind(checkpoint.at.microseconds, at: 3)
        row.bind(Int64(checkpoint.partCount), at: 4)
        try row.run()
        try thinCheckpoints()
        hasStaleParts = true
    }

    /// Deletes one part of a checkpoint that is no more; freeing its pages takes time as well.
    private func deleteStalePart() throws(CommitError) -> Bool {
        guard hasStaleParts else { return false }
        hasStaleParts = try transaction(synced: false) { () throws(SQLiteFailure) -> Bool in
            let stale = try connection.integer(
                """
                SELECT rowid FROM checkpoint_part
                WHERE checkpoint NOT IN (SELECT id FROM checkpoint) LIMIT 1
                """)
            guard let stale else { return false }
            let row = try connection.prepare("DELETE FROM checkpoint_part WHERE rowid = ?")
            row.bind(stale, at: 1)
            try row.run()
            return true
        }
        return hasStaleParts
    }
}
