import Core
import GRDBSQLite

extension StoreWriter {
    /// Writes what became of souls, in order; within a transaction.
    /// - Returns: how many were changed or forgotten.
    func apply(_ changes: [SoulChange], _ next: inout State) throws(SQLiteFailure) -> Int {
        var count = 0
        for change in changes {
            switch change {
            case .evidence(let evidence):
                try insert(evidence, &next)
                count += 1
            case .forget(let entity):
                if try forgetSoul(entity, &next) { count += 1 }
            }
        }
        return count
    }

    private func insert(_ evidence: Evidence, _ next: inout State) throws(SQLiteFailure) {
        let row = statements.souls.insertEvidence
        row.bind(next.nextEvidenceID, at: 1)
        try row.bind(evidence.entity, at: 2)
        row.bind(evidence.at.microseconds, at: 3)
        try row.bind(evidence.kind.text, at: 4)
        row.bind(evidence.weight, at: 5)
        try row.bind(evidence.source.rawValue, at: 6)
        try row.bind(evidence.origin, at: 7)
        try row.bind(evidence.decisionID, at: 8)
        try row.bind(evidence.note, at: 9)
        row.bind(evidence.eventSequence, at: 10)
        row.bind(real: evidence.before, at: 11)
        row.bind(real: evidence.trust, at: 12)
        row.bind(evidence.soul.evidenceFor, at: 13)
        row.bind(evidence.soul.evidenceAgainst, at: 14)
        row.bind(evidence.soul.age, at: 15)
        try row.run()
        let oldest = statements.souls.deleteOldEvidence
        try oldest.bind(evidence.entity, at: 1)
        oldest.bind(Int64(Limits.evidencePerSoulMax), at: 2)
        try oldest.run()
        try write(
            StoredSoul(
                entity: evidence.entity, soul: evidence.soul,
                eventSequence: evidence.eventSequence, heard: evidence.heard), &next)
    }

    private func write(_ stored: StoredSoul, _ next: inout State) throws(SQLiteFailure) {
        try bind(stored, next.nextEvidenceID, to: statements.souls.update)
        try statements.souls.update.run()
        if sqlite3_changes(connection.handle) == 0 {
            if next.soulCount >= soulsMax { try forgetOldestSoul(&next) }
            try bind(stored, next.nextEvidenceID, to: statements.souls.insert)
            try statements.souls.insert.run()
            next.soulCount += 1
        }
        next.nextEvidenceID += 1
    }

    private func bind(
        _ stored: StoredSoul, _ changed: Int64, to row: Statement
    ) throws(SQLiteFailure) {
        let soul = stored.soul
        try row.bind(stored.entity, at: 1)
        row.bind(changed, at: 2)
        row.bind(soul.at.microseconds, at: 3)
        row.bind(real: soul.alpha, at: 4)
        row.bind(real: soul.beta, at: 5)
        row.bind(soul.pro, at: 6)
        row.bind(soul.contra, at: 7)
        try row.bind(JudgedWeights.encode(soul.judged), at: 8)
        row.bind(soul.age, at: 9)
        row.bind(soul.changes, at: 10)
        row.bind(stored.eventSequence, at: 11)
        if let heard = stored.heard {
            row.bind(heard.lowerBound.microseconds, at: 12)
            row.bind(heard.upperBound.microseconds, at: 13)
        } else {
            row.bindNull(at: 12)
            row.bindNull(at: 13)
        }
    }

    /// The mind forgets the same one (`SoulTable`).
    private func forgetOldestSoul(_ next: inout State) throws(SQLiteFailure) {
        let row = try connection.prepare("SELECT entity FROM soul ORDER BY changed LIMIT 1")
        guard try row.step() else { return }
        let entity = row.text(0)
        row.reset()
        _ = try forgetSoul(entity, &next)
    }

    /// - Returns: whether there was one.
    private func forgetSoul(_ entity: String, _ next: inout State) throws(SQLiteFailure) -> Bool {
        for table in ["evidence", "soul"] {
            let row = try connection.prepare("DELETE FROM \(table) WHERE entity = ?")
            try row.bind(entity, at: 1)
            try row.run()
        }
        guard sqlite3_changes(connection.handle) > 0 else { return false }
        next.soulCount -= 1
        return true
    }

