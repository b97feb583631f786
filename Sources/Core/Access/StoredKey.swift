/// An API key as the store keeps it: everything but the secret.
///
/// `==` takes the longer the more bytes agree: it is not for telling whether a secret is right.
public struct StoredKey: Equatable, Sendable {
    /// 12 lowercase hexadecimal digits; a part of the key that is shown to its owner.
    public var id: String
    /// What its owner calls it.
    public var name: String
    public var role: Role
    /// SHA-256 of the 32 bytes of the secret.
    public var hash: [UInt8]
    /// Of the secret before, which is good until `previousUntil`; nil of a key that was never
    /// rotated, or without an overlap.
    public var previousHash: [UInt8]?
    public var previousUntil: Timestamp?
    public var createdAt: Timestamp
    /// From then on it is good for nothing; nil of one that does not expire.
    public var expiresAt: Timestamp?
    /// nil of one that is in force.
    public var revokedAt: Timestamp?
    /// As it was last written down; nil of one that never was used.
    public var lastUsedAt: Timestamp?
    /// Who made it.
    public var createdBy: String

    public init(
        id: String, name: String, role: Role, hash: [UInt8], previousHash: [UInt8]? = nil,
        previousUntil: Timestamp? = nil, createdAt: Timestamp, expiresAt: Timestamp? = nil,
        revokedAt: Timestamp? = nil, lastUsedAt: Timestamp? = nil, createdBy: String
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.hash = hash
        self.previousHash = previousHash
        self.previousUntil = previousUntil
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
        self.createdBy = createdBy
    }

    public var isRevoked: Bool { revokedAt != nil }

    public func isExpired(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }

    /// The hashes of its secrets that are good then, the newest first: two while a rotation
    /// overlaps. Whether the key itself is in force is another question.
    public func hashes(at now: Timestamp) -> [[UInt8]] {
        guard let previousHash, let previousUntil, now < previousUntil else { return [hash] }
        return [hash, previousHash]
    }
}

extension StoredKey {
    /// The 48 bits of the id, by which links of the audit chain refer to it; nil of an id that is
    /// none of ours.
    public var number: Int64? { Self.number(of: id) }

    public static func number(of id: String) -> Int64? {
        guard id.utf8.count == 12, let bytes = Hexadecimal.bytes(id),
            Hexadecimal.text(of: bytes).hasSameBytes(as: id)
        else { return nil }
        return bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }

    /// - Returns: nil of a number beyond 48 bits.
    public static func id(of number: Int64) -> String? {
        guard number >= 0, number < 1 << 48 else { return nil }
        let bytes = (0..<6).map { UInt8(truncatingIfNeeded: number >> (40 - 8 * $0)) }
        return Hexadecimal.text(of: bytes)
    }
}

// A hash stays out of logs, crash reports and `dump` alike.
extension StoredKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "key \(id)" }
    public var customMirror: Mirror {
        Mirror(self, children: ["id": id, "role": role.rawValue], displayStyle: .struct)
    }
}
