import Core

/// A key, without its secret.
enum KeyView {
    static func json(_ key: StoredKey, at now: Timestamp) -> [UInt8] {
        JSONWriter.object { write(key, at: now, to: &$0) }
    }

    /// With its secret, to whoever made it.
    static func json(
        _ key: StoredKey, at now: Timestamp, revealing token: APIKeyToken
    ) -> [UInt8] {
        JSONWriter.object { json in
            write(key, at: now, to: &json)
            json.member("key", token.revealed)
        }
    }

    private static func write(
        _ key: StoredKey, at now: Timestamp, to json: inout JSONWriter
    ) {
        json.member("id", key.id)
        json.member("name", key.name)
        json.member("role", key.role.rawValue)
        json.member("created_at", key.createdAt)
        json.member("created_by", key.createdBy)
        if let time = key.expiresAt { json.member("expires_at", time) }
        // Only while the secret before is good for something.
        let isInForce = !key.isRevoked && !key.isExpired(at: now)
        if let time = key.previousUntil, isInForce, key.hashes(at: now).count > 1 {
            json.member("previous_until", time)
        }
        if let time = key.revokedAt { json.member("revoked_at", time) }
        if let time = key.lastUsedAt { json.member("last_used_at", time) }
    }
}
