import Core
import HTTPTypes
import Proof
import Store
import Testing

@testable import API

@Suite("The route of series")
struct SeriesRouteTests {
    /// A reading each half minute for so many minutes.
    private func heard(minutes: Int) async throws -> APIFixture {
        let fixture = try APIFixture.plant()
        for number in 0..<2 * minutes {
            await fixture.hear("plant/press-1/telemetry", #"{"temp":\#(number),"m":{"rpm":1}}"#)
            fixture.clock.advance(by: .seconds(30))
        }
        return fixture
    }

    @Test("points by the minute, with the minute that is not over, and by what is asked for")
    func points() async throws {
        let fixture = try await heard(minutes: 10)
        let path = "/memory/series?entity=press-1&field=temp"
        let answer = await fixture.admin(.get, path)
        #expect(answer.status == 200, "\(answer.text)")
        let points = try #require(answer["points"]?.array)
        #expect(answer["step"]?.string == "1m" && answer["route"]?.string == "telemetry")
        #expect(points.compactMap { $0["count"]?.int }.reduce(0, +) == 20)
        #expect(points.first?["min"]?.double == 0 && points.last?["max"]?.double == 19)
        let raw = await fixture.admin(.get, path + "&step=raw&since=5m")
        #expect(raw["points"]?.array?.count == 10, "\(raw.text)")
        let nested = await fixture.admin(.get, "/memory/series?entity=press-1&field=m.rpm&step=1h")
        #expect(nested["step"]?.string == "1h" && nested["points"]?.array?.isEmpty == false)
        let search = SeriesSearch(
            reader: try StoreReader(path: fixture.storePath), entity: "press-1", field: "temp",
            since: fixture.clock.now() + .seconds(-7_200), until: fixture.clock.now())
        #expect(answer.body == (try search.series(nil).json))
    }

    @Test("what cannot be answered is told with what can, and no more is found than is there")
    func nothing() async throws {
        let fixture = try await heard(minutes: 3)
        await fixture.hear("more/press-1", #"{"temp":1}"#)
        for (query, status, code, text) in [
            ("entity=press-2&field=temp", 404, "NOT_FOUND", "did you mean 'press-1'?"),
            ("entity=press-1&field=temp", 400, "BAD_ROUTE", "with 'route': telemetry, more"),
            ("entity=press-1&field=temp&since=30d&step=1m", 400, "BAD_STEP", "a shorter time"),
        ] {
            let answer = await fixture.admin(.get, "/memory/series?" + query)
            #expect(answer.status == status && answer.code == code, "\(query): \(answer.text)")
            #expect(answer["error"]?.string?.contains(text) == true, "\(query): \(answer.text)")
        }
    }

    @Test("without an end it goes on to what was heard at this moment, with one it ends before")
    func end() async throws {
        let fixture = try APIFixture.plant()
        await fixture.measure("press-1", 71.5)
        let now = fixture.clock.now()
        let path = "/memory/series?entity=press-1&field=temp"
        for step in ["", "&step=1m", "&step=raw", "&step=1h"] {
            let all = await fixture.admin(.get, path + step)
            let points = all["points"]?.array ?? []
            #expect(points.compactMap { $0["last"]?.double } == [71.5], "\(step): \(all.text)")
            #expect(all["until"]?.string == now.rfc3339(), "\(step): \(all.text)")
            let before = await fixture.admin(.get, "\(path)\(step)&until=\(now.rfc3339())")
            #expect(before.status == 200, "\(before.text)")
            #expect(before["points"]?.array?.isEmpty == true, "\(step): \(before.text)")
        }
    }

    @Test("of a known device without such a number there are no points, and its others are told")
    func empty() async throws {
        let fixture = try await heard(minutes: 3)
        for (query, route, fields) in [
            ("field=tmep", nil, ["temp", "m.rpm"]),
            ("field=tmep&route=telemetry", "telemetry", ["temp", "m.rpm"]),
            ("field=temp&route=elsewhere", "elsewhere", nil),
            ("field=temp&since=2h&until=1h", nil, nil),
        ] as [(String, String?, [String]?)] {
            let answer = await fixture.admin(.get, "/memory/series?entity=press-1&" + query)
            #expect(answer.status == 200, "\(query): \(answer.text)")
            #expect(answer["points"]?.array?.isEmpty == true, "\(query): \(answer.text)")
            #expect(answer["route"]?.string == route, "\(query): \(answer.text)")
            let known = answer["fields"]?.array?.compactMap(\.string)
            #expect(known?.sorted() == fields?.sorted(), "\(query): \(answer.text)")
        }
    }

    @Test("of a route without roll-ups there are readings one by one, and else no points")
    func unrolled() async throws {
        let fixture = try APIFixture.make(
            rules: """
                routes:
                  - { name: quiet, topic: "quiet/{device}", rollups: false }
                """)
        await fixture.hear("quiet/press-1", #"{"temp":1}"#)
        let path = "/memory/series?entity=press-1&field=temp"
        for step in ["", "&step=1m", "&step=1h", "&step=1d", "&route=quiet"] {
            let answer = await fixture.admin(.get, path + step)
            #expect(answer.status == 200, "\(step): \(answer.text)")
            #expect(answer["points"]?.array?.isEmpty == true, "\(step): \(answer.text)")
        }
        let raw = await fixture.admin(.get, path + "&step=raw")
        #expect(raw["points"]?.array?.count == 1, "\(raw.text)")
        let unknown = await fixture.admin(.get, "/memory/series?entity=press-2&field=temp")
        #expect(unknown.status == 404 && unknown.code == "NOT_FOUND", "\(unknown.text)")
    }

    @Test("every wrong parameter is told of by its name")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        await fixture.expectRefused(
            "/memory/series",
            [
                ("field=temp", "BAD_ENTITY"), ("entity=a", "BAD_FIELD"),
                ("entity=&field=temp", "BAD_ENTITY"), ("entity=a&field=b&step=5m", "BAD_STEP"),
                ("entity=a&field=b&since=x", "BAD_SINCE"),
                ("entity=a&field=b&since=1m&until=1h", "BAD_UNTIL"),
                ("entity=a&field=b&since=2100-01-01T00:00:00Z", "BAD_SINCE"),
                ("entity=a&field=b&resolution=1m", "BAD_PARAMETER"),
            ])
    }
}
