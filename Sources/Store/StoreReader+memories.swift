import Core
import GRDB

extension StoreReader {
    /// A row that is being forgotten is emptied before it is deleted.
    fileprivate static let isThere = "typeof(m.entity) = 'text'"

    /// Finds memories: with words the best of the newest `Limits.recallCandidatesMax` that match,
    /// without the newest.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func search(_ query: MemoryQuery) throws(ReadError) -> MemoryPage {
        let expression = RecallExpression(query)
        if expression.isImpossible { return MemoryPage() }
        return try read { database in
            let recall = Recall(database: database, query: query, expression: expression)
            return try recall.page()
        }
    }

    /// One memory; nil when there is none of this number.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func memory(_ id: MemoryID) throws(ReadError) -> StoredMemory? {
        try read { database in try Self.memory(id, in: database) }
    }

    static func memory(_ id: MemoryID, in database: Database) throws -> StoredMemory? {
        try Row.fetchOne(
            database,
            sql: "SELECT \(StoredMemory.columns) FROM memory m WHERE id = ? AND \(isThere)",
            arguments: [id]
        ).map { try StoredMemory($0) }
    }

    /// The newest memories about an entity, its own and those linked to it.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func memories(about entity: String, limit: Int) throws(ReadError) -> [StoredMemory] {
        // Its own are found in the index over all memories, newest first.
        let own = try search(MemoryQuery(entity: entity, limit: limit)).memories
        let linked = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(StoredMemory.columns) FROM memory_link l
                    CROSS JOIN memory m ON m.id = l.memory
                    WHERE l.entity = ? AND \(Self.isThere) ORDER BY l.memory DESC LIMIT ?
                    """,
                arguments: [entity, limit]
            ).map { try StoredMemory($0) }
        }
        let ids = Set(own.map(\.id))
        let all = own + linked.filter { !ids.contains($0.id) }
        return Array(all.sorted { $0.id > $1.id }.prefix(limit))
    }

    /// The further entities that a memory is about, in the order of their bytes.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func links(of id: MemoryID) throws(ReadError) -> [String] {
        try read { database in try Self.links(of: id, in: database) }
    }

    static func links(of id: MemoryID, in database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT entity FROM memory_link WHERE memory = ? AND typeof(entity) = 'text'
                ORDER BY entity
                """,
            arguments: [id])
    }

    /// How many memories there are.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func memoryCounts() throws(ReadError) -> MemoryCounts {
        try read { database in
            func time(_ order: String) throws -> Timestamp? {
                try Int64.fetchOne(
                    database, sql: "SELECT at FROM memory ORDER BY id \(order) LIMIT 1"
                ).map(Timestamp.init(microseconds:))
            }
            var counts = MemoryCounts()
            // The index has the layers apart; the table would have to be read as a whole.
            counts.layers = try Memory.Layer.allCases.map { layer in
                let expression = RecallExpression(MemoryQuery(layer: layer)).text
                let count = try Int.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM memory_index WHERE memory_index MATCH ?",
                    arguments: [expression])
                return (layer, count ?? 0)
            }
            counts.pinned =
                try Int.fetchOne(database, sql: "SELECT count(*) FROM memory WHERE pinned = 1") ?? 0
            counts.oldest = try time("ASC")
            counts.newest = try time("DESC")
            return counts
        }
    }
}

/// One search, at one moment of the store.
private struct Recall {
    let database: Database
    let query: MemoryQuery
    let expression: RecallExpression

    func page() throws -> MemoryPage {
        guard let ids = try ids() else { return MemoryPage() }
        var page = MemoryPage()
        page.isRanked = !expression.terms.isEmpty
        page.start =
            query.page
            ?? MemoryPlace(
                through: ids.upperBound, position: page.isRanked ? 0 : Int64.max)
        if page.isRanked {
            try rank(in: ids, into: &page)
        } else {
            try list(in: ids, into: &page)
        }
        return page
    }

