import Core
import Testing

@testable import Store

@Suite("Memories that are promoted")
struct PromotionTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func memory(_ content: String, importance: Double) -> Memory {
        Memory(
            layer: .episodic, entity: "press-1", at: Timestamp(microseconds: 1_000_000),
            content: content, tags: ["heat"], rule: "r", decisionID: "d", eventSequence: 1,
            importance: importance)
    }

    @Test("what is worth it goes to the long-term layer, with its number and its words")
    func promoted() throws {
        let writer = try scratch.writer()
        try writer.remember([
            memory("critical", importance: 0.9), memory("usual", importance: 0.5),
            memory("slight", importance: 0.3),
        ])
        let reader = try StoreReader(path: scratch.path)
        func layers() throws -> [Memory.Layer?] {
            try [1, 2, 3].map { try reader.memory($0)?.memory.layer }
        }
        let changes = [MemoryChange.recalled(1, 1), .recalled(2, 9), .recalled(9, 1)]
        #expect(try writer.change(changes) == [1, 1, 0])
        #expect(try layers() == [.episodic, .episodic, .episodic])
        #expect(try writer.change([.recalled(1, 1), .pin(2, true), .pin(3, true)]) == [1, 1, 1])
        #expect(try layers() == [.longTerm, .longTerm, .episodic])
        #expect(try writer.change([.recalled(3, 4)]) == [1])
        #expect(try layers() == [.longTerm, .longTerm, .longTerm])
        #expect(try reader.memory(2)?.recalls == 9)
        func found(_ text: String, _ layer: Memory.Layer) throws -> [MemoryID] {
            try reader.search(MemoryQuery(text: text, layer: layer, tags: ["heat"])).memories
                .map(\.id)
        }
        #expect(try found("usual", .longTerm) == [2] && found("usual", .episodic) == [])
        #expect(try found("", .longTerm) == [3, 2, 1] && found("", .episodic) == [])
        // Unpinned it stays where it is.
        #expect(try writer.change([.pin(2, false)]) == [1])
        #expect(try layers()[1] == .longTerm)
    }

    @Test("recalls alone do not promote what is of no importance")
    func bound() throws {
        let writer = try scratch.writer()
        try writer.remember([memory("slight", importance: 0.3)])
        _ = try writer.change([.recalled(1, 1_000_000)])
        let found = try #require(try StoreReader(path: scratch.path).memory(1))
        #expect(found.memory.layer == .episodic && found.recalls == 1_000_000)
    }
}
