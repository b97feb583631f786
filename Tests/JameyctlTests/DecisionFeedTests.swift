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

    @Test("rows that begin anew, because retention has removed all, are not missed")
    func rowsAnew() throws {
        defer { close(output) }
        try scratch.writer("a.db").commit(decisions: (1...5).map { decision($0) })
        try scratch.writer("b.db").commit(decisions: (6...7).map { decision($0) })
        try scratch.writer("c.db").close()
        var feed = feed(DecisionSelection(limit: 2))
        try feed.begin(StoreReader(path: scratch.directory + "/a.db"))
        #expect(try shown() == [4, 5])
        try feed.goOn(StoreReader(path: scratch.directory + "/b.db"))
        #expect(try shown() == [4, 5, 6, 7])
        // All are gone, then as many are there again.
        try feed.goOn(StoreReader(path: scratch.directory + "/c.db"))
        try feed.goOn(StoreReader(path: scratch.directory + "/b.db"))
        #expect(try shown() == [4, 5, 6, 7, 6, 7])
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