    /// Without words: the newest.
    private func list(in ids: ClosedRange<MemoryID>, into page: inout MemoryPage) throws {
        var arguments: StatementArguments = [
            ids.lowerBound, ids.upperBound, Limits.recallTotalMax + 1,
        ]
        var found = "memory m WHERE id BETWEEN ? AND ? AND \(StoreReader.isThere)"
        if let match = expression.text {
            found = Self.found
            arguments = [match] + arguments
        }
        let count = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM (SELECT 1 FROM \(found) LIMIT ?)",
            arguments: arguments)
        page.count(count ?? 0, most: Limits.recallTotalMax)
        let memories = try newest(in: ids, from: page.start).map { try StoredMemory($0) }
        page.take(memories, limit: query.limit)
    }

    /// The best of the newest that match.
    private func rank(in ids: ClosedRange<MemoryID>, into page: inout MemoryPage) throws {
        let most = Limits.recallCandidatesMax
        // One more, which only tells that there are more: counting them apart would cost as much
        // again.
        var candidates = try candidates(in: ids, limit: most + 1)
        page.count(candidates.count, most: most)
        candidates.removeLast(max(0, candidates.count - most))
        candidates.sort { ($0.score, $0.id) > ($1.score, $1.id) }
        // The texts are read of the page only.
        let wanted = candidates.dropFirst(Int(clamping: page.start.position))
            .prefix(query.limit + 1)
        let text = try database.cachedStatement(
            sql: "SELECT \(StoredMemory.columns) FROM memory m WHERE id = ?")
        let memories = try wanted.compactMap { candidate in
            try Row.fetchOne(text, arguments: [candidate.id]).map { row in
                var memory = try StoredMemory(row)
                memory.score = candidate.score
                return memory
            }
        }
        page.take(memories, limit: query.limit)
    }

    private static let found =
        "memory_index WHERE memory_index MATCH ? AND rowid BETWEEN ? AND ?"

    private func candidates(
        in ids: ClosedRange<MemoryID>, limit: Int
    ) throws -> [(id: MemoryID, score: Double)] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT rowid, \(RecallScore.function)(memory_index, ?,
                    (SELECT min(id) FROM memory), (SELECT max(id) FROM memory))
                FROM \(Self.found) ORDER BY rowid DESC LIMIT ?
                """)
        let rows = try Row.fetchCursor(
            statement,
            arguments: [
                expression.facets.count, expression.text, ids.lowerBound, ids.upperBound, limit,
            ])
        var candidates: [(id: MemoryID, score: Double)] = []
        while let row = try rows.next() {
            candidates.append((try row.integer(0), try row.double(1)))
        }
        return candidates
    }

    /// Where the memories of the wanted time lie, as far as the page before allows.
    private func ids() throws -> ClosedRange<MemoryID>? {
        // Asked for together, they would have SQLite read the whole table.
        let bounds = try Row.fetchOne(
            database,
            sql: "SELECT (SELECT min(id) FROM memory), (SELECT max(id) FROM memory)")
        guard let bounds, !bounds.isNull(0) else { return nil }
        var (first, last) = (try bounds.integer(0), try bounds.integer(1))
        if let since = query.since { first = try firstID(at: since, first, last) }
        if let until = query.until { last = try firstID(at: until, first, last) - 1 }
        if let page = query.page { last = min(last, page.through) }
        return first <= last ? first...last : nil
    }

    /// The first memory of a time or after it; found by halving, since ids rise with time.
    private func firstID(
        at time: Timestamp, _ first: MemoryID, _ last: MemoryID
    ) throws -> MemoryID {
        var (low, high) = (first, last + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let row = try Row.fetchOne(
                database, sql: "SELECT id, at FROM memory WHERE id >= ? ORDER BY id LIMIT 1",
                arguments: [middle])
            if let row, try row.integer(0) < high, try row.integer(1) < time.microseconds {
                low = try row.integer(0) + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func newest(
        in ids: ClosedRange<MemoryID>, from start: MemoryPlace
    ) throws -> [Row] {
        // A page begins below the last memory of the one before.
        let top = min(ids.upperBound, start.position - 1)
        guard let match = expression.text else {
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT \(StoredMemory.columns) FROM memory m WHERE id BETWEEN ? AND ?
                    AND \(StoreReader.isThere) ORDER BY id DESC LIMIT ?
                    """,
                arguments: [ids.lowerBound, top, query.limit + 1])
        }
        return try Row.fetchAll(
            database,
            sql: """
                SELECT \(StoredMemory.columns) FROM (
                    SELECT rowid AS found FROM \(Self.found) ORDER BY rowid DESC LIMIT ?)
                CROSS JOIN memory m ON m.id = found ORDER BY found DESC
                """,
            arguments: [match, ids.lowerBound, top, query.limit + 1])
    }
}

extension MemoryPage {
    fileprivate mutating func count(_ found: Int, most: Int) {
        total = min(found, most)
        isTotalCapped = found > most
    }

    /// Of one more than was asked for, to see whether another page follows.
    fileprivate mutating func take(_ found: [StoredMemory], limit: Int) {
        memories = Array(found.prefix(limit))
        if found.count > limit { next = end }
    }
}

extension StoredMemory {
    fileprivate static let columns = """
        m.id, m.at, m.layer, m.entity, m.rule, m.decision_id, m.event_seq, m.importance, m.pinned,
        m.recalled, m.tags, m.content, m.author
        """

    /// From a row of `columns`.
    fileprivate init(_ row: Row) throws(ReadError) {
        id = try row.integer(0)
        guard let layer = Memory.Layer(number: try row.integer(2)),
            let tags = MemoryTags.decode(try row.text(10))
        else { throw .corrupt("memory \(id) cannot be read") }
        memory = Memory(
            layer: layer, entity: try row.text(3), at: Timestamp(microseconds: try row.integer(1)),
            content: try row.text(11), tags: tags, rule: try row.text(4),
            decisionID: try row.text(5), eventSequence: try row.integer(6),
            author: try row.text(12), importance: try row.double(7))
        isPinned = try row.integer(8) != 0
        recalls = Int(try row.integer(9))
    }
}
