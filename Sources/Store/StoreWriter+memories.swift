import Core
import GRDBSQLite

extension StoreWriter {
    /// Writes the memories of a batch, and puts all of them into the index at once.
    func insert(_ memories: [Memory], _ next: inout State) throws(SQLiteFailure) {
        guard !memories.isEmpty else { return }
        let first = next.nextMemoryID
        let row = statements.insertMemory
        for memory in memories {
            row.bind(next.nextMemoryID, at: 1)
            row.bind(memory.at.microseconds, at: 2)
            row.bind(memory.layer.number, at: 3)
            try row.bind(memory.entity, at: 4)
            try row.bind(memory.rule, at: 5)
            try row.bind(memory.decisionID, at: 6)
            row.bind(memory.eventSequence, at: 7)
            try row.bind(MemoryTags.encode(memory.tags), at: 8)
            try row.bind(Facets(memory).text, at: 9)
            try row.bind(memory.content, at: 10)
            try row.bind(memory.author, at: 11)
            try row.run()
            next.nextMemoryID += 1
        }
        statements.indexMemories.bind(first, at: 1)
        statements.indexMemories.bind(next.nextMemoryID - 1, at: 2)
        try statements.indexMemories.run()
    }

    /// Does what a person wants done with memories that are there; within a transaction.
    /// - Returns: how many memories it was done with.
    func apply(_ change: MemoryChange, _ next: inout State) throws(SQLiteFailure) -> Int {
        switch change {
        case .pin(let id, let isPinned):
            let row = try connection.prepare("UPDATE memory SET pinned = ? WHERE id = ?")
            row.bind(isPinned ? 1 : 0, at: 1)
            row.bind(id, at: 2)
            try row.run()
            return Int(sqlite3_changes(connection.handle))
        case .forget(let id):
            let row = try connection.prepare("SELECT id FROM memory WHERE id = ?")
            row.bind(id, at: 1)
            return try deleteMemories(ids(row), before: next.nextMemoryID)
        case .forgetEntity(let entity):
            return try forget(entity, Limits.forgetSliceRows, before: next.nextMemoryID)
        case .link(let id, let entity, let isLinked):
            return isLinked ? try link(id, to: entity) : try unlink(id, from: entity)
        }
    }

    /// Deletes a slice of the memories about an entity, pinned ones too, from table and index.
    ///
    /// Call it until it returns less than a slice, then `eraseForgotten`: until that is done, the
    /// words can still be read in the file.
    /// - Parameter slice: memories, 1...
    /// - Returns: how many were deleted.
    /// - Throws: every case of `CommitError`: nothing of the slice was deleted.
    public func forgetMemories(
        of entity: String, slice: Int = Limits.retentionSliceRows
    ) throws(CommitError) -> Int {
        try transaction(synced: true) { () throws(SQLiteFailure) in
            try forget(entity, slice, before: state.nextMemoryID)
        }
    }

    private func forget(
        _ entity: String, _ slice: Int, before next: MemoryID
    ) throws(SQLiteFailure) -> Int {
        let row = try connection.prepare(
            "SELECT rowid FROM memory_index WHERE memory_index MATCH ? ORDER BY rowid LIMIT ?")
        try row.bind(RecallExpression(MemoryQuery(entity: entity)).text ?? "", at: 1)
        row.bind(Int64(slice), at: 2)
        return try deleteMemories(ids(row), before: next)
    }

    /// Deletes a slice of what is older and not pinned; within a transaction.
    func deleteMemories(through last: MemoryID, _ slice: Int) throws(SQLiteFailure) -> Int {
        guard last > 0 else { return 0 }
        let row = try connection.prepare(
            "SELECT id FROM memory WHERE id <= ? AND pinned = 0 ORDER BY id LIMIT ?")
        row.bind(last, at: 1)
        row.bind(Int64(slice), at: 2)
        return try deleteMemories(ids(row), before: state.nextMemoryID)
    }

    private func ids(_ row: Statement) throws(SQLiteFailure) -> [MemoryID] {
        var ids: [MemoryID] = []
        while try row.step() { ids.append(row.integer(0)) }
        return ids
    }

    /// - Parameters:
    ///   - ids: ascending.
    ///   - next: the number that the next memory will have.
    private func deleteMemories(
        _ ids: [MemoryID], before next: MemoryID
    ) throws(SQLiteFailure) -> Int {
        guard let last = ids.last else { return 0 }
        // The index reads what it has to take out, so it comes first.
        let words = try connection.prepare(
            """
            INSERT INTO memory_index (memory_index, rowid, content, tags, facets)
            SELECT 'delete', id, content, tags, facets FROM memory WHERE id = ?
            """)
        let row = try connection.prepare("DELETE FROM memory WHERE id = ?")
        let links = try connection.prepare("DELETE FROM memory_link WHERE memory = ?")
        for id in ids {
            words.bind(id, at: 1)
            try words.run()
            row.bind(id, at: 1)
            try row.run()
            links.bind(id, at: 1)
            try links.run()
        }
        // Ids rise for ever. What is still there says how far they have come, unless the newest
        // goes.
        if last + 1 == next {
            _ = try run("UPDATE meta SET value = ? WHERE key = 'memory_next'", last + 1)
        }
        return ids.count
    }
}

/// The tags of a memory in its row: a JSON array.
enum MemoryTags {
    static func encode(_ tags: [String]) -> String {
        var json = JSONWriter()
        json.array { list in for tag in tags { list.string(tag) } }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// nil when the text is not what `encode` makes.
    static func decode(_ text: String) -> [String]? {
        guard let json = try? JSONScanner.scan(Array(text.utf8)), let elements = json.array else {
            return nil
        }
        let tags = elements.compactMap(\.string)
        return tags.count == elements.count ? tags : nil
    }
}
