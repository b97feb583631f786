import Core
import GRDBSQLite

/// What became of a change of API keys.
public enum KeyChangeResult: Equatable, Sendable {
    /// It is in the store, and in the audit chain.
    case done
    /// No key has this id: nothing happened.
    case noSuchKey
    /// It was revoked before: nothing happened.
    case revoked
    /// Another key has this id: nothing happened; draw another id.
    case idTaken
    /// `Limits.apiKeysMax` keys are in force: nothing happened; revoke one first.
    case tooMany
}

// Who may come in, and who came. A link of the audit chain is written with each, in the same
// transaction.
extension StoreWriter {
    /// Changes API keys, and links that; on the disk when this returns.
    ///
    /// When keys were used last is written without a link, and does not wait for the disk.
    /// - Parameters:
    ///   - change: the id of a new key has 12 lowercase hexadecimal digits.
    ///   - actor: who asks.
    ///   - at: the time of the link.
    /// - Throws: every case of `CommitError`: nothing of it happened.
    @discardableResult
    public func apply(
        _ change: KeyChange, by actor: Actor, at: Timestamp
    ) throws(CommitError) -> KeyChangeResult {
        let isSynced = if case .used = change { false } else { true }
        let result = try transaction(synced: isSynced) {
            () throws(SQLiteFailure) -> KeyChangeResult in
            switch change {
            case .create(let key): return try create(key, by: actor, at: at)
            case .rotate(let id, let hash, let previousUntil):
                return try rotate(id, to: hash, previousUntil, by: actor, at: at)
            case .revoke(let id, let moment):
                return try revoke(id, moment, by: actor, at: at)
            case .used(let times): return try note(times)
            }
        }
        boundLog()
        return result
    }

    /// Links who came to the API, and what was made of them, in this order; on the disk when this
    /// returns.
    /// - Parameter at: the time of the links.
    /// - Throws: every case of `CommitError`: none of them is linked.
    public func record(_ access: [AccessRecord], at: Timestamp) throws(CommitError) {
        guard !access.isEmpty else { return }
        try transaction(synced: true) { () throws(SQLiteFailure) in
            for record in access { try link(.access, at: at, record: record.auditRecord) }
        }
        boundLog()
    }

    // MARK: Changes, each within a transaction

    private func create(
        _ key: StoredKey, by actor: Actor, at: Timestamp
    ) throws(SQLiteFailure) -> KeyChangeResult {
        precondition(key.number != nil, "an id has 12 lowercase hexadecimal digits")
        if try keyDigest(key.id) != nil { return .idTaken }
        guard try makeRoom(by: actor, at: at) else { return .tooMany }
        let row = try connection.prepare(
            """
            INSERT INTO api_key (\(StoredKey.columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try row.bind(key.id, at: 1)
        try row.bind(key.name, at: 2)
        try row.bind(key.role.rawValue, at: 3)
        try row.bind(copy: key.hash, at: 4)
        try row.bind(copy: key.previousHash, at: 5)
        row.bind(key.previousUntil, at: 6)
        row.bind(key.createdAt, at: 7)
        row.bind(key.expiresAt, at: 8)
        row.bind(key.revokedAt, at: 9)
        row.bind(key.lastUsedAt, at: 10)
        try row.bind(key.createdBy, at: 11)
        try row.run()
        try link(key, .created, by: actor, at: at)
        return .done
    }

    /// Deletes what was revoked or expired first, where there are as many keys as there may be.
    /// - Returns: whether there is room for another one.
    private func makeRoom(by actor: Actor, at: Timestamp) throws(SQLiteFailure) -> Bool {
        let count = try connection.integer("SELECT count(*) FROM api_key") ?? 0
        guard count >= Int64(Limits.apiKeysMax) else { return true }
        let over = try connection.prepare(
            """
            SELECT \(StoredKey.columns) FROM api_key
            WHERE revoked_at IS NOT NULL OR expires_at <= ?
            ORDER BY coalesce(revoked_at, expires_at) LIMIT 1
            """)
        over.bind(at.microseconds, at: 1)
        guard try over.step() else { return false }
        let found = StoredKey(over)
        over.reset()
        guard let key = found else { return false }
        let broken = try brokenLink(of: key)
        let row = try connection.prepare("DELETE FROM api_key WHERE id = ?")
        try row.bind(key.id, at: 1)
        try row.run()
        try link(key, .removed, by: actor, at: at, broken: broken)
        return true
    }

    private func rotate(
        _ id: String, to hash: [UInt8], _ previousUntil: Timestamp?, by actor: Actor,
        at: Timestamp
    ) throws(SQLiteFailure) -> KeyChangeResult {
        guard var key = try storedKey(id) else { return .noSuchKey }
        if key.isRevoked { return .revoked }
        let broken = try brokenLink(of: key)
        let end = previousUntil.flatMap { $0 > at ? $0 : nil }
        key.previousHash = end == nil ? nil : key.hash
        key.previousUntil = end
        key.hash = hash
        let row = try connection.prepare(
            "UPDATE api_key SET hash = ?, previous_hash = ?, previous_until = ? WHERE id = ?")
        try row.bind(copy: key.hash, at: 1)
        try row.bind(copy: key.previousHash, at: 2)
        row.bind(key.previousUntil, at: 3)
        try row.bind(id, at: 4)
        try row.run()
        try link(key, .rotated, by: actor, at: at, broken: broken)
        return .done
    }

    private func revoke(
        _ id: String, _ moment: Timestamp, by actor: Actor, at: Timestamp
    ) throws(SQLiteFailure) -> KeyChangeResult {
        guard var key = try storedKey(id) else { return .noSuchKey }
        if key.isRevoked { return .revoked }
        let broken = try brokenLink(of: key)
        key.revokedAt = moment
        let row = try connection.prepare("UPDATE api_key SET revoked_at = ? WHERE id = ?")
        row.bind(moment, at: 1)
        try row.bind(id, at: 2)
        try row.run()
        try link(key, .revoked, by: actor, at: at, broken: broken)
        return .done
    }

    /// Uses are told by several threads, so the order in which they come says nothing.
    private func note(_ times: [String: Timestamp]) throws(SQLiteFailure) -> KeyChangeResult {
        let row = try connection.prepare(
            """
            UPDATE api_key SET last_used_at = max(coalesce(last_used_at, ?1), ?1) WHERE id = ?2
            """)
        for (id, time) in times {
            row.bind(time, at: 1)
            try row.bind(id, at: 2)
            try row.run()
        }
        return .done
    }

    private func storedKey(_ id: String) throws(SQLiteFailure) -> StoredKey? {
        let row = try connection.prepare(
            "SELECT \(StoredKey.columns) FROM api_key WHERE id = ?")
        try row.bind(id, at: 1)
        guard try row.step() else { return nil }
        defer { row.reset() }
        return StoredKey(row)
    }
}

extension Statement {
    fileprivate func bind(_ time: Timestamp?, at index: Int32) {
        if let time { bind(time.microseconds, at: index) } else { bindNull(at: index) }
    }
}
