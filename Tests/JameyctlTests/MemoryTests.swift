import Core
import Foundation
import Glibc
import Store
import Testing

@testable import jameyctl

extension Substring {
    fileprivate var trimmed: String { String(filter { !$0.isWhitespace }) }
}

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
        let isQuiet = result.errors.isEmpty || result.errors.contains("--cursor")
        #expect(result.code == 0 && isQuiet, "\(result)")
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
                "pinned       0", "1m           0", "1h           0", "1d           0",
            ])
        #expect(
            try run("stats", "--json").output == #"{"total":0,"layers":{"episodic":0,"semantic":0,"#
                + #""long-term":0},"pinned":0,"rollups":{"1m":{"count":0},"1h":{"count":0},"#
                + #""1d":{"count":0},"waiting":0}}"# + "\n")
        try fill()
        let lines = try run("stats").lines
        #expect(lines.prefix(3) == ["memories     3", "  episodic   2", "  semantic   1"])
        #expect(lines.suffix(5).first == "oldest       1970-01-01T00:01:00.000Z")
    }

    @Test("the next page is asked for by what the one before has ended with")
    func pages() throws {
        try fill()
        let first = try run("search", "-n", "2")
        #expect(first.lines.count == 2)
        let cursor = try #require(first.errors.split(separator: " ").last).trimmed
        #expect(first.errors.contains("3 in all") && first.errors.contains("--cursor"))
        let second = try run("search", "-n", "2", "--cursor", cursor)
        #expect(second.lines.count == 1 && second.errors.isEmpty)
        #expect(try run("search", "--cursor", "x").code == 64)
    }

    /// What the log says was asked for.
    private func controls() throws -> [ControlRequest] {
        var requests: [ControlRequest] = []
        try StoreReader(path: scratch.store).forEachEvent { event in
            if case .control(let request) = event.body { requests.append(request) }
            return true
        }
        return requests
    }

    @Test("without an agent the store itself is changed, as an event of its log")
    func changes() throws {
        try fill()
        let stored = try run(
            "store", "the seal", "leaks", "--entity", "pump-2", "--tag", "seal", "--user", "ann")
        #expect(stored.code == 0 && stored.output == "memory 4\n", "\(stored)")
        let shown = try run("show", "4").lines
        #expect(
            shown.contains("layer      semantic") && shown.contains("content    the seal leaks"))
        #expect(shown.contains("told by    ann") && shown.contains("tags       seal"))
        #expect(try run("pin", "2").code == 0)
        #expect(try run("show", "2").output.contains("pinned     yes"))
        #expect(try run("unpin", "2").code == 0)
        #expect(try run("show", "2").output.contains("pinned     no"))
        #expect(try run("forget", "1").code == 0)
        #expect(try run("show", "1").code == 1)
        let forgotten = try run("forget", "--entity", "pump-2")
        #expect(forgotten.code == 0, "\(forgotten)")
        #expect(forgotten.lines.contains("memory           3"))
        #expect(forgotten.output.contains("nothing of pump-2 is left in "))
        #expect(try ids() == [])
        // The request to store, which named it, is a moment at which nothing was heard.
        let requests = try controls()
        #expect(requests.count == 4)
        guard case .forgotten(let digest, author: _)? = requests.last else {
            Issue.record("\(requests)")
            return
        }
        #expect(digest.utf8.count == 64)
        // What the next agent finds is a closed store whose lock is free.
        #expect(try StoreReader(path: scratch.store).status().isClosed)
        try scratch.writer().close()
    }

    @Test("an entity is forgotten by one event, old memories by several")
    func manyForgotten() throws {
        let count = Limits.forgetSliceRows * 2 + 1
        try remember((1...count).map { Self.memory($0 < count ? 60 : 90, "number\($0)") })
        let before = "1970-01-01T00:01:10Z"
        #expect(try run("forget", "--before", before, "--layer", "semantic").code == 1)
        #expect(try run("forget", "--before", before).output == "\(count - 1) memories\n")
        #expect(try controls().count == 4)
        let result = try run("forget", "--entity", "press-7", "--json")
        let report = try JSONScanner.scan(Array(result.output.utf8))
        #expect(result.code == 0 && report["done"]?.bool == true, "\(result)")
        #expect(report["erased"]?["memory"]?.int == 1 && report["found"]?.int == 0)
        #expect(try controls().count == 5)
    }

    @Test("everything about an entity is exported, and what others say of it is told, not erased")
    func exportAndMention() throws {
        let name = "zq-pump-51"
        let writer = try scratch.writer()
        var all = Batch()
        all.events = [
            message(1, Message(topic: "plant/a/\(name)", payload: Array("{}".utf8))),
            message(
                2,
                Message(
                    topic: "jamey/n/memory/store",
                    payload: Array(#"{"layer":"semantic","entity":"\#(name)"}"#.utf8))),
            message(
                3, Message(topic: "plant/a/other", payload: Array(#"{"near":"\#(name)"}"#.utf8))),
        ]
        all.decisions = [decision(4, entity: name), decision(5, entity: "other")]
        all.memories = [
            Self.memory(1, "first", entity: name), Self.memory(2, "second", entity: name),
            Self.memory(3, "beside \(name)", entity: "other"),
        ]
        _ = try writer.commit(all, synced: false)
        try writer.close()
        let export = try run("export", "--entity", name)
        #expect(export.code == 0 && export.lines.count == 4, "\(export)")
        #expect(export.lines[0].hasPrefix(#"{"event":{"seq":2,"#))
        #expect(export.lines[1] == #"{"decision":{"number":4,"explanation":"denied by rule-4"}}"#)
        #expect(export.lines[2].hasPrefix(#"{"memory":{"id":1,"#))
        #expect(export.lines[3].contains("second"))
        #expect(try run("export", "--entity", "nobody").code == 1)
        let result = try run("forget", "--entity", name)
        // No route finds it in the topics of these events.
        #expect(result.code == 0, "\(result)")
        #expect(result.output.contains("rows that are not about it name it: "))
        #expect(result.output.contains("1 of memory"))
        #expect(try run("export", "--entity", name).code == 1)
    }

    @Test("what is not there is told with code 1; what is wrong changes nothing")
    func notThere() throws {
        try fill()
        for arguments in [["pin", "9"], ["unpin", "9"], ["forget", "9"]] {
            let result = try Command(
                ["memory"] + arguments + ["--database", scratch.store]
            ).wait()
            #expect(result.code == 1 && result.errors.contains("there is no memory 9"))
        }
        #expect(try run("forget", "--entity", "nobody").code == 1)
        let count = try controls().count
        for arguments in [
            ["pin"], ["pin", "0"], ["pin", "x"], ["forget"], ["forget", "1", "--entity", "e"],
            ["forget", "--entity", ""], ["forget", "1", "--before", "1d"], ["export"],
            ["forget", "--before", "soon"], ["forget", "1", "--pinned"], ["store"], ["store", ""],
            ["store", "x", "--layer", "working"],
            ["store", "x", "--tag", ""],
            ["store", String(repeating: "x", count: Limits.memoryContentBytesMax + 1)],
        ] {
            let result = try Command(
                ["memory"] + arguments + ["--database", scratch.store]
            ).wait()
            #expect(result.code == 64, "\(arguments): \(result)")
        }
        #expect(try controls().count == count)
    }

    @Test("a store in the hands of a program that listens to nobody is not touched")
    func inUse() throws {
        try fill()
        let writer = try scratch.writer()
        let result = try run("pin", "1")
        #expect(result.code == 75 && result.errors.contains("try again"), "\(result)")
        try writer.close()
        #expect(try StoreReader(path: scratch.store).memory(1)?.isPinned == false)
        #expect(try run("pin", "1").code == 0)
    }

    @Test("a link to a store in use is the store in use")
    func link() throws {
        try fill()
        let other = try Scratch()
        #expect(symlink(scratch.store, other.store) == 0)
        let writer = try scratch.writer()
        let arguments = ["memory", "pin", "1", "--database", other.store]
        #expect(try Command(arguments).wait().code == 75)
        try writer.close()
        #expect(try Command(arguments).wait().code == 0)
        #expect(try StoreReader(path: scratch.store).memory(1)?.isPinned == true)
    }

    @Test(
        "root leaves nothing that the owner of the store cannot open",
        .enabled(if: geteuid() == 0, "only root can give files away"))
    func owner() throws {
        try fill()
        let nobody: uid_t = 65_534
        func names() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: scratch.directory)
        }
        chown(scratch.directory, nobody, nobody)
        for name in try names() { chown(scratch.directory + "/" + name, nobody, nobody) }
        unlink(scratch.store + ".lock")
        #expect(try run("pin", "1").code == 0)
        #expect(try run("show", "1").output.contains("pinned     yes"))
        for name in try names() {
            var status = stat()
            #expect(stat(scratch.directory + "/" + name, &status) == 0)
            #expect(status.st_uid == nobody, "\(name)")
        }
    }

    @Test("no store is made where there is none")
    func noStore() throws {
        #expect(try run("store", "x").code == 66)
        #expect(try run("pin", "1").code == 66)
        try scratch.write("jamey.db", "hello")
        #expect(try run("forget", "1").code == 65)
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
