import Core
import TestSupport
import Testing

@testable import Store

@Suite("Retention")
struct RetentionTests {
    let scratch: Scratch
    /// Events are a second apart, so this is when the 10,000th happened.
    let now = Timestamp(microseconds: 10_000 * 1_000_000)
    let unbounded = Int64.max

    init() throws { scratch = try Scratch() }

    /// 10,000 acknowledged events and a checkpoint at 9,000.
    private func filled() throws -> StoreWriter {
        let writer = try scratch.writer()
        try writer.fill(1...10_000)
        var rest = Batch()
        rest.checkpoint = checkpoint(9_000)
        rest.acknowledgedThrough = 10_000
        rest.decisions = [
            decision("a", of: 10), decision("b", of: 8_000), decision("c", of: 9_500),
        ]
        _ = try writer.commit(rest, synced: false)
        return writer
    }

    private func trimAll(
        _ writer: StoreWriter, age: Int, bytes: Int64 = .max, rulesetsMax: Int = 0
    ) throws(CommitError) -> Trimmed {
        var all = Trimmed()
        while true {
            let slice = try writer.trim(
                maxAge: .seconds(age), maxBytes: bytes, now: now, rulesetsMax: rulesetsMax)
            all.events += slice.events
            all.decisions += slice.decisions
            all.topics += slice.topics
            all.rulesets += slice.rulesets
            if !slice.isMore { return all }
        }
    }

