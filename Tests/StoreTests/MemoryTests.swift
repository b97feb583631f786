import Core
import TestSupport
import Testing

@testable import Store

@Suite("Memories in the store")
struct MemoryTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a memory comes back as it was given, under a number that is never given again")
    func written() throws {
        let writer = try scratch.writer()
        let first = memory(1, "overheat at 81", layer: .episodic, tags: ["heat", "line \"A\", ä"])
        let second = memory(1, "", entity: "", layer: .longTerm)
        try writer.remember([first, second])
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.memory(1) == StoredMemory(id: 1, memory: first))
        #expect(try reader.memory(2) == StoredMemory(id: 2, memory: second))
        #expect(try reader.memory(3) == nil)
        #expect(try writer.change([.forget(2)]) == [1])
        try writer.remember([memory(2, "third")])
        #expect(try reader.memory(2) == nil)
        #expect(try reader.memory(3)?.memory.content == "third")
    }

    @Test("numbers are not given again either once the store was closed, or stepped down and up")
    func numbersRise() throws {
        do {
            let writer = try scratch.writer()
            try writer.remember([memory(1, "a"), memory(1, "b", entity: "press-2")])
            _ = try writer.change([.forget(2)])
            try writer.close()
        }
        do {
            let writer = try scratch.writer()
            try writer.remember([memory(2, "c")])
            try writer.close()
        }
        #expect(try StoreReader(path: scratch.path).memory(3)?.memory.content == "c")
        try StoreWriter.migrate(path: scratch.path, to: 4)
        #expect(
            try scratch.text("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'memory%'") == "0")
        #expect(try scratch.text("SELECT count(*) FROM event") == "3")
        let writer = try scratch.writer()
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.memoryCounts().total == 0)
        try writer.remember([memory(3, "d")])
        #expect(try reader.memory(4)?.memory.content == "d")
    }

    @Test("a full disk leaves neither event nor memory, and the same batch can be tried again")
    func fullDisk() throws {
        let disk = FaultVFS()
        let writer = try scratch.writer(.power, options: StoreOptions(vfs: disk.name))
        var all = batch([message(1)])
        all.memories = [memory(1, "overheat")]
        disk.fill()
        #expect(throws: CommitError.diskFull) { try writer.commit(all, synced: true) }
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.status().lastEvent == nil)
        #expect(try reader.memoryCounts().total == 0)
        disk.heal()
        _ = try writer.commit(all, synced: true)
        #expect(try reader.status().lastEvent?.sequence == 1)
        #expect(try reader.ids("overheat") == [1])
    }

    @Test(
        "a statement that fails, of row or index, leaves neither event nor memory",
        arguments: [
            "CREATE TRIGGER no BEFORE INSERT ON memory BEGIN SELECT raise(ABORT, 'no'); END",
            "DROP TABLE memory_index_data",
        ])
    func failingStatement(sabotage: String) throws {
        let writer = try scratch.writer()
        try scratch.execute(sabotage)
        var all = batch([message(1)])
        all.memories = [memory(1, "overheat")]
        #expect(throws: CommitError.self) { try writer.commit(all, synced: true) }
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.status().lastEvent == nil)
        #expect(try scratch.text("SELECT count(*) FROM memory") == "0")
        #expect(writer.lastEvent == nil)
    }

    @Test("a crash before the commit leaves nothing, one after it leaves each memory once")
    func crash() throws {
        var copies: [Failpoint: Scratch] = [:]
        let options = StoreOptions(failpoint: { point in
            copies[point] = try? self.scratch.crashedCopy()
        })
        let writer = try scratch.writer(options: options)
        try writer.remember([memory(1, "overheat"), memory(1, "again")])
        for (point, expected) in [(Failpoint.beforeCommit, 0), (.afterCommit, 2)] {
            let copy = try #require(copies[point])
            let again = try copy.writer()
            #expect(again.lastEvent?.sequence == (expected == 0 ? nil : 1))
            let reader = try StoreReader(path: copy.path)
            #expect(try reader.memoryCounts().total == expected)
            try again.remember([memory(2, "later")])
            #expect(try reader.memory(MemoryID(expected + 1))?.memory.content == "later")
        }
    }

    @Test("table and index are in step after writing, forgetting, retention and merging")
    func inStep() throws {
        let writer = try scratch.writer()
        for burst in 1...40 {
            let all = (1...25).map { number in
                memory(
                    EventSequence(burst), "word\(number) burst\(burst)",
                    entity: "press-\(number % 7)", tags: number % 2 == 0 ? ["even"] : [])
            }
            try writer.remember(all)
        }
        try check()
        try writer.forget("press-3")
        try check()
        while try writer.eraseForgotten() {}
        try check()
        #expect(try StoreReader(path: scratch.path).memoryCounts().total == 840)
    }

    @Test("a change is done in its event's transaction, and says with how many memories")
    func changes() throws {
        let writer = try scratch.writer()
        let count = Limits.forgetSliceRows + 10
        try writer.remember((1...count).map { memory(1, "number\($0)", entity: "press-9") })
        try writer.remember([memory(2, "other"), memory(2, "last")])
        let reader = try StoreReader(path: scratch.path)
        let last = MemoryID(count + 2)
        #expect(try writer.change([.pin(3, true), .forget(last), .forget(last)]) == [1, 1, 0])
        #expect(try reader.memory(last) == nil && reader.ids("last") == [])
        func older(_ layer: Memory.Layer?, _ alsoPinned: Bool) -> MemoryChange {
            .forgetBefore(Timestamp(microseconds: 2_000_000), layer: layer, alsoPinned: alsoPinned)
        }
        #expect(try writer.change([older(.semantic, true)]) == [0])
        #expect(try writer.change([older(nil, false)]) == [Limits.forgetSliceRows])
        #expect(try writer.change([older(.episodic, false)]) == [9])
        #expect(try reader.memory(3)?.isPinned == true)
        #expect(try writer.change([older(nil, true), older(nil, true)]) == [1, 0])
        #expect(try reader.ids("") == [last - 1])
        try check()
        // The number of the forgotten is not given again.
        #expect(writer.nextMemoryID == last + 1)
        try writer.close()
        #expect(try scratch.writer().nextMemoryID == last + 1)
    }

    @Test("a memory made and forgotten in one batch is gone, and its number with it")
    func changesAfterMemories() throws {
        let writer = try scratch.writer()
        var all = batch([message(1)])
        all.memories = [memory(1, "one"), memory(1, "two")]
        all.changes = [.forget(2), .pin(1, true)]
        #expect(try writer.commit(all, synced: false).changed == [1, 1])
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.ids("") == [1])
        #expect(try reader.memory(1)?.isPinned == true)
        try writer.close()
        #expect(try scratch.writer().nextMemoryID == 3)
        try check()
    }

    @Test("a crash before the commit leaves neither the event nor the change")
    func changeCrash() throws {
        var copies: [Failpoint: Scratch] = [:]
        let options = StoreOptions(failpoint: { point in
            copies[point] = try? self.scratch.crashedCopy()
        })
        let writer = try scratch.writer(options: options)
        try writer.remember([memory(1, "overheat")])
        copies = [:]
        #expect(try writer.change([.forget(1)]) == [1])
        for (point, expected) in [(Failpoint.beforeCommit, 1), (.afterCommit, 0)] {
            let copy = try #require(copies[point])
            #expect(try copy.writer().lastEvent?.sequence == (expected == 1 ? 1 : 2))
            #expect(try StoreReader(path: copy.path).memoryCounts().total == expected)
        }
    }

    @Test("a full disk changes nothing")
    func changeOnFullDisk() throws {
        let disk = FaultVFS()
        let writer = try scratch.writer(.power, options: StoreOptions(vfs: disk.name))
        try writer.remember([memory(1, "overheat")])
        disk.fill()
        #expect(throws: CommitError.diskFull) { try writer.change([.forget(1)]) }
        disk.heal()
        #expect(try StoreReader(path: scratch.path).ids("overheat") == [1])
        #expect(try writer.change([.forget(1)]) == [1])
    }

    @Test("who told a memory is kept, through a step down and up all else as well")
    func authors() throws {
        var told = memory(1, "the seal leaks", layer: .semantic)
        told.author = "ann"
        do {
            let writer = try scratch.writer()
            try writer.remember([told])
            try writer.close()
        }
        #expect(try StoreReader(path: scratch.path).memory(1)?.memory == told)
        try StoreWriter.migrate(path: scratch.path, to: 5)
        #expect(try scratch.text("SELECT content FROM memory") == "the seal leaks")
        let writer = try scratch.writer()
        told.author = ""
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.memory(1)?.memory == told)
        #expect(try reader.ids("seal") == [1])
        try writer.remember([memory(2, "after")])
        try check()
    }

    /// FTS5 compares the index with the table.
    private func check() throws {
        try scratch.execute(
            "INSERT INTO memory_index (memory_index, rank) VALUES ('integrity-check', 1)")
        #expect(try StoreReader(path: scratch.path).check().isEmpty)
    }

    @Test("retention keeps the newest memories and the pinned ones, a slice at a time")
    func retention() throws {
        let writer = try scratch.writer()
        try writer.remember((1...50).map { memory(1, "number\($0)") })
        #expect(
            try writer.change([.pin(7, true), .pin(8, true), .pin(8, false), .pin(51, true)])
                == [1, 1, 1, 0])
        func trim() throws -> Trimmed {
            try writer.trim(
                maxAge: .seconds(1_000), maxBytes: .max, now: Timestamp(microseconds: 0), slice: 30,
                memoriesMax: 10)
        }
        let first = try trim()
        #expect(first.memories == 30 && first.isMore)
        let second = try trim()
        #expect(second.memories == 9 && !second.isMore)
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.ids("") == Array(41...50).reversed() + [7])
        #expect(try reader.ids("number7") == [7])
        #expect(try reader.ids("number9") == [])
        #expect(try reader.memory(7)?.isPinned == true)
        #expect(try reader.memoryCounts().pinned == 1)
        try check()
    }

    @Test("nothing of a forgotten entity is left in the file or its log")
    func forgotten() throws {
        let writer = try scratch.writer()
        for burst in 1...60 {
            try writer.remember([
                memory(
                    EventSequence(burst), "zyxwvut\(burst) qqsecretqq overheated badly",
                    entity: "press-secret", tags: ["tagsecret"]),
                memory(EventSequence(burst), "an ordinary word\(burst)"),
            ])
            while try writer.maintain() {}
        }
        #expect(try found("qqsecretqq") && found("press-secret") && found("zyxwvut"))
        try writer.forget("press-secret")
        for word in ["qqsecretqq", "press-secret", "zyxwvut", "tagsecret", "yxwvut7"] {
            #expect(try !found(word), "\(word)")
        }
        // The same as the index has it: "press-secret" in hexadecimal.
        #expect(try !found("70726573732d736563726574"))
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.memoryCounts().total == 60)
        #expect(try reader.ids("ordinary word7").count == 1)
        try writer.close()
    }

    private func found(_ text: String) throws -> Bool {
        try scratch.contents().values.contains { $0.firstRange(of: Array(text.utf8)) != nil }
    }
}

