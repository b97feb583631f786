import Core
import TestSupport
import Testing

@testable import Store

@Suite("Rows that name an entity")
struct MentionsTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func commit(_ batch: Batch) throws {
        let writer = try scratch.writer()
        _ = try writer.commit(batch, synced: false)
        try writer.close()
    }

    private func tables(naming name: String) throws -> [String] {
        try StoreReader(path: scratch.path).mentions(of: EntityForms(name)).tables.map {
            "\($0.rows) of \($0.table)"
        }
    }

    @Test("rows of those whose names contain it do not count")
    func longer() throws {
        var all = batch([
            message(1, topic: "plant/press-71/t", payload: Array(#"{"of":"press-71"}"#.utf8)),
            message(2, topic: "plant/a-press-7/t"),
            message(3, topic: "plant/x/t", payload: Array(#"{"near":"press-7"}"#.utf8)),
        ])
        all.decisions = [decision("a", of: 1, entity: "press-71")]
        all.memories = [
            memory(1, "press-71 leaks", entity: "press-71", tags: ["a-press-7"]),
            memory(1, "it stands beside press-7.", entity: "press-71"),
        ]
        all.checkpoint = checkpoint(
            3, bytes: [0, 8] + Array("press-71".utf8) + [9] + Array("a-press-7".utf8))
        try commit(all)
        #expect(try tables(naming: "press-7") == ["1 of event", "1 of memory"])
        let found = try StoreReader(path: scratch.path).mentions(of: EntityForms("press-7"))
        #expect(!found.words.isEmpty)
        #expect(
            try tables(naming: "press-71") == [
                "1 of event", "1 of topic", "1 of decision", "1 of decision_entity", "2 of memory",
                "1 of checkpoint_part",
            ])
        #expect(try tables(naming: "press-72") == [])
    }

    @Test("in a checkpoint the name counts, whatever stands beside it")
    func checkpoints() throws {
        var all = batch([message(1, topic: "plant/press-71/t")])
        all.checkpoint = checkpoint(
            1, bytes: [0] + Array("-press-7telemetry".utf8) + Array("press-71".utf8))
        try commit(all)
        #expect(try tables(naming: "press-7") == ["1 of checkpoint_part"])
    }

    @Test("numbers are no names, and neither are digits of longer ones")
    func numbers() throws {
        let events = [message(1, topic: "plant/a/t", payload: Array(#"{"v":71,"w":0.1}"#.utf8))]
        try commit(batch(events))
        #expect(try tables(naming: "1") == [])
        let more = message(2, topic: "plant/a/t", payload: Array(#"{"v":1}"#.utf8))
        try commit(batch([more]))
        #expect(try tables(naming: "1") == ["1 of event"])
    }
}
