import Core
import TestSupport
import Testing

@testable import Store

@Suite("Checkpoints of the mind")
struct CheckpointTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A checkpoint that takes several parts, none of them alike.
    private func large(_ sequence: EventSequence, parts: Int = 3) -> StoredCheckpoint {
        let count = Limits.checkpointPartBytes * (parts - 1) + 1
        return checkpoint(sequence, bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 / 251) })
    }

    private func commit(_ checkpoint: StoredCheckpoint, to writer: StoreWriter) throws {
        var batch = Batch()
        batch.checkpoint = checkpoint
        _ = try writer.commit(batch, synced: true)
    }

    private func maintainAll(_ writer: StoreWriter) throws(CommitError) {
        var steps = 0
        while try writer.maintain() {
            steps += 1
            precondition(steps < 1_000, "maintain never ends")
        }
    }

    @Test("they are there newest first, and one of the same event takes the place of the other")
    func newest() throws {
        let writer = try scratch.writer()
        for sequence in EventSequence(1)...4 {
            var next = batch([message(sequence)])
            next.checkpoint = checkpoint(sequence, bytes: [UInt8](repeating: 7, count: 100_000))
            _ = try writer.commit(next, synced: true)
        }
        #expect(try writer.checkpoints().map(\.sequence) == [4, 3, 2, 1])
        try commit(checkpoint(4, bytes: []), to: writer)
        #expect(try writer.checkpoints().map(\.bytes.count) == [0, 100_000, 100_000, 100_000])
        try maintainAll(writer)
        #expect(try scratch.text("SELECT count(*) FROM checkpoint_part") == "4")
    }

    @Test("a large one goes in by parts, and is there when the last of them is")
    func parts() throws {
        let writer = try scratch.writer()
        try writer.fill(1...10)
        try commit(checkpoint(1), to: writer)
        let wanted = large(9)
        try commit(wanted, to: writer)
        #expect(writer.isWritingCheckpoint)
        for _ in 0..<2 {
            #expect(try writer.maintain())
            #expect(try writer.checkpoints() == [checkpoint(1)])
            #expect(try scratch.crashedCopy().writer().checkpoints() == [checkpoint(1)])
        }
        #expect(try writer.maintain())
        #expect(!writer.isWritingCheckpoint)
        #expect(try writer.checkpoints() == [wanted, checkpoint(1)])
        #expect(try scratch.crashedCopy().writer().checkpoints() == [wanted, checkpoint(1)])
        try maintainAll(writer)
        #expect(try writer.maintain() == false)
    }

    @Test("the one begun is finished, and of those behind it the newest is written")
    func queue() throws {
        let writer = try scratch.writer()
        try writer.fill(1...10)
        try commit(large(1), to: writer)
        #expect(try writer.maintain())
        try commit(large(2), to: writer)
        try commit(large(3, parts: 2), to: writer)
        try commit(checkpoint(4), to: writer)
        try maintainAll(writer)
        #expect(try writer.checkpoints() == [checkpoint(4), large(3, parts: 2), large(1)])
        #expect(try scratch.text("SELECT count(*) FROM checkpoint_part") == "6")
    }

    @Test("what a crash left of one is cleared away, and the next is whole")
    func crash() throws {
        let writer = try scratch.writer()
        try writer.fill(1...10)
        try commit(large(5), to: writer)
        try writer.maintain()
        let copy = try scratch.crashedCopy()
        let survivor = try copy.writer()
        #expect(try survivor.checkpoints().isEmpty)
        try commit(large(6), to: survivor)
        try maintainAll(survivor)
        #expect(try survivor.checkpoints() == [large(6)])
        #expect(try copy.text("SELECT count(*) FROM checkpoint_part") == "3")
    }

    @Test("closing the store writes what is left of one")
    func close() throws {
        let writer = try scratch.writer()
        try writer.fill(1...10)
        try commit(large(10), to: writer)
        try writer.close()
        #expect(try scratch.writer().checkpoints() == [large(10)])
    }

    @Test("a part that fails is written again")
    func fault() throws {
        let disk = FaultVFS()
        let writer = try scratch.writer(options: StoreOptions(vfs: disk.name))
        try writer.fill(1...10)
        try commit(large(10), to: writer)
        disk.change { $0.writeFault = 13 }
        #expect(throws: CommitError.diskFull) { try writer.maintain() }
        disk.change { $0.writeFault = nil }
        try maintainAll(writer)
        #expect(try writer.checkpoints() == [large(10)])
    }

    @Test("one that lost a part does not count")
    func lostPart() throws {
        let writer = try scratch.writer()
        try writer.fill(1...10)
        try commit(checkpoint(1), to: writer)
        try commit(large(2), to: writer)
        try maintainAll(writer)
        try scratch.execute("DELETE FROM checkpoint_part WHERE part = 1")
        #expect(try writer.checkpoints() == [checkpoint(1)])
    }

    @Test("large ones pass the failpoint when only the commit of their last part is missing")
    func failpoint() throws {
        var seen: [Failpoint] = []
        let writer = try scratch.writer(options: StoreOptions(failpoint: { seen.append($0) }))
        try writer.fill(1...1)
        seen = []
        try commit(large(1), to: writer)
        try maintainAll(writer)
        #expect(seen == [.duringCheckpoint, .afterCommit, .duringCheckpoint])
    }
}