    @Test("what is older than its age goes, with its decisions, in slices")
    func age() throws {
        let writer = try filled()
        let slice = try writer.trim(
            maxAge: .seconds(4_000), maxBytes: unbounded, now: now, slice: 100)
        #expect(slice.events == 100)
        #expect(slice.decisions == 1)
        #expect(slice.isMore)
        #expect(try trimAll(writer, age: 4_000).events == 5_899)
        #expect(try writer.events(after: 5_999).count == 4_001)
        #expect(try writer.firstSequence() == 6_000)
        #expect(try trimAll(writer, age: 4_000) == Trimmed())
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.decisions().map(\.decision.id) == ["c", "b"])
        #expect(try reader.status().firstEvent?.sequence == 6_000)
    }

    @Test("nothing after the oldest checkpoint goes, whatever its age")
    func checkpoints() throws {
        let writer = try filled()
        #expect(try trimAll(writer, age: 0).events == 9_000)
        #expect(try writer.events(after: 9_000).count == 1_000)
        var newer = Batch()
        newer.checkpoint = checkpoint(10_000)
        _ = try writer.commit(newer, synced: false)
        #expect(try trimAll(writer, age: 0).events == 0)
        newer.checkpoint = checkpoint(9_999)
        _ = try writer.commit(newer, synced: false)
        #expect(try trimAll(writer, age: 0).events == 999)
    }

    @Test("without a checkpoint nothing goes")
    func noCheckpoint() throws {
        let writer = try scratch.writer()
        #expect(try writer.firstSequence() == nil)
        try writer.fill(1...100)
        #expect(try trimAll(writer, age: 0) == Trimmed())
    }

    @Test("the last event stays, and its number is not used again")
    func last() throws {
        let writer = try scratch.writer()
        for sequence in EventSequence(1)...3 {
            var next = batch([message(sequence)])
            next.checkpoint = checkpoint(sequence)
            next.acknowledgedThrough = sequence
            _ = try writer.commit(next, synced: false)
        }
        #expect(try trimAll(writer, age: 0).events == 2)
        try scratch.execute("DELETE FROM event")
        #expect(try scratch.crashedCopy().writer().lastEvent?.sequence == 3)
    }

    @Test("what may be delivered again stays until it is acknowledged")
    func unacknowledged() throws {
        let writer = try scratch.writer()
        try writer.fill(1...10_000)
        var rest = Batch()
        rest.checkpoint = checkpoint(10_000)
        rest.acknowledgedThrough = 7_000
        _ = try writer.commit(rest, synced: false)
        #expect(try trimAll(writer, age: 0).events == 7_000)
        rest.acknowledgedThrough = 7_500
        _ = try writer.commit(rest, synced: false)
        #expect(try trimAll(writer, age: 0).events == 500)
    }

    @Test("the window of what may be delivered again is bounded")
    func window() throws {
        let writer = try scratch.writer()
        try writer.fill(1...10_000)
        var rest = Batch()
        rest.checkpoint = checkpoint(10_000)
        _ = try writer.commit(rest, synced: false)
        #expect(try trimAll(writer, age: 0).events == 10_000 - Limits.redeliveryWindowMax)
    }

    @Test("a store that is too large loses its oldest events, no more than needed, and shrinks")
    func bytes() throws {
        let writer = try scratch.writer()
        try writer.fill(1...6_000, payload: [UInt8](repeating: 1, count: 2_000))
        var rest = Batch()
        rest.checkpoint = checkpoint(6_000)
        rest.acknowledgedThrough = 6_000
        _ = try writer.commit(rest, synced: false)
        let full = try writer.connection.usedBytes()
        #expect(try trimAll(writer, age: 1_000_000, bytes: full + 1).events == 0)
        let trimmed = try trimAll(writer, age: 1_000_000, bytes: full / 3)
        #expect(try writer.connection.usedBytes() <= full / 3)
        #expect((3_900...4_300).contains(trimmed.events), "\(trimmed)")
        var slices = 0
        while try writer.connection.integer("PRAGMA freelist_count") ?? 0 > 1_000, slices < 100 {
            _ = try writer.trim(maxAge: .seconds(1_000_000), maxBytes: full, now: now)
            slices += 1
        }
        try writer.close()
        #expect(scratch.size() < Int(full) * 2 / 3)
    }

    @Test("a slice is bounded in bytes, so that large payloads do not hold the path")
    func sliceBytes() throws {
        let writer = try scratch.writer()
        try writer.fill(1...20, payload: [UInt8](repeating: 1, count: 1 << 20), burst: 4)
        var rest = Batch()
        rest.checkpoint = checkpoint(20)
        rest.acknowledgedThrough = 20
        _ = try writer.commit(rest, synced: false)
        let slice = try writer.trim(maxAge: .zero, maxBytes: 0, now: now)
        #expect(slice.events == 4)
        #expect(slice.isMore)
        #expect(try trimAll(writer, age: 0).events == 15)
    }

    @Test("topics that no event names go, in memory and in the file, and may come back")
    func topics() throws {
        let writer = try scratch.writer()
        try writer.fill(1...1_000) { $0 <= 500 ? "old/\($0)" : "new" }
        var rest = Batch()
        rest.checkpoint = checkpoint(1_000)
        rest.acknowledgedThrough = 1_000
        _ = try writer.commit(rest, synced: false)
        let age = Duration.seconds(10_000 - 800)
        let trimmed = try writer.trim(maxAge: age, maxBytes: unbounded, now: now)
        #expect(trimmed.events == 799)
        #expect(trimmed.topics == 500)
        #expect(writer.topics.count == 1)
        #expect(try scratch.text("SELECT count(*) FROM topic") == "1")
        let again = message(1_001, topic: "old/1")
        _ = try writer.commit(batch([again]), synced: false)
        #expect(try writer.events(after: 1_000) == [again])
        #expect(try scratch.crashedCopy().writer().events(after: 1_000) == [again])
    }

    @Test("a rule set goes when nothing that is kept ran under it")
    func rulesets() throws {
        let writer = try scratch.writer()
        for sequence in EventSequence(1)...5 {
            var next = Batch()
            let at = Timestamp(microseconds: sequence * 1_000_000)
            let digest = "sha256:\(sequence)"
            next.events = [Event(sequence: sequence, at: at, body: .ruleset(digest: digest))]
            next.ruleset = StoredRuleset(
                digest: digest, activatedAt: at, files: [.init(name: "a", text: "\(sequence)")])
            next.checkpoint = sequence >= 4 ? checkpoint(sequence - 1) : nil
            next.acknowledgedThrough = sequence
            _ = try writer.commit(next, synced: false)
        }
        // Checkpoints at 3 and 4: the oldest needs the rule set of 3, which began just there.
        let trimmed = try trimAll(writer, age: 0)
        #expect(trimmed.events == 3)
        #expect(trimmed.rulesets == 1)
        #expect(try writer.ruleset(digest: "sha256:1") == nil)
        #expect(try writer.ruleset(digest: "sha256:3")?.files.count == 1)
        #expect(try scratch.text("SELECT count(*) FROM ruleset_file") == "4")
    }

    @Test("the number of a deleted decision is not used again, whatever happens between")
    func decisionRows() throws {
        func rows(_ scratch: Scratch) throws -> [Int64] {
            try StoreReader(path: scratch.path).decisions(DecisionQuery(isNewestFirst: false))
                .map(\.row)
        }
        func decide(_ writer: StoreWriter, _ id: String) throws {
            var next = Batch()
            next.decisions = [decision(id, of: 10_000)]
            _ = try writer.commit(next, synced: false)
        }
        let writer = try filled()
        #expect(try rows(scratch) == [1, 2, 3])
        var rest = Batch()
        rest.checkpoint = checkpoint(9_999)
        _ = try writer.commit(rest, synced: false)
        rest.checkpoint = checkpoint(10_000)
        _ = try writer.commit(rest, synced: false)
        #expect(try trimAll(writer, age: 0).decisions == 3)
        let crashed = try scratch.crashedCopy()
        try decide(writer, "d")
        #expect(try rows(scratch) == [4])
        let again = try crashed.writer()
        try decide(again, "d")
        try again.close()
        #expect(try rows(crashed) == [4])
        // An older version numbers on without counting; then all are deleted by another way.
        try StoreWriter.migrate(path: crashed.path, to: 2)
        try crashed.execute("UPDATE decision SET row = 6")
        try crashed.writer().close()
        try StoreWriter.migrate(path: crashed.path, to: 1)
        let last = try crashed.writer()
        try decide(last, "e")
        #expect(try rows(crashed) == [7])
    }

    @Test("a slice that fails deletes nothing")
    func fault() throws {
        let disk = FaultVFS()
        let writer = try scratch.writer(options: StoreOptions(vfs: disk.name))
        try writer.fill(1...100)
        var rest = Batch()
        rest.checkpoint = checkpoint(100)
        rest.acknowledgedThrough = 100
        _ = try writer.commit(rest, synced: false)
        disk.change { $0.writeFault = 13 }
        #expect(throws: CommitError.diskFull) {
            try writer.trim(maxAge: .zero, maxBytes: unbounded, now: now)
        }
        disk.change { $0.writeFault = nil }
        #expect(try writer.events().count == 100)
        #expect(writer.topics.count == 100)
        #expect(try trimAll(writer, age: 0).events == 99)
    }
}
