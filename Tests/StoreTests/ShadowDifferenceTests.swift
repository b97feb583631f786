import Core
import Testing

@testable import Store

@Suite("Differences of rules in shadow")
struct ShadowDifferenceTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func difference(
        _ kind: ShadowDifference.Kind, _ number: Int, entity: String = "press-7",
        rules: [String] = ["a b", "c"]
    ) -> ShadowDifference {
        ShadowDifference(
            kind: kind, source: .directory, at: Timestamp(microseconds: Int64(number) * 1_000_000),
            eventSequence: number % 2 == 0 ? nil : Int64(number), route: "r", entity: entity,
            rules: rules, active: "sha256:1", shadow: "sha256:2", omitted: number,
            json: Array("{\"n\":\(number)}".utf8))
    }

    private func store(
        _ writer: StoreWriter, _ differences: ShadowDifference..., keeping countMax: Int = 100
    ) throws {
        try writer.transaction(synced: false) { () throws(SQLiteFailure) in
            try writer.insert(differences, keeping: countMax)
        }
    }

    private func read(since: Timestamp? = nil) throws -> [ShadowDifference] {
        var found: [ShadowDifference] = []
        try StoreReader(path: scratch.path).shadowDifferences(since: since) { found.append($0) }
        return found
    }

    @Test("they are read as they were written, by kind and the newest of each first")
    func order() throws {
        let writer = try scratch.writer()
        var batch = Batch()
        batch.differences = [difference(.score, 1), difference(.denyToAllow, 2, rules: [])]
        _ = try writer.commit(batch, synced: false)
        try store(writer, difference(.score, 3), difference(.alertNew, 4))
        #expect(
            try read() == [
                difference(.denyToAllow, 2, rules: []), difference(.alertNew, 4),
                difference(.score, 3), difference(.score, 1),
            ])
        #expect(
            try read(since: Timestamp(microseconds: 3_000_000)).map(\.kind) == [.alertNew, .score])
    }

    @Test("of each kind the newest stay, whatever comes of the others")
    func bounded() throws {
        let writer = try scratch.writer()
        try store(writer, difference(.denyToAllow, 1))
        for number in 2...20 { try store(writer, difference(.score, number), keeping: 5) }
        let found = try read()
        #expect(found.map(\.kind) == [.denyToAllow] + Array(repeating: .score, count: 5))
        #expect(found.map(\.omitted) == [1, 20, 19, 18, 17, 16])
        #expect(ShadowDifference.Kind.allCases.allSatisfy { $0.ids.count == 1 << 40 })
    }

    @Test("forgetting an entity forgets them")
    func forgotten() throws {
        let writer = try scratch.writer()
        _ = try writer.commit(batch([message(1)]), synced: false)
        try store(writer, difference(.score, 1, entity: "qzxv"), difference(.score, 2))
        #expect(try scratch.tables(holding: "qzxv") == ["shadow_difference"])
        _ = try writer.beginForgetting("qzxv")
        while try writer.stepForgetting() {}
        #expect(try scratch.tables(holding: "qzxv") == [])
        #expect(try read().map(\.entity) == ["press-7"])
    }
}
