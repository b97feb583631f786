import Core

extension StoredKey {
    static let columns = """
        id, name, role, hash, previous_hash, previous_until, created_at, expires_at, revoked_at, \
        last_used_at, created_by
        """

    /// From a row of `columns`; nil of one that we did not write.
    init?(_ row: Statement) {
        guard let role = Role(rawValue: row.text(2)), Self.number(of: row.text(0)) != nil
        else { return nil }
        func time(_ column: Int32) -> Timestamp? {
            row.isNull(column) ? nil : Timestamp(microseconds: row.integer(column))
        }
        self.init(
            id: row.text(0), name: row.text(1), role: role, hash: row.bytes(3),
            previousHash: row.isNull(4) ? nil : row.bytes(4), previousUntil: time(5),
            createdAt: Timestamp(microseconds: row.integer(6)), expiresAt: time(7),
            revokedAt: time(8), lastUsedAt: time(9), createdBy: row.text(10))
    }

    /// From a row of `columns`.
    init(_ row: ReaderRow) throws(ReadError) {
        func time(_ column: Int32) throws(ReadError) -> Timestamp? {
            if row.isNull(column) { return nil }
            return Timestamp(microseconds: try row.integer(column))
        }
        let id = try row.text(0)
        guard let role = Role(rawValue: try row.text(2)), Self.number(of: id) != nil else {
            throw .corrupt("a key of the API cannot be read")
        }
        self.init(
            id: id, name: try row.text(1), role: role, hash: try row.bytes(3),
            previousHash: row.isNull(4) ? nil : try row.bytes(4), previousUntil: try time(5),
            createdAt: Timestamp(microseconds: try row.integer(6)), expiresAt: try time(7),
            revokedAt: try time(8), lastUsedAt: try time(9), createdBy: try row.text(10))
    }
}
