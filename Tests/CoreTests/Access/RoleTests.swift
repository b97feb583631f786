import Core
import Testing

@Suite("Roles and keys")
struct RoleTests {
    @Test("each role may what those before it may, and no more")
    func order() {
        #expect(Role.allCases == [.viewer, .operator, .admin])
        for (index, role) in Role.allCases.enumerated() {
            for (other, beside) in Role.allCases.enumerated() {
                #expect((role < beside) == (index < other), "\(role) and \(beside)")
            }
        }
        #expect(Role.admin >= .operator && Role.operator >= .viewer)
    }

    @Test("roles are written as they are named, and nothing else is one")
    func names() {
        #expect(Role.allCases.map(\.rawValue) == ["viewer", "operator", "admin"])
        for name in ["", "Admin", "root", "viewer "] { #expect(Role(rawValue: name) == nil) }
    }

    private static let key = StoredKey(
        id: "00ff5a0b1c9e", name: "grafana", role: .viewer, hash: Array(100..<132),
        previousHash: Array(200..<232), previousUntil: Timestamp(microseconds: 50),
        createdAt: Timestamp(microseconds: 1), expiresAt: Timestamp(microseconds: 90),
        createdBy: "uid:1000")

    @Test("an id is 48 bits, and only its own form of 12 digits is one")
    func numbers() {
        #expect(Self.key.number == 0xff_5a0b_1c9e)
        for number in [0, 1, 0xff_5a0b_1c9e, 1 << 48 - 1] as [Int64] {
            let id = StoredKey.id(of: number)
            #expect(id?.count == 12 && id.flatMap(StoredKey.number(of:)) == number, "\(number)")
        }
        for number in [-1, 1 << 48, .max, .min] as [Int64] {
            #expect(StoredKey.id(of: number) == nil, "\(number)")
        }
        for id in [
            "", "00ff5a0b1c9", "00ff5a0b1c9e0", "00FF5A0B1C9E", "00ff5a0b1c9g", "-0ff5a0b1c9e",
        ] {
            #expect(StoredKey.number(of: id) == nil, "\(id)")
        }
    }

    @Test("the secret before a rotation is good until its time, and not at it")
    func overlap() {
        let key = Self.key
        let both = [key.hash, key.previousHash ?? []]
        #expect(key.hashes(at: Timestamp(microseconds: 49)) == both)
        #expect(key.hashes(at: Timestamp(microseconds: 50)) == [key.hash])
        var never = key
        never.previousUntil = nil
        #expect(never.hashes(at: Timestamp(microseconds: 0)) == [key.hash])
    }

    @Test("a key expires at its time; without one it does not")
    func expiry() {
        var key = Self.key
        #expect(!key.isExpired(at: Timestamp(microseconds: 89)))
        #expect(key.isExpired(at: Timestamp(microseconds: 90)))
        key.expiresAt = nil
        #expect(!key.isExpired(at: .latest) && !key.isRevoked)
        key.revokedAt = Timestamp(microseconds: 3)
        #expect(key.isRevoked)
    }

    @Test("no hash is in any printed form of a key or a change")
    func printed() {
        let key = Self.key
        let changes: [KeyChange] = [
            .create(key),
            .rotate(id: key.id, hash: key.hash, previousUntil: Timestamp(microseconds: 7)),
            .revoke(id: key.id, at: Timestamp(microseconds: 7)), .used([:]),
        ]
        var printed = "\(key) \(String(reflecting: key)) \([key])"
        dump(key, to: &printed)
        for change in changes {
            printed += "\(change) \(String(reflecting: change)) \([change])"
            dump(change, to: &printed)
        }
        #expect(printed.contains("00ff5a0b1c9e"))
        // 100, 101 … as numbers, and in hexadecimal.
        for secret in ["101, 102", "- 101", "6465", "201, 202", "- 201", "c8c9"] {
            #expect(!printed.contains(secret), "\(printed)")
        }
    }
}