    /// Deletes a slice of the oldest evidence beyond a number of pieces; within a transaction.
    func deleteEvidence(through last: Int64, _ slice: Int) throws(SQLiteFailure) -> Int {
        guard last > 0 else { return 0 }
        let row = try connection.prepare(
            """
            DELETE FROM evidence WHERE id IN
                (SELECT id FROM evidence WHERE id <= ? ORDER BY id LIMIT ?)
            """)
        row.bind(last, at: 1)
        row.bind(Int64(slice), at: 2)
        try row.run()
        return Int(sqlite3_changes(connection.handle))
    }

    /// What is believed of all entities at the last event, the one changed longest ago first: what
    /// the mind goes on with where no checkpoint of it can be read.
    ///
    /// Without those that are being forgotten and about which nothing was recorded since.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func souls() throws(ReadError) -> [(entity: String, soul: Soul)] {
        let condition = """
            WHERE typeof(entity) = 'text' AND NOT EXISTS
                (SELECT 1 FROM forgetting
                WHERE forgetting.entity = soul.entity AND forgetting.event_seq > soul.event_seq)
            ORDER BY changed
            """
        return try souls(condition) { _ in }.map { (entity: $0.entity, soul: $0.soul) }
    }

    /// Has the store hold exactly these souls: those of the mind, once it was made again.
    ///
    /// Where it does already, as after every start from a checkpoint, nothing is written. It may
    /// not where the mind was folded from the log's beginning, or an entity is being forgotten.
    /// - Parameter souls: the one changed longest ago first.
    /// - Throws: every case of `CommitError`: nothing was changed.
    /// - Returns: whether anything had to be written.
    @discardableResult
    public func align(_ souls: [(entity: String, soul: Soul)]) throws(CommitError) -> Bool {
        let known: [ExactText: Soul]
        do throws(ReadError) {
            known = try Dictionary(
                allSouls().map { (ExactText($0.entity), $0.soul) },
                uniquingKeysWith: { first, _ in first })
        } catch { throw .io("\(error)") }
        let isSame =
            known.count == souls.count
            && souls.allSatisfy { known[ExactText($0.entity)] == $0.soul }
        guard !isSame else { return false }
        state = try transaction(synced: false) { () throws(SQLiteFailure) -> State in
            var next = state
            let kept = Set(souls.map { ExactText($0.entity) })
            for entity in known.keys where !kept.contains(entity) {
                _ = try forgetSoul(entity.text, &next)
            }
            for (entity, soul) in souls {
                try write(
                    StoredSoul(
                        entity: entity, soul: soul, eventSequence: next.lastEvent?.sequence ?? 0),
                    &next)
            }
            return next
        }
        return true
    }

    // MARK: What a control request without an agent needs

    /// What is believed of an entity; nil where nothing is.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func soul(of entity: String) throws(ReadError) -> Soul? {
        try souls("WHERE entity = ?") { (row) throws(SQLiteFailure) in
            try row.bind(entity, at: 1)
        }.first?.soul
    }

    /// How long until half of the evidence is forgotten: that of the rules that took effect last.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func soulHalfLife() throws(ReadError) -> Duration {
        do throws(SQLiteFailure) {
            let found = try connection.integer(
                "SELECT value FROM meta WHERE key = 'soul_half_life'")
            return found.map { .microseconds($0) } ?? Soul.halfLifeDefault
        } catch { throw ReadError(error) }
    }

    private func allSouls() throws(ReadError) -> [StoredSoul] { try souls("") { _ in } }

    private func souls(
        _ condition: String, _ bind: (Statement) throws(SQLiteFailure) -> Void
    ) throws(ReadError) -> [StoredSoul] {
        var found: [StoredSoul] = []
        do throws(SQLiteFailure) {
            let row = try connection.prepare(
                """
                SELECT entity, pro, contra, judged, age, at, changes, event_seq FROM soul
                \(condition)
                """)
            try bind(row)
            while try row.step() {
                let entity = row.text(0)
                guard let judged = JudgedWeights.decode(row.text(3)),
                    let soul = Soul(
                        pro: row.integer(1), contra: row.integer(2), judged: judged,
                        age: row.integer(4), at: Timestamp(microseconds: row.integer(5)),
                        changes: row.integer(6))
                else { throw SQLiteFailure.damage("the soul of \(entity) cannot be read") }
                found.append(
                    StoredSoul(entity: entity, soul: soul, eventSequence: row.integer(7)))
            }
        } catch { throw ReadError(error) }
        return found
    }
}
