import Core
import TestSupport
import Testing

@testable import Store

@Suite("API keys in the store")
struct KeyTests {
    private let store: AuditedStore

    init() throws { store = try AuditedStore() }

    @Test("a key is read as it was made, and its link says what it is and who made it")
    func created() throws {
        let key = apiKey(1, expiresAt: Timestamp(microseconds: 9_000_000))
        #expect(try store.change(.create(key)) == .done)
        #expect(try store.keys() == [key])
        let link = try #require(try store.links().last)
        #expect(link.kind == .key && link.reference == key.number)
        let record = try #require(try store.records(of: .key).last)
        #expect(
            record.object?.members.map(\.name)
                == ["change", "id", "name", "role", "expires_at", "by", "from", "row"])
        #expect(record["change"]?.string == "created" && record["id"]?.string == key.id)
        #expect(record["name"]?.string == "grafana" && record["role"]?.string == "viewer")
        #expect(record["expires_at"]?.string == "1970-01-01T00:00:09.000000Z")
        #expect(record["by"]?.string == "uid:1000" && record["from"]?.string == "unix")
        #expect(record["row"]?.string?.hasPrefix("sha256:") == true)
        let result = try store.verify()
        #expect(result.isWhole && result.links == 2, "\(result.findings)")
    }

    @Test("a rotation keeps the hash before as long as it overlaps, and only the last one")
    func rotated() throws {
        let key = apiKey(1)
        try store.change(.create(key))
        let until = store.now + .seconds(60)
        try store.change(.rotate(id: key.id, hash: keyHash(2), previousUntil: until))
        var expected = key
        (expected.hash, expected.previousHash) = (keyHash(2), keyHash(1))
        expected.previousUntil = until
        #expect(try store.keys() == [expected])
        #expect(expected.hashes(at: store.now) == [keyHash(2), keyHash(1)])
        try store.change(.rotate(id: key.id, hash: keyHash(3), previousUntil: until))
        (expected.hash, expected.previousHash) = (keyHash(3), keyHash(2))
        #expect(try store.keys() == [expected])
        // Without an overlap nothing of the one before is left.
        try store.change(.rotate(id: key.id, hash: keyHash(4), previousUntil: store.now))
        (expected.hash, expected.previousHash, expected.previousUntil) = (keyHash(4), nil, nil)
        #expect(try store.keys() == [expected])
        try store.change(.rotate(id: key.id, hash: keyHash(5), previousUntil: nil))
        expected.hash = keyHash(5)
        #expect(try store.keys() == [expected])
        let records = try store.records(of: .key)
        #expect(records.map { $0["change"]?.string } == ["created"] + repeated("rotated", 4))
        #expect(
            records.map { $0["previous_until"]?.string } == [
                nil, until.rfc3339(.microseconds), until.rfc3339(.microseconds), nil, nil,
            ])
        #expect(Set(records.map { $0["row"]?.string }).count == 5)
        #expect(try store.verify().isWhole)
    }

    private func repeated(_ text: String, _ count: Int) -> [String?] {
        Array(repeating: text, count: count)
    }

    @Test("what is revoked stays so, and what cannot be done changes nothing and links nothing")
    func revoked() throws {
        let key = apiKey(1)
        try store.change(.create(key))
        #expect(try store.change(.revoke(id: key.id, at: store.now)) == .done)
        #expect(try store.keys().map(\.revokedAt) == [store.now])
        let (keys, head) = (try store.keys(), store.writer.auditHead)
        let until = store.now + .seconds(60)
        for (change, result) in [
            (KeyChange.revoke(id: key.id, at: until), KeyChangeResult.revoked),
            (.rotate(id: key.id, hash: keyHash(2), previousUntil: until), .revoked),
            (.create(key), .idTaken), (.revoke(id: "000000000000", at: until), .noSuchKey),
            (.rotate(id: "'; --", hash: [], previousUntil: until), .noSuchKey),
        ] {
            #expect(try store.change(change) == result, "\(change)")
        }
        #expect(try store.keys() == keys && store.writer.auditHead == head)
        #expect(try store.records(of: .key).last?["change"]?.string == "revoked")
    }

    @Test("when keys were used is written without a link, and never goes back")
    func used() throws {
        for number in UInt8(1)...2 { try store.change(.create(apiKey(number))) }
        let head = store.writer.auditHead
        let (first, second) = (apiKey(1).id, apiKey(2).id)
        let times = [30, 20, 40].map { Timestamp(microseconds: $0) }
        try store.change(.used([first: times[0], "000000000000": times[0]]))
        try store.change(.used([first: times[1], second: times[2]]))
        #expect(try store.keys().map(\.lastUsedAt) == [times[0], times[2]])
        #expect(store.writer.auditHead == head)
        #expect(try store.verify().isWhole)
    }

    @Test("a change that fails leaves key and chain as they were, and can be done again")
    func failed() throws {
        let disk = FaultVFS()
        let scratch = try Scratch()
        let writer = try scratch.writer(options: StoreOptions(vfs: disk.name))
        let at = Timestamp(microseconds: 3_000_000)
        try writer.apply(.create(apiKey(1)), by: somebody, at: at)
        let head = writer.auditHead
        let changes: [KeyChange] = [
            .rotate(id: apiKey(1).id, hash: keyHash(2), previousUntil: at + .seconds(1)),
            .revoke(id: apiKey(1).id, at: at), .create(apiKey(3)),
        ]
        disk.fill()
        for change in changes {
            #expect(throws: CommitError.diskFull, "\(change)") {
                try writer.apply(change, by: somebody, at: at)
            }
        }
        #expect(throws: CommitError.diskFull) { try writer.record([accessRecord()], at: at) }
        #expect(throws: CommitError.diskFull) { try writer.acknowledge(acknowledgement("a")) }
        #expect(writer.auditHead == head)
        disk.heal()
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.apiKeys() == [apiKey(1)])
        for change in changes {
            #expect(try writer.apply(change, by: somebody, at: at) == .done)
        }
        try writer.record([accessRecord()], at: at)
        try writer.acknowledge(acknowledgement("a"))
        #expect(writer.auditHead.seq == head.seq + 5)
        let result = try reader.verifyAudit()
        #expect(result.isWhole && result.links == 7, "\(result.findings)")
    }

    @Test("a change is on the disk when it is done, a use need not be")
    func synced() throws {
        let disk = FaultVFS()
        let scratch = try Scratch()
        let writer = try scratch.writer(.power, options: StoreOptions(vfs: disk.name))
        let at = Timestamp(microseconds: 3_000_000)
        func syncs(_ body: () throws -> Void) rethrows -> Int {
            let before = disk.syncs(of: .log)
            try body()
            return disk.syncs(of: .log) - before
        }
        #expect(try syncs { try writer.apply(.create(apiKey(1)), by: somebody, at: at) } > 0)
        let use = KeyChange.used([apiKey(1).id: at])
        #expect(try syncs { try writer.apply(use, by: somebody, at: at) } == 0)
        #expect(try syncs { try writer.record([accessRecord()], at: at) } > 0)
        #expect(try syncs { try writer.acknowledge(acknowledgement("a")) } > 0)
    }

    @Test("at the limit those that are over make room, and where all are in force there is none")
    func limit() throws {
        let at = store.now
        for number in 0..<Limits.apiKeysMax {
            var key = apiKey(0)
            key.id = try #require(StoredKey.id(of: Int64(number)))
            #expect(try store.change(.create(key)) == .done)
        }
        let head = store.writer.auditHead
        #expect(try store.change(.create(apiKey(1))) == .tooMany)
        #expect(store.writer.auditHead == head)
        let ids = (3...4).map { StoredKey.id(of: $0) ?? "" }
        try store.change(.revoke(id: ids[1], at: at))
        try store.change(.revoke(id: ids[0], at: at + .seconds(1)))
        #expect(try store.change(.create(apiKey(1))) == .done)
        let left = try store.keys().map(\.id)
        #expect(left.count == Limits.apiKeysMax && !left.contains(ids[1]) && left.contains(ids[0]))
        let removed = try store.records(of: .key).suffix(2).map { $0["change"]?.string }
        #expect(removed == ["removed", "created"])
        let result = try store.verify()
        #expect(result.isWhole, "\(result.findings)")
    }

    @Test("no hash is in the chain or in a log of it, and no other table has one")
    func secrets() throws {
        try store.change(.create(apiKey(1)))
        let until = store.now + .seconds(60)
        try store.change(.rotate(id: apiKey(1).id, hash: keyHash(2), previousUntil: until))
        try store.change(.revoke(id: apiKey(1).id, at: store.now))
        for hash in [keyHash(1), keyHash(2)] {
            let text = Hexadecimal.text(of: hash)
            for table in EntityTraces.all.map(\.name) where table != "memory_index" {
                let rows = try store.scratch.text(
                    "SELECT group_concat(quote(value), ' ') FROM (\(try everything(in: table)))")
                let holds = rows?.lowercased().contains(text.prefix(16)) == true
                #expect(holds == (table == "api_key"), "\(table): \(rows ?? "")")
            }
        }
    }

    /// A query for all values of a table, each as a row.
    private func everything(in table: String) throws -> String {
        let names = try store.scratch.text(
            "SELECT group_concat(name, ' ') FROM pragma_table_xinfo('\(table)')")
        return (names ?? "").split(separator: " ")
            .map { "SELECT \($0) AS value FROM \(table)" }.joined(separator: " UNION ALL ")
    }
}
