import Core
import Testing

@testable import Store

@Suite("Migrations")
struct MigrationTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A store with something in every table.
    private func fill() throws {
        let writer = try scratch.writer()
        var first = batch([message(1), message(2)])
        first.decisions = [decision("d", of: 1)]
        first.publications = [publication("a"), publication("b")]
        first.checkpoint = checkpoint(2)
        first.ruleset = StoredRuleset(
            digest: "sha256:1", activatedAt: Timestamp(microseconds: 1),
            files: [.init(name: "a.yaml", text: "rules: []")])
        first.acknowledgedThrough = 1
        _ = try writer.commit(first, synced: true)
        try writer.close()
    }

    private var version: String? { get throws { try scratch.text("PRAGMA user_version") } }

    @Test("versions are numbered one by one")
    func numbers() {
        #expect(Migrations.all.map(\.version) == Array(1...Migrations.current))
        #expect(Migrations.all.allSatisfy { !$0.name.isEmpty })
    }

    @Test("a step down keeps what the older version knows, and so does the step up again")
    func downAndUp() throws {
        try fill()
        try StoreWriter.migrate(path: scratch.path, to: 1)
        #expect(try version == "1")
        #expect(try scratch.text("SELECT count(*) FROM event") == "2")
        #expect(throws: ReadError.olderVersion(found: 1, required: Migrations.current)) {
            try StoreReader(path: scratch.path)
        }
        let writer = try scratch.writer()
        #expect(try version == "\(Migrations.current)")
        #expect(try writer.events() == [message(1), message(2)])
        #expect(try writer.checkpoints() == [checkpoint(2)])
        #expect(try writer.latestRuleset()?.files.first?.text == "rules: []")
        #expect(writer.acknowledgedThrough == 1)
        // The outbox and the decisions are gone with their version; row numbers are not used again.
        #expect(writer.outboxDepth == 0)
        #expect(try StoreReader(path: scratch.path).decisions().isEmpty)
        var next = Batch()
        next.publications = [publication("c")]
        #expect(try writer.commit(next, synced: true).firstOutboxID == 3)
    }

    @Test("decisions keep their rows and their counter through a step down and up")
    func decisionRows() throws {
        try fill()
        try StoreWriter.migrate(path: scratch.path, to: 2)
        #expect(try version == "2")
        let next = "SELECT value FROM meta WHERE key = 'decision_next'"
        #expect(try scratch.text("SELECT row || id FROM decision") == "1d")
        #expect(try scratch.text(next) == "2")
        // The older version numbers on without counting.
        try scratch.execute("UPDATE decision SET row = 8")
        let writer = try scratch.writer()
        #expect(try StoreReader(path: scratch.path).decisions().map(\.row) == [8])
        #expect(writer.state.nextDecisionRow == 9)
        #expect(try scratch.text(next) == "9")
    }

    @Test("decisions are found by their entity after a step down and up")
    func decisionEntities() throws {
        try fill()
        try StoreWriter.migrate(path: scratch.path, to: 3)
        #expect(try version == "3")
        let byEntity = "SELECT id FROM decision INDEXED BY decision_entity WHERE entity = 'press-1'"
        #expect(try scratch.text(byEntity) == "d")
        let writer = try scratch.writer()
        var next = Batch()
        next.decisions = [decision("e", of: 2, entity: "press-1")]
        _ = try writer.commit(next, synced: true)
        let found = try StoreReader(path: scratch.path).decisions(DecisionQuery(entity: "press-1"))
        #expect(found.map(\.decision.id) == ["e", "d"])
    }

    @Test("every step down to nothing leaves nothing, and up again makes a new store")
    func downToNothing() throws {
        try fill()
        let connection = try Connection(path: scratch.path, vfs: nil)
        try Migrations.migrate(connection, to: 0)
        #expect(try connection.integer("SELECT count(*) FROM sqlite_schema") == 0)
        #expect(try connection.integer("PRAGMA user_version") == 0)
        connection.close()
        #expect(try scratch.writer().events().isEmpty)
    }

    @Test("a store of version 1 is migrated when it is opened", arguments: [false, true])
    func up(isCrashed: Bool) throws {
        try fill()
        try StoreWriter.migrate(path: scratch.path, to: 1)
        if isCrashed { try scratch.execute("UPDATE meta SET value = 0 WHERE key = 'clean'") }
        let writer = try scratch.writer()
        #expect(writer.lastEvent?.sequence == 2)
        #expect(try version == "\(Migrations.current)")
    }

    @Test("a migration that is interrupted leaves the version before it, and goes on next time")
    func interrupted() throws {
        var copies: [Scratch] = []
        let options = StoreOptions(failpoint: { _ in
            if let copy = try? scratch.crashedCopy() { copies.append(copy) }
        })
        _ = try scratch.writer(options: options)
        try StoreWriter.migrate(path: scratch.path, to: 1, options: options)
        let versions = try copies.map { try $0.text("PRAGMA user_version") }
        #expect(versions == ["0", "1", "2", "3", "4", "5", "6", "7", "6", "5", "4", "3", "2"])
        for copy in copies { #expect(try copy.writer().events().isEmpty) }
    }

    @Test("a migration that fails leaves the version before it")
    func failed() throws {
        try fill()
        try StoreWriter.migrate(path: scratch.path, to: 1)
        try scratch.execute("CREATE TABLE outbox (theirs)")
        #expect(throws: OpenError.self) { try scratch.writer() }
        #expect(try version == "1")
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'decision'"
        #expect(try scratch.text(tables) == "0")
    }
}
