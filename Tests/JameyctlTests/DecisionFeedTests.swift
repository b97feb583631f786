import Core
import Foundation
import Store
import Testing

@testable import jameyctl

@Suite("A feed of decisions")
struct DecisionFeedTests {
    private let scratch: Scratch
    private let output: Int32

    init() throws {
        scratch = try Scratch()
        output = open(scratch.directory + "/out", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    }

    private func feed(_ selection: DecisionSelection) -> DecisionFeed {
        DecisionFeed(selection, isJSON: true, output: LineOutput(descriptor: output))
    }

    private func shown() throws -> [Int64] {
        let bytes = try TextFile.readBytes(scratch.directory + "/out", bytesMax: 1 << 20) { _ in
            nil
        }
        return try bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try JSONScanner.scan(Array($0))["number"]?.int
        }
    }

    @Test("what comes after retention has removed all is shown, also in place of as many")
    func allRemoved() throws {
        defer { close(output) }
        let writer = try scratch.writer()
        try writer.commit(
            events: (1...3).map { message($0) }, decisions: (1...2).map { decision($0) })
        var feed = feed(DecisionSelection(limit: 2))
        let reader = try StoreReader(path: scratch.store)
        try feed.begin(reader)
        var rest = Batch()
        rest.acknowledgedThrough = 3
        rest.checkpoint = StoredCheckpoint(
            sequence: 3, at: Timestamp(microseconds: 3), bytes: [1])
        _ = try writer.commit(rest, synced: false)
        let far = Timestamp(microseconds: .max)
        let trimmed = try writer.trim(maxAge: .zero, maxBytes: .max, now: far)
        #expect(trimmed.decisions == 2)
        // The follower has not looked meanwhile.
        try writer.commit(decisions: [decision(3), decision(4)])
        try feed.goOn(reader)
        #expect(try shown() == [1, 2, 3, 4])
        try feed.goOn(reader)
        #expect(try shown() == [1, 2, 3, 4])
    }

    @Test("beginning again after an error shows nothing twice")
    func beginningAgain() throws {
        defer { close(output) }
        try scratch.writer().commit(decisions: (1...5).map { decision($0) })
        let reader = try StoreReader(path: scratch.store)
        var feed = feed(DecisionSelection(since: Timestamp(microseconds: 3_000_000)))
        try feed.begin(reader)
        try feed.begin(reader)
        #expect(try shown() == [3, 4, 5])
    }

    @Test("the place of a time is found among decisions of any spacing")
    func search() throws {
        defer { close(output) }
        let seed = UInt64.random(in: 0 ... .max)
        var state = seed
        var time: Int64 = 0
        var times: [Int64] = []
        for _ in 1...300 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            time += Int64(state >> 33) % 4
            times.append(time)
        }
        try scratch.writer().commit(
            decisions: times.enumerated().map {
                decision($0.offset + 1, at: Timestamp(microseconds: $0.element))
            })
        let reader = try StoreReader(path: scratch.store)
        for probe in -1...time + 1 {
            let expected = Int64(times.prefix { $0 < probe }.count)
            let found = try reader.decisionRow(before: Timestamp(microseconds: probe))
            #expect(found == expected, "seed \(seed), time \(probe)")
        }
    }
}
