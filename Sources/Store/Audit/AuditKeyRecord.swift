import Core

/// What a link about an API key keeps: how the key is after a change, and who made it; without a
/// secret, or the hash of one.
struct AuditKeyRecord {
    enum Change: String {
        case created, rotated, revoked
        /// Its row has made room for another key.
        case removed
        /// It was there when the chain began.
        case found
    }

    var change: Change
    var key: StoredKey
    /// nil where nobody asked.
    var actor: Actor?
    /// The digest of its row, which tells when anything in it is changed later; nil where the row
    /// is gone.
    var row: [UInt8]?
    /// The row was not as the link before said, or as an earlier one: which. 0 where none was about
    /// it. Later changes must not hide that.
    var broken: Int64?

    /// These members in this order, those that say nothing left out.
    var json: String {
        let bytes = JSONWriter.object { json in
            json.member("change", change.rawValue)
            json.member("id", key.id)
            json.member("name", key.name)
            json.member("role", key.role.rawValue)
            for (name, time) in [
                ("expires_at", key.expiresAt), ("previous_until", key.previousUntil),
                ("revoked_at", key.revokedAt),
            ] {
                json.member(name, ifPresent: time?.rfc3339(.microseconds))
            }
            if let actor {
                json.member("by", actor.name.cutForAudit)
                json.member("from", actor.address.cutForAudit)
            }
            json.member("row", ifPresent: row.map(AuditKeyMark.text))
            if let broken { json.member("broken", broken) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// SQL that makes the id of a key of its number, a parameter.
    static let idOfNumber = "printf('%012x', ?)"
}

/// What the row of a key is held against: a part of what the newest link about it keeps.
struct AuditKeyMark: Equatable {
    /// nil of a key whose row is gone.
    var row: String?
    var broken: Int64?

    /// nil of a record that is none of ours.
    init?(json text: String) {
        guard let body = try? JSONScanner.scan(Array(text.utf8)), body["change"]?.string != nil
        else { return nil }
        row = body["row"]?.string
        broken = body["broken"]?.int
    }

    static func text(of digest: [UInt8]) -> String { "sha256:" + Hexadecimal.text(of: digest) }
}

extension AccessRecord {
    /// What a link keeps of it.
    var auditRecord: String {
        let bytes = JSONWriter.object { json in
            json.member("access", kind.rawValue)
            json.member("first_at", at.rfc3339(.microseconds))
            json.member("by", actor.name.cutForAudit)
            json.member("from", actor.address.cutForAudit)
            json.member("what", ifPresent: what.isEmpty ? nil : what.cutForAudit)
            json.member("reason", ifPresent: reason.isEmpty ? nil : reason.cutForAudit)
            json.member("count", count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Its first `Limits.accessTextBytesMax` bytes; a character that they divide is U+FFFD.
    fileprivate var cutForAudit: String {
        guard utf8.count > Limits.accessTextBytesMax else { return self }
        return String(decoding: utf8.prefix(Limits.accessTextBytesMax), as: UTF8.self)
    }
}
