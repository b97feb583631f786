import Core
import GRDB

extension StoreReader {
    /// What is believed of all entities: at most `Limits.soulsMax`, the one changed last first.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func souls() throws(ReadError) -> [StoredSoul] {
        // One that is being forgotten is emptied before it is deleted.
        let sql = """
            SELECT \(StoredSoul.columns) FROM soul WHERE typeof(entity) = 'text'
            ORDER BY changed DESC
            """
        return try read { database in
            try Row.fetchAll(database, sql: sql).map { try StoredSoul($0) }
        }
    }

    /// What is believed of entities in the order of their bytes.
    /// - Parameter entity: only those behind this one.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func souls(after entity: String?, limit: Int) throws(ReadError) -> [StoredSoul] {
        let sql = """
            SELECT \(StoredSoul.columns) FROM soul
            WHERE entity > ? AND typeof(entity) = 'text' ORDER BY entity LIMIT ?
            """
        return try read { database in
            try Row.fetchAll(database, sql: sql, arguments: [entity ?? "", limit]).map {
                try StoredSoul($0)
            }
        }
    }

    /// What is believed of one; nil where nothing is.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func soul(of entity: String) throws(ReadError) -> StoredSoul? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT \(StoredSoul.columns) FROM soul WHERE entity = ?",
                arguments: [entity]
            ).map { try StoredSoul($0) }
        }
    }

    /// The evidence about an entity that is kept, oldest first: at most
    /// `Limits.evidencePerSoulMax` pieces.
    ///
    /// Of their souls what is for and against is known, not what verdicts have to do with it.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func evidence(about entity: String) throws(ReadError) -> [Evidence] {
        try numberedEvidence(about: entity).map(\.evidence)
    }

    /// The same with the number of each piece, which rise in the order of recording.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func numberedEvidence(
        about entity: String
    ) throws(ReadError) -> [(number: Int64, evidence: Evidence)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, at, kind, weight, source, origin, decision_id, note, event_seq,
                        trust_before, pro, contra, age
                    FROM evidence WHERE entity = ? ORDER BY id
                    """,
                arguments: [entity]
            ).map { (number: try $0.integer(0), evidence: try Evidence($0, about: entity)) }
        }
    }

    /// How long until half of the evidence is forgotten: that of the rules that took effect last.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func soulHalfLife() throws(ReadError) -> Duration {
        try read { database in
            try Int64.fetchOne(
                database, sql: "SELECT value FROM meta WHERE key = 'soul_half_life'")
        }.map { .microseconds($0) } ?? Soul.halfLifeDefault
    }
}

extension StoredSoul {
    fileprivate static let columns = """
        entity, pro, contra, judged, age, at, changes, event_seq, first_seen, last_seen
        """

    fileprivate init(_ row: Row) throws(ReadError) {
        entity = try row.text(0)
        guard let judged = JudgedWeights.decode(try row.text(3)),
            let soul = Soul(
                pro: try row.integer(1), contra: try row.integer(2), judged: judged,
                age: try row.integer(4), at: Timestamp(microseconds: try row.integer(5)),
                changes: try row.integer(6))
        else { throw .corrupt("the soul of \(entity) cannot be read") }
        self.soul = soul
        eventSequence = try row.integer(7)
        guard !row.isNull(8), !row.isNull(9) else { return }
        let (first, last) = (try row.integer(8), try row.integer(9))
        guard first <= last else { throw .corrupt("the soul of \(entity) cannot be read") }
        heard = Timestamp(microseconds: first)...Timestamp(microseconds: last)
    }
}

extension Evidence {
    fileprivate init(_ row: Row, about entity: String) throws(ReadError) {
        let at = Timestamp(microseconds: try row.integer(1))
        guard let kind = Kind(try row.text(2)), let source = Source(rawValue: try row.text(4)),
            let soul = Soul(
                pro: try row.integer(10), contra: try row.integer(11), judged: EmotionWeights(),
                age: try row.integer(12), at: at, changes: 0)
        else { throw .corrupt("evidence \(try row.integer(0)) cannot be read") }
        self.init(
            entity: entity, at: at, kind: kind, weight: try row.integer(3), source: source,
            origin: try row.text(5), decisionID: try row.text(6), note: try row.text(7),
            eventSequence: try row.integer(8), before: try row.double(9), soul: soul)
    }
}
