import Core
import GRDB

extension StoreReader {
    /// All API keys, those that are revoked or expired among them, the oldest first: at most
    /// `Limits.apiKeysMax`.
    /// - Throws: `.busy`, `.io`, `.corrupt`: also where somebody has written what no key has.
    public func apiKeys() throws(ReadError) -> [StoredKey] {
        try read { database in
            var keys: [StoredKey] = []
            try ReaderRow.forEach(
                of: "SELECT \(StoredKey.columns) FROM api_key ORDER BY created_at, id",
                StatementArguments(), in: database
            ) { row in
                keys.append(try StoredKey(row))
                return true
            }
            return keys
        }
    }

    /// What was said to these alerts, by the ids of the decisions by which they began.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func acknowledgements(
        of decisionIDs: [String]
    ) throws(ReadError) -> [String: Acknowledgement] {
        let sql = Acknowledgement.select + " AND decision_id = ?"
        return try read { database in
            var found: [String: Acknowledgement] = [:]
            for id in decisionIDs {
                try ReaderRow.forEach(of: sql, [id], in: database) { row in
                    found[id] = try Acknowledgement(row)
                    return true
                }
            }
            return found
        }
    }

    /// What was said to alerts about an entity, the oldest first, with the number of each: rising,
    /// and none is given twice.
    ///
    /// Those of all entities are looked through: at most `Limits.acknowledgementsMax`.
    /// - Parameter id: Only those from this number on.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func acknowledgements(
        about entity: String, from id: Int64 = .min, limit: Int = Limits.acknowledgementsMax
    ) throws(ReadError) -> [(number: Int64, acknowledgement: Acknowledgement)] {
        let sql = Acknowledgement.select + " AND entity = ? AND id >= ? ORDER BY id LIMIT ?"
        return try read { database in
            var found: [(number: Int64, acknowledgement: Acknowledgement)] = []
            try ReaderRow.forEach(of: sql, [entity, id, limit], in: database) { row in
                found.append((try row.integer(7), try Acknowledgement(row)))
                return true
            }
            return found
        }
    }
}

extension Acknowledgement {
    // One that is being forgotten is emptied before it is deleted.
    fileprivate static let select = """
        SELECT decision_id, rule, entity, at, author, address, note, id FROM alert_ack
        WHERE typeof(entity) = 'text'
        """

    fileprivate init(_ row: ReaderRow) throws(ReadError) {
        self.init(
            decisionID: try row.text(0), rule: try row.text(1), entity: try row.text(2),
            at: Timestamp(microseconds: try row.integer(3)),
            actor: Actor(name: try row.text(4), address: try row.text(5)),
            note: try row.text(6))
    }
}
