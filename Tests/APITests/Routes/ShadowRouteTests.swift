import Core
import Proof
import Store
import Testing

@testable import API

@Suite("The route of rules in shadow")
struct ShadowRouteTests {
    /// - Parameter number: seconds since 1970, and what its JSON says.
    private static func difference(
        _ kind: ShadowDifference.Kind, _ number: Int, entity: String = "press-1", padding: Int = 0
    ) -> ShadowDifference {
        let text = String(repeating: "x", count: padding)
        return ShadowDifference(
            kind: kind, source: .directory, at: Timestamp(microseconds: Int64(number) * 1_000_000),
            eventSequence: nil, route: "r", entity: entity, rules: ["a"], active: "sha256:1",
            shadow: "sha256:2", omitted: 0, json: Array("{\"n\":\(number),\"t\":\"\(text)\"}".utf8))
    }

    @Test("it lists the newest of all kinds, the newest first, however many one kind has")
    func newest() async throws {
        let fixture = try APIFixture.make(fill: { writer in
            var batch = Batch()
            batch.differences =
                (1...4).map { Self.difference(.denyToAllow, $0) }
                + [5, 7].map { Self.difference(.score, $0) } + [Self.difference(.alertNew, 6)]
            _ = try writer.commit(batch, synced: false)
        })
        let answer = await fixture.admin(.get, "/rules/shadow?limit=4")
        #expect(answer.status == 200, "\(answer.text)")
        let numbers = (answer["differences"]?.array ?? []).compactMap { $0["n"]?.int }
        #expect(numbers == [7, 6, 5, 4])
        #expect(answer["total"]?.int == 7)
    }

    @Test("a report lists so many entities, the gravest first, and how many more there are")
    func report() throws {
        var report = ShadowReport(limit: 0)
        for number in 0..<Limits.shadowReportRows + 3 {
            report.add(Self.difference(.score, number, entity: "press-\(number)"))
        }
        report.add(Self.difference(.denyToAllow, 1, entity: "pump-1"))
        let json = try JSONScanner.scan(report.json(since: nil))
        let entities = (json["entities"]?.array ?? []).compactMap { $0["entity"]?.string }
        #expect(entities.count == Limits.shadowReportRows && entities.first == "pump-1")
        #expect(json["entities_omitted"]?.int == 4)
        #expect(json["rules"]?.array?.count == 1 && json["rules_omitted"] == nil)
        #expect(json["total"]?.int == Int64(Limits.shadowReportRows + 4))
    }

    @Test("it ends where its differences have as many bytes as a list may have")
    func bytes() {
        let found = (1...4).map {
            Self.difference(.score, 5 - $0, padding: Limits.apiListBytesMax / 2)
        }
        let newest = ShadowView.newest(of: found, limit: 100)
        #expect(newest.count == 2)
        #expect(newest == found.prefix(2).map(\.json))
    }
}
