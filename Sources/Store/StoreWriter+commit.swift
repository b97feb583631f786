import Core
import GRDBSQLite

/// What a commit gave.
public struct Committed: Equatable, Sendable {
    /// The row of the batch's first publication; the others follow one by one. Where there were
    /// none, the row that the next publication will have.
    public var firstOutboxID: OutboxID
    /// With how many memories each of the batch's changes was done.
    public var changed: [Int]
    /// How many souls were changed or forgotten.
    public var souls: Int

    public init(firstOutboxID: OutboxID, changed: [Int] = [], souls: Int = 0) {
        self.firstOutboxID = firstOutboxID
        self.changed = changed
        self.souls = souls
    }
}

extension StoreWriter {
    /// Makes a batch durable; only then may its PUBACKs leave this machine.
    ///
    /// One transaction. With `synced` and durability `.power` it is on the disk when this returns,
    /// and everything committed before it too; otherwise it survives a crash of the process
    /// (decision 0003).
    /// - Parameter batch: event sequences dense from `lastEvent`, their times never decreasing; a
    ///   checkpoint of an event in the log or in this batch. Of a checkpoint larger than
    ///   `Limits.checkpointPartBytes` nothing is written yet: `maintain` does it, in parts.
    /// - Throws: every case of `CommitError`: nothing of the batch is in the store, and the writer
    ///   can be used again. A retry may pass the same batch.
    public func commit(_ batch: Batch, synced: Bool) throws(CommitError) -> Committed {
        var committed = Committed(firstOutboxID: state.nextOutboxID)
        if batch.isEmpty { return committed }
        var begun: Forgetting?
        (state, committed.changed, committed.souls) = try transaction(synced: synced) {
            () throws(SQLiteFailure) in
            let written = try write(batch)
            begun = try batch.forget.map { (entity) throws(SQLiteFailure) in
                try beginForgetting(entity, written.0)
            }
            options.failpoint?(batch.checkpoint == nil ? .beforeCommit : .duringCheckpoint)
            return written
        }
        options.failpoint?(.afterCommit)
        // One after the other: the next is found when this one is done.
        if let begun, forgetting == nil { forgetting = ForgetWork(job: begun) }
        if let checkpoint = batch.checkpoint {
            pendingCheckpoints.add(checkpoint, id: nextCheckpointID)
            nextCheckpointID += 1
        }
        boundLog()
        return committed
    }

    /// Writes everything; returns what will be true once it is committed, and what changes did.
    private func write(_ batch: Batch) throws(SQLiteFailure) -> (State, [Int], Int) {
        var next = state
        for event in batch.events {
            precondition(event.sequence == (next.lastEvent?.sequence ?? 0) + 1, "a gap in the log")
            precondition(next.lastEvent.map { $0.at <= event.at } ?? true, "time went backwards")
            next.lastEvent = LogPosition(sequence: event.sequence, at: event.at)
        }
        try insert(batch.events)
        try linkRequests(batch.events)
        for decision in batch.decisions { try insert(decision, &next) }
        try insert(batch.memories, &next)
        var changed: [Int] = []
        for change in batch.changes { changed.append(try apply(change, &next)) }
        for change in batch.episodes { try apply(change, &next) }
        let souls = try apply(batch.souls, &next)
        try insert(batch.publications, &next)
        try insert(batch.rollUps, &next)
        try remove(batch.confirmed, &next)
        if let ruleset = batch.ruleset { try insert(ruleset) }
        if let activation = batch.activation { try insert(activation) }
        try insert(batch.differences)
        if let checkpoint = batch.checkpoint {
            precondition(checkpoint.sequence <= next.lastEvent?.sequence ?? 0, "ahead of the log")
            try insertIfSmall(checkpoint)
        }
        if let through = batch.acknowledgedThrough, through > next.acknowledgedThrough {
            statements.setAcknowledged.bind(through, at: 1)
            try statements.setAcknowledged.run()
            next.acknowledgedThrough = through
        }
        return (next, changed, souls)
    }

    private func insert(_ decision: Decision, _ next: inout State) throws(SQLiteFailure) {
        let row = statements.insertDecision
        row.bind(next.nextDecisionRow, at: 1)
        try row.bind(decision.id, at: 2)
        row.bind(Int64(decision.kind.rawValue), at: 3)
        row.bind(decision.at.microseconds, at: 4)
        row.bind(decision.eventSequence, at: 5)
        try row.bind(decision.route, at: 6)
        try row.bind(decision.entity, at: 7)
        row.bind(decision.isPositive ? 1 : 0, at: 8)
        try row.run(bytes: decision.json, at: 9)
        statements.insertDecisionEntity.bind(next.nextDecisionRow, at: 1)
        try statements.insertDecisionEntity.bind(decision.entity, at: 2)
        try statements.insertDecisionEntity.run()
        try link(decision, row: next.nextDecisionRow)
        next.nextDecisionRow += 1
    }

    private func insert(
        _ publications: [Publication], _ next: inout State
    ) throws(SQLiteFailure) {
        guard !publications.isEmpty else { return }
        let row = statements.insertPublication
        for publication in publications {
            let flags = EventFlags(
                kind: .message, qos: publication.qos, retain: publication.retain)
            row.bind(next.nextOutboxID, at: 1)
            row.bind(flags.rawValue, at: 2)
            try row.bind(bytesOf: publication.topic, at: 3)
            try row.bind(copy: PropertiesCoding.encode(publication.properties), at: 4)
            try row.run(bytes: publication.payload, at: 5)
            next.nextOutboxID += 1
        }
        next.outboxDepth += publications.count
        statements.setNextOutboxID.bind(next.nextOutboxID, at: 1)
        try statements.setNextOutboxID.run()
    }

    /// Removes what was confirmed: mostly in the order in which it was sent, so a few ranges.
    private func remove(_ confirmed: [OutboxID], _ next: inout State) throws(SQLiteFailure) {
        let ids = confirmed.sorted()
        var first = 0
        while first < ids.count {
            var last = first
            while last + 1 < ids.count, ids[last + 1] - ids[last] <= 1 { last += 1 }
            statements.deletePublications.bind(ids[first], at: 1)
            statements.deletePublications.bind(ids[last], at: 2)
            try statements.deletePublications.run()
            next.outboxDepth -= Int(sqlite3_changes(connection.handle))
            first = last + 1
        }
    }

    // MARK: Rare rows, whose statements are not kept

    /// An activation is a new row even of a digest that was there, so the newest row is in effect.
    private func insert(_ ruleset: StoredRuleset) throws(SQLiteFailure) {
        try linkReplaced(ruleset)
        let row = try connection.prepare(
            "INSERT OR REPLACE INTO ruleset (digest, activated_at, bytes) VALUES (?, ?, ?)")
        try row.bind(ruleset.digest, at: 1)
        row.bind(ruleset.activatedAt.microseconds, at: 2)
        row.bind(Int64(ruleset.bytes), at: 3)
        try row.run()
        try link(ruleset)
        let halfLife = try connection.prepare(
            "INSERT OR REPLACE INTO meta VALUES ('soul_half_life', ?)")
        halfLife.bind(ruleset.soulHalfLife.microseconds, at: 1)
        try halfLife.run()
        let file = try connection.prepare(
            "INSERT OR IGNORE INTO ruleset_file (digest, position, name, text) VALUES (?, ?, ?, ?)")
        for (position, content) in ruleset.files.enumerated() {
            try file.bind(ruleset.digest, at: 1)
            file.bind(Int64(position), at: 2)
            try file.bind(content.name, at: 3)
            try file.bind(content.text, at: 4)
            try file.run()
        }
    }
}
