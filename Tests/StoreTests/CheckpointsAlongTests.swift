import Core
import TestSupport
import Testing

@testable import Store

@Suite("Checkpoints along the log")
struct CheckpointsAlongTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func commit(_ checkpoint: StoredCheckpoint, to writer: StoreWriter) throws {
        var batch = Batch()
        batch.checkpoint = checkpoint
        batch.acknowledgedThrough = checkpoint.sequence
        _ = try writer.commit(batch, synced: false)
        while try writer.maintain() {}
    }

    private func sequences(_ writer: StoreWriter) throws -> [EventSequence] {
        try writer.checkpoints().map(\.sequence).reversed()
    }

    /// The longest way from a checkpoint, or the log's beginning, to the next.
    private func longestGap(_ sequences: [EventSequence], from beginning: EventSequence) -> Int64 {
        zip([beginning] + sequences, sequences).map { $1 - $0 }.max() ?? 0
    }

    @Test("they stay spaced along the log, however long it grows")
    func spaced() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var kept: [EventSequence] = []
        var last: EventSequence = 0
        for _ in 1...2_000 {
            // Many at the bound, some after a minute of few events.
            last +=
                Bool.random(using: &generator)
                ? 50_000
                : Int64.random(
                    in: 1...2_000, using: &generator)
            kept.append(last)
            while kept.count > Limits.checkpointsKept,
                let index = CheckpointPlace.dispensable(kept, beginning: 0)
            { kept.remove(at: index) }
            let bound = max(50_000, 3 * last / Int64(Limits.checkpointsKept))
            #expect(longestGap(kept, from: 0) <= bound, "seed \(seed), \(kept)")
            #expect(kept.suffix(1) == [last])
        }
        #expect(kept.count == Limits.checkpointsKept)
    }

    @Test("as many as are kept are in the file, the newest two always, and no part of another")
    func counted() throws {
        let writer = try scratch.writer()
        try writer.fill(1...100)
        for sequence in EventSequence(1)...100 {
            try commit(checkpoint(sequence, bytes: [1, UInt8(sequence)]), to: writer)
        }
        let kept = try sequences(writer)
        #expect(kept.count == Limits.checkpointsKept)
        #expect(kept.suffix(2) == [99, 100])
        #expect(longestGap(kept, from: 0) <= 19)
        #expect(try scratch.text("SELECT count(*) FROM checkpoint_part") == "\(kept.count)")
        let reader = try StoreReader(path: scratch.path)
        let places = try reader.checkpointPlaces()
        #expect(places.map(\.sequence) == kept)
        for place in places {
            #expect(place.head == [1, UInt8(place.sequence)])
            #expect(try reader.checkpoint(at: place)?.bytes == place.head)
        }
    }

    @Test("one that was thinned out after it was found is missed, not taken for another")
    func missed() throws {
        let writer = try scratch.writer()
        try writer.fill(1...3)
        for sequence in EventSequence(1)...3 { try commit(checkpoint(sequence), to: writer) }
        let reader = try StoreReader(path: scratch.path)
        let places = try reader.checkpointPlaces()
        try scratch.execute("DELETE FROM checkpoint WHERE seq = 2")
        #expect(try reader.checkpoint(at: places[1]) == nil)
        #expect(try reader.checkpoint(at: places[2]) == checkpoint(3))
        try scratch.execute("DELETE FROM checkpoint_part WHERE checkpoint = \(places[2].id)")
        #expect(try reader.checkpoint(at: places[2]) == nil)
        #expect(try reader.checkpointPlaces().map(\.sequence) == [1])
    }

    @Test("their bytes are bounded, in a small store by a part of it, but for the newest two")
    func bytes() throws {
        let writer = try scratch.writer()
        try writer.fill(1...20)
        let bytes = [UInt8](repeating: 5, count: 100_000)
        for sequence in EventSequence(1)...10 {
            try commit(checkpoint(sequence, bytes: bytes), to: writer)
        }
        #expect(try sequences(writer).count == 10)
        let share = Limits.checkpointsShareOfStore
        _ = try writer.trim(
            maxAge: .seconds(1_000), maxBytes: 500_000 * share, now: checkpoint(20).at)
        #expect(try sequences(writer).count == 5)
        try commit(checkpoint(11, bytes: bytes), to: writer)
        #expect(try sequences(writer).count == 5)
        _ = try writer.trim(maxAge: .seconds(1_000), maxBytes: 1, now: checkpoint(20).at)
        #expect(try sequences(writer) == [10, 11])
    }

    @Test("one goes as soon as retention deletes what follows it, and the oldest left is kept")
    func retention() throws {
        let writer = try scratch.writer()
        try writer.fill(1...100)
        for sequence in stride(from: EventSequence(10), through: 100, by: 10) {
            try commit(checkpoint(sequence), to: writer)
        }
        func trim(after sequence: EventSequence) throws {
            let now = Timestamp(microseconds: 1_000_000_000)
            let age = now - checkpoint(sequence + 1).at
            while try writer.trim(maxAge: age, maxBytes: .max, now: now).isMore {}
        }
        try trim(after: 30)
        #expect(try writer.firstSequence() == 31)
        #expect(try sequences(writer).first == 30)
        try trim(after: 31)
        #expect(try sequences(writer).first == 40)
        try writer.fill(101...2_000)
        for sequence in EventSequence(101)...2_000 {
            try commit(checkpoint(sequence), to: writer)
        }
        #expect(try sequences(writer).first == 40)
        try trim(after: 2_000)
        #expect(try writer.firstSequence() == 2_000)
        #expect(try sequences(writer) == [1_999, 2_000])
    }

    @Test("forgetting an entity leaves none of before, nor a part of one")
    func forgetting() throws {
        let writer = try scratch.writer()
        try writer.fill(1...40)
        let bytes = [UInt8](repeating: 0, count: Limits.checkpointPartBytes) + Array("Gone7".utf8)
        for sequence in EventSequence(1)...12 {
            try commit(checkpoint(sequence, bytes: bytes), to: writer)
        }
        #expect(try sequences(writer).count == 12)
        try writer.forget("Gone7")
        #expect(try sequences(writer) == [41])
        #expect(try scratch.text("SELECT count(*) FROM checkpoint_part") == "1")
        #expect(try scratch.files(holding: [Array("Gone7".utf8)]).isEmpty)
    }
}
