import Core
import Store
import Testing

@testable import jameyctl

@Suite("jameyctl memory")
struct MemoryTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func remember(_ memories: [Memory]) throws {
        let writer = try scratch.writer()
        var all = Batch()
        all.events = [message(1)]
        all.memories = memories
        _ = try writer.commit(all, synced: false)
        try writer.close()
    }

    private static func memory(
        _ second: Int64, _ content: String, entity: String = "press-7",
        layer: Memory.Layer = .episodic, tags: [String] = [], rule: String = "overheat"
    ) -> Memory {
        Memory(
            layer: layer, entity: entity, at: Timestamp(microseconds: second * 1_000_000),
            content: content, tags: tags, rule: rule, decisionID: "4f2a9c11-1", eventSequence: 1)
    }

    private func fill() throws {
        try remember([
            Self.memory(60, "overheat at 81", tags: ["heat"]),
            Self.memory(120, "the pump failed over night", entity: "pump-2", layer: .semantic),
            Self.memory(180, "pump pressure low", entity: "pump-2", tags: ["heat", "low"]),
        ])
    }

    private func run(_ arguments: String...) throws -> Command.Result {
        try Command(["memory"] + arguments + ["--database", scratch.store]).wait()
    }

    /// The numbers of the memories that a search shows.
    private func ids(_ arguments: String...) throws -> [Int] {
        let all = ["memory", "search", "--database", scratch.store] + arguments
        let result = try Command(all).wait()
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        return result.lines.compactMap {
            $0.split(separator: " ").first.flatMap { Int($0) }
        }
    }

    @Test("search finds by words, phrases, beginnings, layer, entity, tags and time")
    func search() throws {
        try fill()
        #expect(try ids() == [3, 2, 1])
        #expect(try ids("-n", "2") == [3, 2])
        #expect(try ids("pump", "failed") == [2])
        #expect(try ids("\"pump pressure\"") == [3])
        #expect(try ids("OVER*").sorted() == [1, 2])
        #expect(try ids("--layer", "semantic") == [2])
        #expect(try ids("--entity", "pump-2") == [3, 2])
        #expect(try ids("--tag", "heat") == [3, 1])
        #expect(try ids("--tag", "heat", "--tag", "low") == [3])
        #expect(try ids("--since", "1970-01-01T00:02:00Z") == [3, 2])
        #expect(try ids("--until", "1970-01-01T00:02:00Z") == [1])
        #expect(try ids("--since", "1h") == [])
        #expect(try ids("pump", "--until", "1970-01-01T00:03:00Z") == [2])
        #expect(try ids("nothing") == [])
        for text in ["\"", "*", "NOT", "a AND (", "content:x", "'; DROP TABLE memory"] {
            #expect(try ids(text) == [])
        }
        #expect(try ids("--", "-pump").sorted() == [2, 3])
    }

    @Test("a memory is a line for a person, an object for a script")
    func lines() throws {
        try fill()
        #expect(
            try run("search", "81").lines == [
                "     1 01-01 00:01:00 press-7    episodic  overheat at 81 [heat]"
            ])
        let json = try run("search", "81", "--json").output
        #expect(
            json.hasPrefix(
                #"{"id":1,"layer":"episodic","entity":"press-7","content":"overheat at 81","#
                    + #""tags":["heat"],"score":0."#), "\(json)")
        #expect(
            json.hasSuffix(
                #","created_at":"1970-01-01T00:01:00.000Z","rule":"overheat","#
                    + #""decision_id":"4f2a9c11-1","event_seq":1,"importance":0.5,"pinned":false}"#
                    + "\n"), "\(json)")
        #expect(try !run("search", "--json").output.contains("score"))
    }

    @Test("a line fits into 80 columns, and no device can break or rewrite it")
    func columns() {
        let long = StoredMemory(
            id: 12,
            memory: Self.memory(
                60, "a\u{1B}[2J\nb " + String(repeating: "long ", count: 40),
                entity: String(repeating: "press", count: 20), layer: .longTerm))
        let line = MemoryLine.text(long, columns: 80)
        #expect(line.count == 80 && line.hasSuffix("…"))
        #expect(
            line.hasPrefix(
                "    12 01-01 00:01:00 presspresspress… long-term a\u{FFFD}[2J\u{FFFD}b long"))
        #expect(MemoryLine.text(long).count > 300)
        #expect(
            MemoryLine.details(long).allSatisfy { !$0.contains("\n") && !$0.contains("\u{1B}") })
    }

    @Test("show tells everything about one memory, and exits with 1 where there is none")
    func show() throws {
        try fill()
        let shown = try run("show", "1")
        #expect(shown.code == 0)
        #expect(
            shown.lines == [
                "id         1", "at         1970-01-01T00:01:00.000Z", "layer      episodic",
                "entity     press-7", "content    overheat at 81", "tags       heat",
                "rule       overheat", "decision   4f2a9c11-1", "event      1",
                "importance 0.5", "pinned     no",
            ])
        #expect(try run("show", "2", "--json").output.hasPrefix(#"{"id":2,"layer":"semantic","#))
        let none = try run("show", "9")
        #expect(none.code == 1 && none.output.isEmpty)
        #expect(none.errors.contains("there is no memory 9"))
    }

    @Test("stats counts layers, also of an empty store")
    func stats() throws {
        try scratch.writer().close()
        #expect(
            try run("stats").lines == [
                "memories     0", "  episodic   0", "  semantic   0", "  long-term  0",
                "pinned       0",
            ])
        #expect(
            try run("stats", "--json").output == #"{"total":0,"layers":{"episodic":0,"semantic":0,"#
                + #""long-term":0},"pinned":0}"# + "\n")
        try fill()
        let lines = try run("stats").lines
        #expect(lines.prefix(3) == ["memories     3", "  episodic   2", "  semantic   1"])
        #expect(lines.suffix(2).first == "oldest       1970-01-01T00:01:00.000Z")
    }

    @Test("what is wrong with the command line is told before the store is looked at")
    func wrong() throws {
        for arguments in [
            ["search", "--limit", "0"], ["search", "--limit", "1001"], ["search", "--since", "x"],
            ["search", "--until", "5 parsecs"], ["search", "--layer", "working"], ["show", "one"],
            ["show"],
        ] {
            let result = try Command(["memory"] + arguments).wait()
            #expect(result.code == 64, "\(arguments): \(result)")
        }
        #expect(try run("search", "--until", "x").errors.contains("--until x"))
        #expect(try run("search").code == 66)
        #expect(try run("stats").code == 66)
        try scratch.write("jamey.db", "hello")
        #expect(try run("show", "1").code == 65)
    }
}
