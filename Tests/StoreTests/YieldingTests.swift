import Core
import TestSupport
import Testing

@testable import Store

@Suite("What gives way to a file that is too large")
struct YieldingTests {
    private let scratch: Scratch
    private let writer: StoreWriter

    init() throws {
        scratch = try Scratch()
        writer = try scratch.writer()
    }

    private func trim(maxBytes: Int64, at now: Timestamp) throws(CommitError) -> Trimmed {
        try writer.trim(maxAge: .seconds(1_000_000_000), maxBytes: maxBytes, now: now)
    }

    /// Slices until nothing is left to do.
    private func trimAll(maxBytes: Int64, at now: Timestamp) throws(CommitError) -> Trimmed {
        var memories = 0
        while true {
            var slice = try trim(maxBytes: maxBytes, at: now)
            memories += slice.memories
            slice.memories = memories
            if !slice.isMore { return slice }
        }
    }

    @Test("hours and days give way before memories do")
    func rollUpsFirst() throws {
        try writer.remember((1...300).map { memory(1, "repair \($0)") })
        // Of 100 devices in 200 hours, 7 MB.
        let first: Int64 = 472_222
        try scratch.execute(
            """
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
            INSERT INTO rollup_hour SELECT \(first) + i / 100, i % 100, 'x', zeroblob(300) FROM n
            """)
        let now = Resolution.hour.start(of: first + 200)
        let maxBytes: Int64 = 4 << 20
        #expect(try writer.connection.usedBytes() > maxBytes)
        // Nobody has looked at the roll-ups yet.
        let waiting = try trim(maxBytes: maxBytes, at: now)
        #expect(waiting.memories == 0 && waiting.excess == 0, "\(waiting)")
        var slices = 0
        while try writer.trimRollUps(RollUpRetention(), maxBytes: maxBytes, now: now) {
            #expect(try trim(maxBytes: maxBytes, at: now).memories == 0)
            slices += 1
        }
        #expect(slices > 5)
        let trimmed = try trimAll(maxBytes: maxBytes, at: now)
        #expect(trimmed.memories == 0 && trimmed.excess == 0, "\(trimmed)")
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.memoryCounts().total == 300)
        // An eighth, rows of 348 bytes, and the newest hour.
        let kept = try reader.rollUpCounts().tables[1]
        #expect((1_500...1_700).contains(kept.count), "\(kept)")
        #expect(kept.oldest.map { $0 > Resolution.hour.start(of: first + 180) } == true, "\(kept)")
        // Within their share they stay, and memories go.
        #expect(try trim(maxBytes: 1, at: now).memories == Limits.forgetSliceRows)
    }

    @Test("memories that do not give way are looked at in slices, and not again for an hour")
    func slices() throws {
        var kept = memory(1, "of little importance, but pinned")
        kept.importance = 0.1
        try writer.remember([kept])
        _ = try writer.change([.pin(1, true)])
        let count = 2 * Limits.retentionSliceRows + 100
        try writer.remember((2...count).map { memory(1, "fact \($0)", layer: .semantic) })
        let now = Timestamp(microseconds: 1_000_000_000)
        var full = 0
        for last in [Limits.retentionSliceRows, 2 * Limits.retentionSliceRows, count] {
            var slice = Trimmed()
            let steps = try writer.steps { slice = try trim(maxBytes: 1, at: now) }
            full = max(full, steps)
            #expect(writer.yielding.place == MemoryID(last))
            #expect(slice.memories == 0 && slice.isMore == (last < count), "\(slice)")
            #expect((slice.excess > 0) == (last == count), "\(slice)")
        }
        // Nothing is left: then it looks behind the last one only.
        var excess: Int64 = 0
        let idle = try writer.steps { excess = try trim(maxBytes: 1, at: now).excess }
        #expect(excess > 0)
        #expect(idle < full / 4, "\(idle) steps, a slice takes \(full)")
        try writer.remember((1...10).map { memory(1, "repair \($0)") })
        #expect(try trim(maxBytes: 1, at: now).memories == 10)
        #expect(writer.yielding.place == MemoryID(count + 10))
        #expect(try trimAll(maxBytes: 1, at: now).memories == 0)
        _ = try writer.change([.pin(1, false)])
        #expect(try trimAll(maxBytes: 1, at: now).memories == 0)
        #expect(try trimAll(maxBytes: 1, at: now + Limits.memoryPassInterval).memories == 1)
        #expect(try StoreReader(path: scratch.path).memoryCounts().total == count - 1)
    }

    @Test("a slice that fails is looked at again")
    func failure() throws {
        let disk = FaultVFS()
        let scratch = try Scratch()
        let writer = try scratch.writer(options: StoreOptions(vfs: disk.name))
        try writer.remember((1...100).map { memory(1, "repair \($0)") })
        let now = Timestamp(microseconds: 1_000_000_000)
        disk.change { $0.writeFault = 13 }
        #expect(throws: CommitError.diskFull) {
            try writer.trim(maxAge: .seconds(1_000_000_000), maxBytes: 1, now: now)
        }
        disk.change { $0.writeFault = nil }
        let trimmed = try writer.trim(maxAge: .seconds(1_000_000_000), maxBytes: 1, now: now)
        #expect(trimmed.memories == 100, "\(trimmed)")
    }
}
