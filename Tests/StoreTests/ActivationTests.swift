import Core
import Testing

@testable import Store

@Suite("The history of rule sets")
struct ActivationTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Has a set take effect as the next event.
    @discardableResult
    private func activate(
        _ writer: StoreWriter, _ digest: String, how: RuleActivation.How = .reload,
        message: String = "", directory: String? = nil, text: String = "rules: []"
    ) throws -> RuleActivation {
        let sequence = (writer.lastEvent?.sequence ?? 0) + 1
        let at = Timestamp(microseconds: sequence * 1_000_000)
        let activation = RuleActivation(
            eventSequence: sequence, at: at, digest: digest, how: how, author: "ada", userID: 1001,
            message: message, directory: directory)
        var next = Batch()
        next.events = [Event(sequence: sequence, at: at, body: .ruleset(digest: digest))]
        next.ruleset = StoredRuleset(
            digest: digest, activatedAt: at, files: [.init(name: "a.yaml", text: text)])
        next.activation = activation
        next.acknowledgedThrough = sequence
        _ = try writer.commit(next, synced: false)
        return activation
    }

    @Test("a set that takes effect again has a second row, and its files once")
    func again() throws {
        let writer = try scratch.writer()
        #expect(try writer.latestActivation() == nil)
        let first = try activate(writer, "sha256:aa", message: "because")
        let second = try activate(writer, "sha256:bb")
        let third = try activate(
            writer, "sha256:aa", how: .rollback, message: "no", directory: "sha256:bb")
        #expect(try writer.latestActivation() == third)
        let reader = try StoreReader(path: scratch.path)
        let found = try reader.activations(limit: 10)
        #expect(found.map(\.activation) == [third, second, first])
        #expect(found.map(\.isKept) == [true, true, true])
        #expect(try reader.activations(limit: 1).map(\.activation) == [third])
        #expect(try scratch.text("SELECT count(*) FROM ruleset_file") == "2")
        #expect(try reader.ruleset(digest: "sha256:bb")?.files.first?.name == "a.yaml")
        #expect(try reader.ruleset(digest: "sha256:cc") == nil)
        #expect(try reader.rulesetDigests(beginningWith: "sha256:") == ["sha256:aa", "sha256:bb"])
        #expect(try reader.rulesetDigests(beginningWith: "sha256:b") == ["sha256:bb"])
        #expect(try reader.rulesetDigests(beginningWith: "sha256:%").isEmpty)
    }

    @Test("sets that nothing kept ran under stay by number and by bytes, and the rows stay longer")
    func kept() throws {
        let writer = try scratch.writer()
        for number in 1...6 {
            try activate(writer, "sha256:\(number)", text: String(repeating: "#", count: 100))
        }
        var last = Batch()
        last.checkpoint = checkpoint(6)
        _ = try writer.commit(last, synced: false)
        func trim(_ countMax: Int, _ bytesMax: Int) throws -> Int {
            try writer.transaction(synced: false) { () throws(SQLiteFailure) in
                _ = try writer.run("DELETE FROM event WHERE seq <= ?", 5)
                return try writer.deleteRulesets(keeping: countMax, bytesMax).count
            }
        }
        #expect(try trim(4, 10_000) == 2)
        #expect(try trim(4, 299) == 2)
        // What the last event needs stays, whatever the bounds are.
        #expect(try trim(0, 0) == 0)
        let reader = try StoreReader(path: scratch.path)
        let found = try reader.activations(limit: 10)
        #expect(found.map(\.isKept) == [true, true, false, false, false, false])
        #expect(try reader.rulesetDigests(beginningWith: "sha256:").count == 6)
        #expect(try scratch.text("SELECT count(*) FROM ruleset_file") == "2")
    }

    @Test("the history is bounded")
    func bounded() throws {
        let writer = try scratch.writer()
        try activate(writer, "sha256:aa")
        try scratch.execute("UPDATE activation SET id = 5")
        let id = Limits.activationsMax + 4
        try scratch.execute(
            "INSERT INTO activation VALUES (\(id), 1, 1, 'x', '', '', 1, '', '')")
        try activate(writer, "sha256:bb")
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.activations(limit: 10).map(\.activation.digest) == ["sha256:bb", "x"])
    }

    @Test("what an older version has activated is in the history as far as it is known")
    func migrated() throws {
        let writer = try scratch.writer()
        try activate(writer, "sha256:aa", text: "rules: [] # ü")
        try activate(writer, "sha256:bb")
        try writer.close()
        try StoreWriter.migrate(path: scratch.path, to: 10)
        try scratch.writer().close()
        let reader = try StoreReader(path: scratch.path)
        let found = try reader.activations(limit: 10)
        #expect(found.map(\.activation.digest) == ["sha256:bb", "sha256:aa"])
        #expect(found[0].activation.how == nil && found[0].activation.eventSequence == nil)
        #expect(found.map(\.isKept) == [true, true])
        #expect(try scratch.text("SELECT group_concat(bytes) FROM ruleset") == "14,9")
    }
}
