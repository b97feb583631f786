import Core
import Testing

@testable import Store

@Suite("API keys in the audit chain")
struct KeyTamperTests {
    private let store: AuditedStore

    init() throws {
        store = try AuditedStore()
        for number in UInt8(1)...2 { try store.change(.create(apiKey(number))) }
    }

    @Test("a key that is written in, taken out or changed behind the agent's back is named")
    func tampered() throws {
        let (id, number) = (apiKey(1).id, apiKey(1).number)
        try store.change(.revoke(id: id, at: store.now))
        let planted = "'00000000002a', 'x', 'admin', zeroblob(32), NULL, NULL, 1, NULL, NULL, NULL"
        for (sql, problem, reference) in [
            ("UPDATE api_key SET role = 'admin' WHERE id = '\(id)'", .recordChanged, number),
            ("UPDATE api_key SET revoked_at = NULL WHERE id = '\(id)'", .recordChanged, number),
            ("UPDATE api_key SET hash = zeroblob(32) WHERE id = '\(id)'", .recordChanged, number),
            ("UPDATE api_key SET created_by = 'me' WHERE id = '\(id)'", .recordChanged, number),
            ("DELETE FROM api_key WHERE id = '\(id)'", .recordMissing, number),
            ("INSERT INTO api_key VALUES (\(planted), 'me')", .recordUnlinked, 0x2a),
            ("UPDATE api_key SET id = 'other' WHERE id = '\(id)'", .recordMissing, number),
            ("UPDATE audit SET record = '{}' WHERE seq = 4", .recordChanged, number),
            ("UPDATE audit SET ref = 7 WHERE seq = 4", .linkChanged, 7),
        ] as [(String, AuditFinding.Problem, Int64?)] {
            let copy = try store.scratch.crashedCopy()
            try copy.execute(sql)
            let broken = try #require(
                try StoreReader(path: copy.path).verifyAudit().broken, "not found: \(sql)")
            #expect(broken.problem == problem && broken.kind == .key, "\(sql): \(broken)")
            #expect(broken.reference == reference, "\(sql): \(broken)")
        }
        try store.scratch.execute("UPDATE api_key SET last_used_at = 12")
        #expect(try store.verify().isWhole)
    }

    @Test(
        "whatever is done to a key that was changed, the chain goes on to tell that it was",
        arguments: ["rotated", "revoked", "removed"])
    func washed(_ change: String) throws {
        let key = apiKey(1)
        try store.scratch.execute("UPDATE api_key SET role = 'admin' WHERE id = '\(key.id)'")
        let until = store.now + .seconds(60)
        switch change {
        case "rotated":
            try store.change(.rotate(id: key.id, hash: keyHash(9), previousUntil: until))
        case "revoked": try store.change(.revoke(id: key.id, at: store.now))
        case _:
            try store.change(.revoke(id: key.id, at: store.now))
            for number in 0..<(Limits.apiKeysMax - 1) {
                var further = apiKey(9)
                further.id = try #require(StoredKey.id(of: Int64(number)))
                try store.change(.create(further))
            }
            #expect(try !store.keys().contains { $0.id == key.id })
        }
        let records = try store.records(of: .key)
        // The second link is about it as it was made.
        #expect(records.last { $0["id"]?.string == key.id }?["broken"]?.int == 2)
        for _ in 1...2 {
            let broken = try #require(try store.verify().broken)
            #expect(broken.problem == .recordChanged && broken.kind == .key, "\(broken)")
            #expect(broken.reference == key.number && broken.detail == "before, after link 2")
            if change == "removed" { break }
            // Neither is it washed by retention.
            try store.outlive()
            #expect(try store.verify().first > 4)
        }
    }

    @Test("a key that no link is about is told of also when it was revoked")
    func planted() throws {
        try store.scratch.execute(
            """
            INSERT INTO api_key (id, name, role, hash, created_at, created_by)
            VALUES ('00000000002a', 'x', 'admin', zeroblob(32), 1, 'me')
            """)
        #expect(try store.change(.revoke(id: "00000000002a", at: store.now)) == .done)
        let broken = try #require(try store.verify().broken)
        #expect(broken.problem == .recordChanged && broken.reference == 0x2a)
        #expect(broken.detail == "before, no link was about it")
    }

    @Test("retention links the keys that are there again, each with the record that it had")
    func retention() throws {
        try store.change(.rotate(id: apiKey(2).id, hash: keyHash(3), previousUntil: store.now))
        let before = try store.records(of: .key)
        try #require(before.count == 3)
        try store.outlive()
        #expect(try store.records(of: .key) == [before[0], before[2]])
        let result = try store.verify()
        #expect(result.isWhole && result.first > 4, "\(result.findings)")
        try store.writer.close()
        let next = try store.scratch.writer()
        try next.apply(.revoke(id: apiKey(1).id, at: store.now), by: somebody, at: store.now)
        #expect(try store.records(of: .key).last?["broken"] == nil)
        #expect(try store.verify().isWhole)
    }

    @Test("where the chain begins anew it is about the keys and acknowledgements that are there")
    func anew() throws {
        try store.writer.acknowledge(acknowledgement("a"))
        try store.writer.close()
        try store.scratch.execute("DELETE FROM audit")
        try store.scratch.writer().close()
        #expect(try store.links().map(\.kind) == [.beginning, .acknowledgement, .key, .key])
        #expect(try store.records(of: .key).map { $0["change"]?.string } == ["found", "found"])
        #expect(try store.verify().isWhole)
    }
}
