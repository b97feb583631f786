import Core

/// A key, without its secret.
enum KeyView {
    static func json(_ key: StoredKey) -> [UInt8] {
        JSONWriter.object { write(key, to: &$0) }
    }

    /// With its secret, to whoever made it.
    static func json(_ key: StoredKey, revealing token: APIKeyToken) -> [UInt8] {
        JSONWriter.object { json in
            write(key, to: &json)
            json.member("key", token.revealed)
        }
    }

    private static func write(_ key: StoredKey, to json: inout JSONWriter) {
        json.member("id", key.id)
        json.member("name", key.name)
        json.member("role", key.role.rawValue)
        json.member("created_at", key.createdAt)
        json.member("created_by", key.createdBy)
        if let time = key.expiresAt { json.member("expires_at", time) }
        if let time = key.previousUntil { json.member("previous_until", time) }
        if let time = key.revokedAt { json.member("revoked_at", time) }
        if let time = key.lastUsedAt { json.member("last_used_at", time) }
    }
}
