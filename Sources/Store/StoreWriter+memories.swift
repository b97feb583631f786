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
            row.bind(real: memory.importance, at: 12)
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
            let count = Int(sqlite3_changes(connection.handle))
            if isPinned { try promote(id) }
            // An old one may be such as is to be forgotten, and was not before.
            next.forgetPass = nil
            return count
        case .recalled(let id, let count):
            next.forgetPass = nil
            return try recall(id, count)
        case .forget(let id):
            let row = try connection.prepare("SELECT id FROM memory WHERE id = ?")
            row.bind(id, at: 1)
            return try deleteMemories(ids(row), before: next.nextMemoryID)
        case .link(let id, let entity, let isLinked):
            return isLinked ? try link(id, to: entity) : try unlink(id, from: entity)
        case .forgetBefore(let time, let layer, let alsoPinned):
            return try forget(before: time, layer, alsoPinned: alsoPinned, &next)
        }
    }

    private func recall(_ id: MemoryID, _ count: Int) throws(SQLiteFailure) -> Int {
        let row = try connection.prepare(
            "UPDATE memory SET recalled = recalled + ? WHERE id = ? AND typeof(entity) = 'text'")
        row.bind(Int64(count), at: 1)
        row.bind(id, at: 2)
        try row.run()
        let changed = Int(sqlite3_changes(connection.handle))
        if changed > 0 { try promote(id) }
        return changed
    }

    /// Moves a memory to the long-term layer where it is worth that; it keeps its number.
    private func promote(_ id: MemoryID) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            SELECT importance, recalled, pinned, entity, tags FROM memory
            WHERE id = ? AND layer <> \(Memory.Layer.longTerm.number) AND typeof(entity) = 'text'
            """)
        row.bind(id, at: 1)
        guard try row.step() else { return }
        let worth = MemoryWorth.of(
            importance: row.double(0), recalls: Int(row.integer(1)), isPinned: row.integer(2) == 1)
        let facets = MemoryTags.decode(row.text(4)).map {
            Facets(layer: .longTerm, entity: row.text(3), tags: $0)
        }
        row.reset()
        guard worth >= MemoryWorth.promoted, let facets else { return }
        try takeOutOfIndex([id])
        let change = try connection.prepare(
            "UPDATE memory SET layer = ?, facets = ? WHERE id = ?")
        change.bind(Memory.Layer.longTerm.number, at: 1)
        try change.bind(facets.text, at: 2)
        change.bind(id, at: 3)
        try change.run()
        statements.indexMemories.bind(id, at: 1)
        statements.indexMemories.bind(id, at: 2)
        try statements.indexMemories.run()
    }

    /// Deletes the oldest memories made before a time, at most `Limits.forgetSliceRows`.
    ///
    /// It goes on behind those that the last such request has looked at.
    private func forget(
        before time: Timestamp, _ layer: Memory.Layer?, alsoPinned: Bool, _ next: inout State
    ) throws(SQLiteFailure) -> Int {
        var pass = ForgetPass(layer: layer, alsoPinned: alsoPinned)
        if let last = next.forgetPass, last.layer == layer, last.alsoPinned == alsoPinned {
            pass.place = last.place
        }
        let row = try select(pass)
        var found: [MemoryID] = []
        // Ids rise with time, so it ends at the first that is too new.
        while found.count < Limits.forgetSliceRows, try row.step(),
            row.integer(1) < time.microseconds
        {
            pass.place = row.integer(0)
            if row.integer(2) == 1 { found.append(pass.place) }
        }
        row.reset()
        next.forgetPass = pass
        return try deleteMemories(found, before: next.nextMemoryID)
    }

    /// Memories behind a place, and whether they are wanted. Those of a layer are found by its word
    /// in the full-text index: there may be a million of another before them.
    private func select(_ pass: ForgetPass) throws(SQLiteFailure) -> Statement {
        let wanted = "typeof(m.entity) = 'text'" + (pass.alsoPinned ? "" : " AND m.pinned = 0")
        guard let layer = pass.layer else {
            let row = try connection.prepare(
                "SELECT m.id, m.at, \(wanted) FROM memory m WHERE m.id > ? ORDER BY m.id")
            row.bind(pass.place, at: 1)
            return row
        }
        let row = try connection.prepare(
            """
            SELECT m.id, m.at, \(wanted) AND m.layer = \(layer.number)
            FROM memory_index f CROSS JOIN memory m ON m.id = f.rowid
            WHERE f.rowid > ? AND f.memory_index MATCH ? ORDER BY f.rowid
            """)
        row.bind(pass.place, at: 1)
        let word = Facets(layer: layer, entity: nil, tags: []).text
        try row.bind("facets : \"\(word)\"", at: 2)
        return row
    }

    /// Takes memories out of the index, which reads them once more for that.
    func takeOutOfIndex(_ ids: [MemoryID]) throws(SQLiteFailure) {
        // One that was emptied is out of it already.
        let words = try connection.prepare(
            """
            INSERT INTO memory_index (memory_index, rowid, content, tags, facets)
            SELECT 'delete', id, content, tags, facets FROM memory
            WHERE id = ? AND typeof(entity) = 'text'
            """)
        for id in ids {
            words.bind(id, at: 1)
            try words.run()
        }
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
    func deleteMemories(
        _ ids: [MemoryID], before next: MemoryID
    ) throws(SQLiteFailure) -> Int {
        guard let last = ids.last else { return 0 }
        try takeOutOfIndex(ids)
        let row = try connection.prepare("DELETE FROM memory WHERE id = ?")
        let links = try connection.prepare("DELETE FROM memory_link WHERE memory = ?")
        for id in ids {
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

/// A request to forget old memories, which comes again until nothing is left for it.
struct ForgetPass {
    let layer: Memory.Layer?
    let alsoPinned: Bool
    /// The last memory that was looked at: none before it is left that is wanted.
    var place: MemoryID = 0
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
