import Core

// Links about API keys, each within the transaction that changes the key.
extension StoreWriter {
    /// Links a key as its row is now, or that the row is gone.
    /// - Parameter broken: what `brokenLink` said before the change.
    func link(
        _ key: StoredKey, _ change: AuditKeyRecord.Change, by actor: Actor? = nil, at: Timestamp,
        broken: Int64? = nil
    ) throws(SQLiteFailure) {
        guard let number = key.number else { return }
        let record = AuditKeyRecord(
            change: change, key: key, actor: actor, row: try keyDigest(key.id), broken: broken)
        try link(.key, at: at, to: number, record: record.json)
    }

    /// The digest of the row of a key as it stands in the file; nil where there is none.
    func keyDigest(_ id: String) throws(SQLiteFailure) -> [UInt8]? {
        let columns = AuditRecords.key.joined(separator: ", ")
        let row = try connection.prepare("SELECT \(columns) FROM api_key WHERE id = ?")
        try row.bind(id, at: 1)
        guard try row.step() else { return nil }
        defer { row.reset() }
        return AuditEncoding(row, AuditRecords.key).digest
    }

    /// The newest link about a key that has a row, where somebody else has changed that row since,
    /// or what an earlier change found of that kind; 0 where no link is about it, nil where all is
    /// well. A change that hid this would wash what was tampered with.
    func brokenLink(of key: StoredKey) throws(SQLiteFailure) -> Int64? {
        guard let number = key.number else { return 0 }
        let newest = try connection.prepare(
            """
            SELECT seq, record FROM audit WHERE kind <> \(AuditLink.Kind.decision.rawValue)
                AND kind = \(AuditLink.Kind.key.rawValue) AND ref = ?
            ORDER BY seq DESC LIMIT 1
            """)
        newest.bind(number, at: 1)
        guard try newest.step() else { return 0 }
        defer { newest.reset() }
        let seq = newest.integer(0)
        guard let mark = AuditKeyMark(json: newest.text(1)) else { return seq }
        if let broken = mark.broken { return broken }
        let row = try keyDigest(key.id).map(AuditKeyMark.text)
        return mark.row == row ? nil : seq
    }
}
