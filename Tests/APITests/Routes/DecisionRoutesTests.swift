import Core
import HTTPTypes
import Proof
import Store
import Testing

@testable import API

@Suite("The routes of decisions")
struct DecisionRoutesTests {
    private func stored(_ fixture: APIFixture) throws -> [Decision] {
        try StoreReader(path: fixture.storePath).decisions(DecisionQuery(limit: 1_000))
            .map(\.decision)
    }

    @Test("the newest first, as they are stored")
    func list() async throws {
        let fixture = try APIFixture.plant()
        await fixture.propose("press-1", rpm: 1_800)
        await fixture.propose("press-2", rpm: 900)
        await fixture.measure("press-1", 90)
        let answer = await fixture.admin(.get, "/decisions")
        let all = try stored(fixture)
        #expect(all.count == 3)
        #expect(answer.status == 200 && answer.headers[.contentType] == "application/json")
        let list = all.map { String(decoding: $0.json, as: UTF8.self) }.joined(separator: ",")
        #expect(answer.text == #"{"decisions":[\#(list)]}"#)
    }

    @Test("pages have every decision once, also while others are made")
    func pages() async throws {
        let fixture = try APIFixture.plant()
        let messages = (1...25).map { number in
            Message(
                topic: "cmd/press-\(number)/proposed",
                payload: Array(#"{"action":"spin","rpm":\#(number * 100)}"#.utf8),
                qos: .atLeastOnce)
        }
        await fixture.agent.hear(messages)
        let ids = try stored(fixture).map(\.id)
        try #require(ids.count == 25)
        for limit in [1, 7, 25, 1_000] {
            let found = try await fixture.all("decisions", at: "/decisions", limit: limit)
            #expect(found.compactMap { $0["decision_id"]?.string } == ids, "\(limit) each")
        }
        let first = await fixture.admin(.get, "/decisions?limit=10")
        let next = try #require(first["next"]?.string)
        await fixture.propose("press-99", rpm: 1)
        let second = await fixture.admin(.get, "/decisions?limit=100&cursor=\(next)")
        let rest = second["decisions"]?.array?.compactMap { $0["decision_id"]?.string }
        #expect(rest == Array(ids.dropFirst(10)))
        #expect(second["next"] == nil)
    }

    @Test("by kind, entity, route, verdict and time")
    func filters() async throws {
        let fixture = try APIFixture.plant()
        await fixture.propose("press-1", rpm: 1_800)
        await fixture.propose("press-2", rpm: 900)
        fixture.clock.advance(by: .seconds(3_600))
        await fixture.measure("press-1", 90)
        await fixture.hear("line/north/lathe é", #"{"db":95}"#)
        let middle = fixture.clock.now()
        func entities(_ query: String) async throws -> [String] {
            let found = try await fixture.all("decisions", at: "/decisions?\(query)", limit: 1)
            return found.compactMap { $0["entity"]?.string }
        }
        #expect(try await entities("kind=verdict") == ["press-2", "press-1"])
        #expect(try await entities("kind=alert") == ["north/lathe é", "press-1"])
        #expect(try await entities("verdict=denied") == ["press-1"])
        #expect(try await entities("verdict=approved&kind=verdict") == ["press-2"])
        #expect(try await entities("entity=press-1") == ["press-1", "press-1"])
        #expect(try await entities("entity=press-1&kind=alert") == ["press-1"])
        #expect(try await entities("entity=north%2Flathe+%C3%A9") == ["north/lathe é"])
        #expect(try await entities("route=commands") == ["press-2", "press-1"])
        #expect(try await entities("entity=nobody") == [])
        #expect(try await entities("since=30m").count == 2)
        #expect(try await entities("until=30m").count == 2)
        #expect(try await entities("since=2h&until=\(middle.rfc3339().percentEncoded)").count == 2)
        // An offset's plus that nobody encoded.
        let text: String = middle.rfc3339().dropLast() + "+00:00"
        #expect(try await entities("since=\(text)").count == 2)
    }

    @Test("every wrong parameter is told of by its name, with what would be right")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        await fixture.expectRefused(
            "/decisions",
            [
                ("limit=0", "BAD_LIMIT"), ("limit=1001", "BAD_LIMIT"), ("limit=x", "BAD_LIMIT"),
                ("limit=", "BAD_LIMIT"), ("limit=1&limit=2", "BAD_LIMIT"),
                ("limit=-1", "BAD_LIMIT"), ("cursor=x", "BAD_CURSOR"), ("cursor=", "BAD_CURSOR"),
                ("kind=alarm", "BAD_KIND"), ("verdict=maybe", "BAD_VERDICT"),
                ("kind=alert&verdict=denied", "BAD_VERDICT"), ("since=yesterday", "BAD_SINCE"),
                ("until=2026-13-01T00:00:00Z", "BAD_UNTIL"), ("since=1h&until=2h", "BAD_UNTIL"),
                ("entity=%zz", "BAD_ENTITY"), ("entity=%ff", "BAD_ENTITY"),
                ("entity=%00", "BAD_ENTITY"), ("route=", "BAD_ROUTE"),
                ("limt=1", "BAD_PARAMETER"), ("%ff=1", "BAD_PARAMETER"), ("=", "BAD_PARAMETER"),
            ])
        let near = await fixture.admin(.get, "/decisions?limt=1")
        #expect(near["error"]?.string?.contains("did you mean 'limit'?") == true, "\(near.text)")
        let kind = await fixture.admin(.get, "/decisions?kind=alarm")
        #expect(kind["error"]?.string?.contains("verdict, alert") == true, "\(kind.text)")
        let none = await fixture.admin(.get, "/decisions/x?limit=1")
        #expect(none.status == 400 && none.code == "BAD_PARAMETER")
    }

    @Test("one by its id, as it is stored")
    func one() async throws {
        let fixture = try APIFixture.plant()
        await fixture.propose("press-1", rpm: 1_800)
        let decision = try #require(try stored(fixture).first)
        let answer = await fixture.admin(.get, "/decisions/\(decision.id.percentEncoded)")
        #expect(answer.status == 200 && answer.body == decision.json)
        for path in ["/decisions/none", "/decisions/none/why", "/decisions/none/why-not/fast"] {
            let none = await fixture.admin(.get, path)
            #expect(none.status == 404 && none.code == "NOT_FOUND", "\(path): \(none.text)")
        }
        let wrong = await fixture.admin(.get, "/decisions/%ff")
        #expect(wrong.status == 400 && wrong.code == "BAD_ID")
    }

    @Test("why and why-not are what jameyctl tells, byte for byte")
    func why() async throws {
        let fixture = try APIFixture.plant()
        await fixture.measure("press-1", 70)
        await fixture.propose("press-1", rpm: 1_800)
        await fixture.measure("press-1", 90)
        for decision in try stored(fixture) {
            let history = try History(StoreReader(path: fixture.storePath))
            let reasons = try history.reasons(of: decision.eventSequence)
            let path = "/decisions/\(decision.id)"
            let why = await fixture.admin(.get, path + "/why")
            #expect(why.status == 200, "\(why.text)")
            #expect(why.body == WhyReport(decision, reasons).json)
            #expect(why["replay"]?["agrees"]?.bool == true)
            let whyNot = await fixture.admin(.get, path + "/why-not/slow")
            #expect(whyNot.status == 200, "\(whyNot.text)")
            #expect(whyNot.body == (try WhyNotReport("slow", reasons, about: decision).json))
        }
        let verdict = try #require(try stored(fixture).last)
        let unknown = await fixture.admin(.get, "/decisions/\(verdict.id)/why-not/fats")
        #expect(unknown.status == 404)
        #expect(unknown["error"]?.string?.hasSuffix("has no rule 'fats'; fast?") == true)
    }
}