func memory(
    _ sequence: EventSequence, _ content: String, entity: String = "press-1",
    layer: Memory.Layer = .episodic, tags: [String] = []
) -> Memory {
    Memory(
        layer: layer, entity: entity, at: Timestamp(microseconds: sequence * 1_000_000),
        content: content, tags: tags, rule: "overheat", decisionID: "4f2a9c11-\(sequence)",
        eventSequence: sequence)
}

extension StoreWriter {
    /// Commits changes with the event that a person asked for them with.
    func change(_ changes: [MemoryChange]) throws(CommitError) -> [Int] {
        var all = batch([message((lastEvent?.sequence ?? 0) + 1)])
        all.changes = changes
        return try commit(all, synced: false).changed
    }

    /// Commits memories with the event that they were made with.
    func remember(_ memories: [Memory]) throws(CommitError) {
        var all = batch([message((lastEvent?.sequence ?? 0) + 1)])
        all.memories = memories
        _ = try commit(all, synced: false)
    }
}

extension StoreReader {
    func ids(_ text: String) throws(ReadError) -> [MemoryID] {
        try ids(MemoryQuery(text: text, limit: 100))
    }

    func ids(_ query: MemoryQuery) throws(ReadError) -> [MemoryID] {
        try search(query).memories.map(\.id)
    }
}
