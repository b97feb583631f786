import Core
import Testing

@testable import Store

@Suite("The migration to keys and acknowledgements")
struct AccessMigrationTests {
    private let store: AuditedStore

    init() throws { store = try AuditedStore() }

    private func count(_ table: String) throws -> String? {
        try store.scratch.text("SELECT CAST(count(*) AS TEXT) FROM \(table)")
    }

    @Test("a store of before keeps its chain, and goes on with it")
    func up() throws {
        for number in 1...3 { try store.decide("d\(number)") }
        let head = store.writer.auditHead
        try store.writer.close()
        try StoreWriter.migrate(path: store.scratch.path, to: 13)
        #expect(try store.scratch.text("PRAGMA user_version") == "13")
        #expect(try count("sqlite_schema WHERE name IN ('api_key', 'alert_ack')") == "0")
        let writer = try store.scratch.writer()
        #expect(writer.auditHead == head)
        #expect(try store.keys().isEmpty)
        try writer.apply(.create(apiKey(1)), by: somebody, at: store.now)
        try writer.acknowledge(acknowledgement("d1"))
        try writer.record([accessRecord()], at: store.now)
        let result = try store.verify(held: HeldHead(seq: head.seq, hash: head.hash))
        #expect(result.isWhole && result.links == 7, "\(result.findings)")
    }

    @Test("a step down takes a chain with it that the older version would take for a broken one")
    func down() throws {
        try store.decide("d1")
        try store.change(.create(apiKey(1)))
        try store.writer.acknowledge(acknowledgement("d1"))
        try store.writer.close()
        try StoreWriter.migrate(path: store.scratch.path, to: 13)
        #expect(try count("audit") == "0")
        #expect(try count("decision") == "1")
        let writer = try store.scratch.writer()
        #expect(try store.keys().isEmpty)
        try writer.acknowledge(acknowledgement("d1"))
        // Numbers of before do not come again.
        #expect(try store.links().map(\.reference) == [0, 2])
        let result = try store.verify()
        #expect(result.isWhole && result.unlinked == 1, "\(result.findings)")
    }
}
