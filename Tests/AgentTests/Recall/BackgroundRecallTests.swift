import Core
import Glibc
import Store
import Testing

@testable import Agent

@Suite("Looking for memories on another thread")
struct BackgroundRecallTests {
    private let files: SimFiles
    private let path: String

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    /// Waits for the descriptor, as the loop does.
    private func take(_ recall: BackgroundRecall, count: Int) throws -> [Recalled] {
        var found: [Recalled] = []
        let descriptor = try #require(recall.descriptor)
        while found.count < count {
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            try #require(poll(&polled, 1, 10_000) == 1, "\(found.count) of \(count)")
            found += recall.take()
        }
        return found
    }

    private func remember(_ contents: [String]) throws {
        let writer = try StoreWriter(path: path, durability: .process)
        var batch = Batch()
        batch.memories = contents.map {
            Memory(
                layer: .episodic, entity: "e", at: Timestamp(microseconds: 1), content: $0,
                tags: [], rule: "", decisionID: "", eventSequence: 1)
        }
        _ = try writer.commit(batch, synced: false)
        try writer.close()
    }

    @Test("every query is answered under its number, in the order of asking")
    func answers() throws {
        try remember((0..<50).map { "word number\($0)" })
        let recall = BackgroundRecall(store: path)
        for round in 0..<3 {
            for number in 0..<50 {
                recall.ask(MemoryQuery(text: "number\(number)"), number: round * 100 + number)
            }
            let found = try take(recall, count: 50)
            #expect(found.map(\.number) == (0..<50).map { round * 100 + $0 })
            for recalled in found {
                let page = try recalled.result.get()
                #expect(page.memories.map(\.id) == [MemoryID(recalled.number % 100 + 1)])
            }
        }
        #expect(recall.take().isEmpty)
        let descriptor = try #require(recall.descriptor)
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let wakes = poll(&polled, 1, 0)
        #expect(wakes == 0, "it still wakes the loop")
    }

    @Test("a store that cannot be opened is an error of each query, until it can be")
    func errors() throws {
        let missing = path + ".none"
        let recall = BackgroundRecall(store: missing)
        recall.ask(MemoryQuery(text: "a"), number: 1)
        recall.ask(MemoryQuery(text: "b"), number: 2)
        let found = try take(recall, count: 2)
        #expect(found.map(\.number) == [1, 2])
        for recalled in found {
            #expect(throws: ReadError.noSuchFile(missing)) { try recalled.result.get() }
        }
        try StoreWriter(path: missing).close()
        defer { SimFiles.remove(missing) }
        recall.ask(MemoryQuery(text: "a"), number: 3)
        #expect(try take(recall, count: 1)[0].result.get().memories.isEmpty)
    }

    @Test("what nobody waits for any longer is not looked for")
    func forgotten() throws {
        try remember((0..<200).map { "word number\($0)" })
        let recall = BackgroundRecall(store: path)
        for number in 0..<1_000 { recall.ask(MemoryQuery(text: "word"), number: number) }
        recall.forget()
        recall.ask(MemoryQuery(text: "number7"), number: 5_000)
        var last = -1
        var count = 0
        while last != 5_000 {
            let found = try take(recall, count: 1)
            count += found.count
            last = found.last?.number ?? last
        }
        #expect(count < 1_000)
    }

    /// Whether this process has the store open.
    private var isOpen: Bool {
        (0..<1_024).contains { descriptor in
            var target = [CChar](repeating: 0, count: 4_096)
            let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
            let bytes = target.prefix(max(0, count)).map(UInt8.init(bitPattern:))
            return String(decoding: bytes, as: UTF8.self) == path
        }
    }

    @Test("the store is let go of when told so, and when nobody has asked for a while")
    func closes() throws {
        try remember(["a word"])
        let recall = BackgroundRecall(store: path)
        for number in 0..<2 {
            recall.ask(MemoryQuery(text: "word"), number: number)
            #expect(try take(recall, count: 1)[0].result.get().memories.count == 1)
            if number == 0 { recall.close() }
            let end = ContinuousClock.now + .seconds(30)
            while isOpen, ContinuousClock.now < end { poll(nil, 0, 10) }
            #expect(!isOpen)
        }
    }
}
