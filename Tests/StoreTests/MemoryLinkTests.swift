import Core
import Testing

@testable import Store

@Suite("Links of memories to entities")
struct MemoryLinkTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a memory is found by the entities that it is linked to, once, the newest first")
    func linked() throws {
        let writer = try scratch.writer()
        try writer.remember([
            memory(1, "one", entity: "a"), memory(1, "two", entity: "b"),
            memory(1, "three", entity: "c"),
        ])
        #expect(
            try writer.change([
                .link(1, "b", true), .link(1, "b", true), .link(3, "b", true), .link(2, "b", true),
                .link(9, "b", true), .link(1, "é", true),
            ]) == [1, 1, 1, 1, 0, 1])
        let reader = try StoreReader(path: scratch.path)
        func contents(_ entity: String, _ limit: Int = 10) throws -> [String] {
            try reader.memories(about: entity, limit: limit).map(\.memory.content)
        }
        #expect(try contents("b") == ["three", "two", "one"])
        #expect(try contents("b", 2) == ["three", "two"])
        #expect(try contents("a") == ["one"] && contents("e\u{301}") == [])
        #expect(try reader.links(of: 1) == ["b", "é"] && reader.links(of: 9) == [])
        #expect(
            try writer.change([.link(3, "b", false), .link(3, "b", false), .link(9, "b", false)])
                == [1, 0, 0])
        #expect(try contents("b") == ["two", "one"])
    }

    @Test("a memory that is forgotten takes its links along")
    func forgotten() throws {
        let writer = try scratch.writer()
        try writer.remember([memory(1, "one", entity: "a"), memory(1, "two", entity: "b")])
        _ = try writer.change([.link(1, "x", true), .link(2, "x", true), .forget(1)])
        #expect(try scratch.text("SELECT count(*) FROM memory_link") == "1")
        try writer.forget("b")
        #expect(try scratch.text("SELECT count(*) FROM memory_link") == "0")
    }

    @Test("a memory that is half forgotten is not found by its links")
    func halfForgotten() throws {
        let writer = try scratch.writer()
        try writer.remember([memory(1, "one", entity: "a"), memory(1, "two", entity: "b")])
        _ = try writer.change([.link(1, "x", true), .link(2, "x", true)])
        try writer.beginForgetting("a")
        // By then its row is emptied, and not deleted yet.
        while writer.currentForgetting?.phase != .deleting {
            guard try writer.stepForgetting() else { break }
        }
        try #require(writer.currentForgetting?.phase == .deleting)
        #expect(try scratch.text("SELECT count(*) FROM memory_link") == "2")
        let found = try StoreReader(path: scratch.path).memories(about: "x", limit: 10)
        #expect(found.map(\.memory.content) == ["two"])
    }

    @Test("a memory has so many links and no more")
    func bound() throws {
        let writer = try scratch.writer()
        try writer.remember([memory(1, "one")])
        for number in 1...Limits.memoryLinksMax {
            #expect(try writer.change([.link(1, "e\(number)", true)]) == [1])
        }
        #expect(try writer.change([.link(1, "more", true), .link(1, "e1", true)]) == [0, 1])
        #expect(try StoreReader(path: scratch.path).links(of: 1).count == Limits.memoryLinksMax)
    }
}
