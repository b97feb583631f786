import Core
import TestSupport
import Testing

@testable import Store

@Suite("How long memories are kept")
struct MemoryRetentionTests {
    private static let day: Int64 = 86_400
    private let scratch: Scratch
    private let now = Timestamp(microseconds: 1_000 * day * 1_000_000)

    init() throws { scratch = try Scratch() }

    /// A memory of each layer for each of these ages in days, the oldest first.
    private func fill(_ writer: StoreWriter, days: [Int64]) throws {
        try writer.remember(
            days.flatMap { age in
                Memory.Layer.allCases.map { layer in
                    memory((1_000 - age) * Self.day, "age\(age)", layer: layer)
                }
            })
    }

    private func trimAll(
        _ writer: StoreWriter, _ retention: MemoryRetention, at time: Timestamp
    ) throws -> Int {
        var deleted = 0
        while true {
            let slice = try writer.trimMemories(retention, now: time)
            #expect(slice.deleted <= Limits.forgetSliceRows)
            deleted += slice.deleted
            if !slice.isMore { return deleted }
        }
    }

    private func left() throws -> [String] {
        try StoreReader(path: scratch.path).search(MemoryQuery(limit: 1_000)).memories
            .map { "\($0.memory.layer.rawValue) \($0.memory.content)" }.sorted()
    }

    @Test("each layer has an age of its own, and what is for ever stays")
    func layers() throws {
        let writer = try scratch.writer()
        try fill(writer, days: [900, 300, 30, 1])
        // 90 days, and two and a half times that for what is half important.
        let retention = MemoryRetention(
            episodic: .seconds(90 * Self.day), longTerm: .seconds(400 * Self.day))
        #expect(try trimAll(writer, retention, at: now) == 3)
        #expect(
            try left() == [
                "episodic age1", "episodic age30", "long-term age1", "long-term age30",
                "long-term age300", "semantic age1", "semantic age30", "semantic age300",
                "semantic age900",
            ])
        #expect(try scratch.text("SELECT count(*) FROM memory") == "9")
    }

    @Test("the more important it is, the longer what happened is kept; pinned for ever")
    func importance() throws {
        let writer = try scratch.writer()
        try fill(writer, days: [399, 350, 250, 150, 80])
        try scratch.execute(
            """
            UPDATE memory SET importance = 1 WHERE id = 1;
            UPDATE memory SET importance = 0 WHERE id IN (4, 13);
            UPDATE memory SET pinned = 1 WHERE id = 4;
            UPDATE memory SET importance = 0.4 WHERE id = 7;
            UPDATE memory SET importance = 0.1 WHERE id = 10;
            """)
        // Limits: 400, 100 (pinned), 220, 130 and 100 days.
        #expect(
            try trimAll(writer, MemoryRetention(episodic: .seconds(100 * Self.day)), at: now) == 2)
        let episodes = try left().filter { $0.hasPrefix("episodic") }
        #expect(episodes == ["episodic age350", "episodic age399", "episodic age80"])
    }

    @Test("many go in slices, in the order of their numbers, and the index with them")
    func slices() throws {
        let writer = try scratch.writer()
        let count = 3 * Limits.retentionSliceRows
        for _ in 1...3 {
            try writer.remember(
                (1...Limits.retentionSliceRows).map { number in
                    memory(
                        1, "n\(number)",
                        layer: number % 2 == 0 ? .episodic : .semantic)
                })
        }
        let retention = MemoryRetention(episodic: .seconds(1))
        let first = try writer.trimMemories(retention, now: now)
        #expect(first.deleted == Limits.forgetSliceRows && first.isMore)
        let oldest = try scratch.text("SELECT min(id) FROM memory WHERE layer = 1")
        #expect(oldest == "\(2 * Limits.forgetSliceRows + 2)")
        _ = try trimAll(writer, retention, at: now)
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.memoryCounts().total == count / 2)
        #expect(try reader.check() == [])
        // It does not look again before its time.
        try writer.remember([memory(2, "late", layer: .episodic)])
        #expect(try writer.trimMemories(retention, now: now).deleted == 0)
        let later = now + Limits.memoryPassInterval
        #expect(try trimAll(writer, retention, at: later) == 1)
        #expect(try trimAll(writer, MemoryRetention(), at: later) == 0)
    }
}
