import Core
import Testing

@testable import Store

@Suite("Access in the audit chain")
struct AccessTests {
    private let store: AuditedStore

    init() throws { store = try AuditedStore() }

    private func trim(at seconds: Int64, maxAge: Duration = .seconds(60)) throws {
        let now = Timestamp(microseconds: seconds * 1_000_000)
        _ = try store.writer.trim(maxAge: maxAge, maxBytes: .max, now: now)
    }

    private func record(_ count: Int, at seconds: Int64) throws {
        try store.writer.record(
            Array(repeating: accessRecord(), count: count),
            at: Timestamp(microseconds: seconds * 1_000_000))
    }

    private func count() throws -> Int { try store.records(of: .access).count }

    @Test("each is a link with who, from where, what for and why not, in the order given")
    func links() throws {
        try store.writer.record(
            [
                accessRecord(.authenticated, by: "key:0a1b2c3d4e01 grafana", reason: ""),
                accessRecord(.refused, count: 40), accessRecord(.lockedOut),
                accessRecord(.changed, by: "ann"),
            ], at: store.now)
        let head = store.writer.auditHead
        try store.writer.record([], at: store.now)
        #expect(head.seq == 5 && store.writer.auditHead == head)
        let records = try store.records(of: .access)
        #expect(
            records.map { $0["access"]?.string }
                == ["authenticated", "refused", "locked_out", "changed"])
        #expect(records[0]["by"]?.string == "key:0a1b2c3d4e01 grafana")
        #expect(records[0]["reason"] == nil && records[0]["count"]?.int == 1)
        #expect(
            String(decoding: records[1].encoded(), as: UTF8.self) == """
                {"access":"refused","first_at":"1970-01-01T00:00:02.000000Z","by":"",\
                "from":"10.0.0.9","what":"PUT /soul/{entity}","reason":"UNAUTHENTICATED",\
                "count":40}
                """)
        let result = try store.verify()
        #expect(result.isWhole && result.records == 5, "\(result.findings)")
    }

    @Test("a text that is too long is cut, and what is no whole character any more is replaced")
    func long() throws {
        let name = "a" + String(repeating: "é", count: 4_000)
        try store.writer.record([accessRecord(by: name)], at: store.now)
        let told = try #require(try store.records(of: .access).first?["by"]?.string)
        let whole = (Limits.accessTextBytesMax - 1) / 2
        #expect(told == "a" + String(repeating: "é", count: whole) + "\u{FFFD}")
    }

    @Test("a link about access that is changed, moved or taken out is found and named")
    func tampered() throws {
        try record(3, at: 1)
        try store.writer.close()
        for (sql, problem) in [
            ("UPDATE audit SET record = '{}'", AuditFinding.Problem.recordChanged),
            ("UPDATE audit SET record = replace(record, '.9', '.8')", .recordChanged),
            ("UPDATE audit SET record = NULL", .recordChanged),
            ("UPDATE audit SET at = at + 1", .linkChanged),
            ("UPDATE audit SET kind = 11", .linkChanged), ("DELETE FROM audit", .linkMissing),
        ] {
            let copy = try store.scratch.crashedCopy()
            try copy.execute("\(sql) WHERE seq = 3")
            let broken = try StoreReader(path: copy.path).verifyAudit().broken
            let isNamed = broken?.problem == problem && broken?.seq == 3
            #expect(isNamed, "\(sql): \(String(describing: broken))")
        }
    }

    // MARK: Retention

    @Test("old ones go by themselves, also in a store that has heard nothing, and young ones stay")
    func old() throws {
        try record(100, at: 10)
        try record(5, at: 50)
        let anchor = store.writer.auditHead.seq - 5
        try trim(at: 69)
        #expect(try count() == 105)
        try trim(at: 71)
        #expect(try count() == 5)
        #expect(try store.links().map(\.kind).last == .removal)
        let result = try store.verify()
        #expect(result.isWhole && result.first == anchor + 1, "\(result.findings)")
    }

    @Test("few wait for more, so that not each has a link that says it is gone")
    func few() throws {
        try record(2, at: 10)
        try trim(at: 71)
        try record(1, at: 11)
        try record(63, at: 12)
        try trim(at: 72)
        #expect(try count() == 64)
        let head = store.writer.auditHead
        // One more is enough.
        try trim(at: 73)
        #expect(try count() == 0)
        #expect(store.writer.auditHead.seq == head.seq + 1)
        try record(1, at: 20)
        try trim(at: 90)
        #expect(try count() == 1)
        try trim(at: 134)
        #expect(try count() == 0)
        #expect(try store.verify().isWhole)
    }

    @Test("those behind a decision that stays do so too, and no link tells of nothing")
    func blocked() throws {
        try store.decide("a")
        try record(100, at: 2)
        let head = store.writer.auditHead
        try trim(at: 10_000)
        #expect(try count() == 100 && store.writer.auditHead == head)
    }

    @Test("they go with the decisions behind them, as any link")
    func within() throws {
        try store.decide("a")
        try record(1, at: 2)
        try store.outlive()
        #expect(try count() == 0)
        let result = try store.verify()
        #expect(result.isWhole && result.first > 3, "\(result.findings)")
    }

    @Test("a log that began only now does not take what is older than its first event")
    func young() throws {
        try record(100, at: 1)
        let late = Timestamp(microseconds: 100_000_000)
        _ = try store.writer.commit(
            batch([Event(sequence: 1, at: late, body: .tick)]), synced: false)
        try trim(at: 101, maxAge: .seconds(3_600))
        #expect(try count() == 100)
    }

    @Test("where a full store gives up events, what is older than those that are left goes, too")
    func full() throws {
        try store.writer.fill(1...10)
        var next = Batch()
        next.checkpoint = checkpoint(10)
        next.acknowledgedThrough = 10
        _ = try store.writer.commit(next, synced: false)
        try record(3, at: 1)
        try record(2, at: 9)
        let bytes = try store.writer.connection.usedBytes()
        let now = Timestamp(microseconds: 11_000_000)
        _ = try store.writer.trim(maxAge: .seconds(3_600), maxBytes: bytes - 1, now: now)
        let first = try #require(try store.writer.firstSequence())
        #expect(first > 1 && first < 9, "\(first)")
        #expect(try count() == 2)
        #expect(try store.verify().isWhole)
    }
}
