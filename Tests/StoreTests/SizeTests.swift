import Core
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("The size of the file")
struct SizeTests {
    private static let maxBytes: Int64 = 4 << 20
    /// What comes in between two looks of the test at the size.
    private static let slack = 2 << 20
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func bytes(_ writer: StoreWriter) throws -> Int64 {
        try (writer.connection.integer("PRAGMA page_count") ?? 0) * 4_096
    }

    /// What the agent does each second: slices until nothing is left to do.
    private func tend(
        _ writer: StoreWriter, _ most: inout Int64
    ) throws(any Error) -> Trimmed {
        while true {
            while try writer.maintain() {}
            let now = writer.lastEvent?.at ?? .earliest
            let slice = try writer.trim(
                maxAge: .seconds(1_000_000_000), maxBytes: Self.maxBytes, now: now)
            most = max(most, try bytes(writer))
            if !slice.isMore { return slice }
        }
    }

    @Test("far more than max_bytes of events passes through a file of max_bytes")
    func load() throws {
        let writer = try scratch.writer()
        var most: Int64 = 0
        var sequence: EventSequence = 0
        var generator = SeededGenerator(seed: 7)
        for round in 1...60 {
            var bytes = 0
            var events: [Event] = []
            while bytes < 1 << 20 {
                let size = Int.random(in: 10...20_000, using: &generator)
                sequence += 1
                events.append(message(sequence, payload: [UInt8](repeating: 7, count: size)))
                bytes += size
            }
            var next = batch(events)
            next.decisions = [decision("d\(round)", of: sequence)]
            next.acknowledgedThrough = sequence
            next.checkpoint = checkpoint(
                sequence, bytes: [UInt8](repeating: 1, count: 100_000))
            _ = try writer.commit(next, synced: false)
            #expect(try tend(writer, &most).excess == 0)
        }
        #expect(most <= Self.maxBytes + Int64(Self.slack), "\(most)")
        #expect(try bytes(writer) <= Self.maxBytes)
        #expect(scratch.size("-wal") <= Limits.walBytesKept)
        try writer.close()
        #expect(scratch.size() <= Int(Self.maxBytes))
        #expect(try scratch.writer().events(after: sequence - 1).count == 1)
    }

    @Test("memories give way only where no event may, episodes first, and nothing that waits")
    func order() throws {
        let writer = try scratch.writer()
        var most: Int64 = 0
        let text = String(repeating: "word ", count: 800)
        func all(_ layer: Memory.Layer) -> [Memory] {
            (1...300).map { memory(1, "\($0) \(text)", layer: layer) }
        }
        try writer.remember(all(.semantic))
        for _ in 1...5 { try writer.remember(all(.episodic)) }
        var rest = Batch()
        rest.checkpoint = checkpoint(writer.lastEvent?.sequence ?? 0)
        rest.acknowledgedThrough = writer.lastEvent?.sequence
        rest.publications = (1...100).map { publication("waits/\($0)") }
        _ = try writer.commit(rest, synced: false)
        _ = try writer.change([.pin(301, true)])
        #expect(try tend(writer, &most).excess == 0)
        let reader = try StoreReader(path: scratch.path)
        let counts = try reader.memoryCounts()
        #expect(counts.layers[1].count == 300 && counts.pinned == 1)
        #expect(counts.layers[0].count < 1_500 && counts.layers[0].count > 20)
        // The oldest went, and the pinned one did not.
        #expect(try reader.memory(301) != nil && reader.memory(302) == nil)
        #expect(try reader.memory(1_800) != nil)
        #expect(writer.outboxDepth == 100)
        #expect(try bytes(writer) <= Self.maxBytes + Int64(Limits.vacuumSlicePages * 4_096))
        for _ in 1...5 { try writer.remember(all(.longTerm)) }
        #expect(try tend(writer, &most).excess > 0)
        // The pinned one has been promoted to those.
        #expect(try reader.memoryCounts().layers[2].count == 1_501)
        #expect(try reader.memoryCounts().layers[0].count == 0)
    }

    @Test("a file made without auto_vacuum keeps its size, says so, and works")
    func fixedSize() throws {
        try scratch.writer().close()
        try scratch.execute("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM")
        let writer = try scratch.writer()
        #expect(!writer.canShrink)
        var most: Int64 = 0
        try writer.fill(1...3_000, payload: [UInt8](repeating: 7, count: 3_000))
        var rest = Batch()
        rest.checkpoint = checkpoint(3_000)
        rest.acknowledgedThrough = 3_000
        _ = try writer.commit(rest, synced: false)
        #expect(try tend(writer, &most).excess == 0)
        let size = try bytes(writer)
        #expect(size > Self.maxBytes)
        try writer.fill(3_001...3_500, payload: [UInt8](repeating: 7, count: 3_000))
        #expect(try bytes(writer) == size)
        try writer.forget("press-1")
        #expect(try StoreReader(path: scratch.path).check() == [])
        while try writer.eraseForgotten() {}
        #expect(writer.canShrink)
        #expect(try bytes(writer) < size)
        try writer.close()
        #expect(try scratch.writer().canShrink)
    }
}
