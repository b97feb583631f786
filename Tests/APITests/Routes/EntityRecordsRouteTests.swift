import Agent
import Core
import HTTPTypes
import Proof
import Store
import Testing

@testable import API

@Suite("The route of everything about an entity")
struct EntityRecordsRouteTests {
    private static let path = "/entities/press-1/records"

    /// Two presses that were measured, judged, told of, trusted and seen to.
    private func lived() async throws -> APIFixture {
        let fixture = try APIFixture.plant()
        for number in 0..<6 {
            let name = "press-\(number % 2 + 1)"
            await fixture.measure(name, number == 2 ? 93.25 : 60)
            await fixture.propose(name, rpm: 1_300 + 100 * number)
            _ = await fixture.admin(
                .post, "/memory",
                body: #"{"layer":"semantic","content":"seal \#(number)","entity":"\#(name)"}"#)
            fixture.clock.advance(by: .seconds(90))
        }
        _ = await fixture.admin(.put, "/soul/press-1", body: #"{"trust":0.75}"#)
        _ = await fixture.admin(.put, "/memory/2/links/press-1")
        return fixture
    }

    private func stored(_ entity: String, in fixture: APIFixture) throws -> [JSONValue] {
        let reader = try StoreReader(path: fixture.storePath)
        var records = EntityRecords(of: entity, in: reader, at: fixture.clock.now())
        let page = try records.next(behind: .start, limit: 10_000, looking: 10_000)
        #expect(page.next == nil)
        return try page.records.map { try JSONScanner.scan($0) }
    }

    @Test("all of it, as jameyctl writes it; pages have every record once")
    func list() async throws {
        let fixture = try await lived()
        let all = try stored("press-1", in: fixture)
        let kinds = Set(all.compactMap { $0.object?.members.first?.name })
        #expect(kinds.isSuperset(of: ["event", "decision", "memory_link", "soul", "rollup_day"]))
        for limit in [1, 3, 1_000] {
            let found = try await fixture.all("records", at: Self.path, limit: limit)
            #expect(found == all, "\(limit) each")
        }
    }

    @Test("of a name with a slash, and nothing of whom nothing is kept")
    func names() async throws {
        let fixture = try APIFixture.plant()
        await fixture.hear("line/1/press-1", #"{"db":60}"#)
        let found = try await fixture.all(
            "records", at: "/entities/1%2Fpress-1/records", limit: 10)
        #expect(found.count == 1 && found.first?["event"]?["topic"]?.string == "line/1/press-1")
        let none = await fixture.admin(.get, "/entities/nobody/records")
        #expect(none.status == 200 && none.text == #"{"records":[]}"#, "\(none.text)")
    }

    @Test("administrators are answered, and nobody else")
    func roles() async throws {
        let fixture = try await lived()
        for role in Role.allCases {
            let key = try await fixture.key(role: role)
            let answer = await fixture.request(.get, Self.path, token: key)
            #expect(answer.status == (role == .admin ? 200 : 403), "\(role): \(answer.text)")
        }
        #expect(await fixture.request(.get, Self.path).status == 401)
    }

    @Test("by MQTT as by HTTP, page by page")
    func overMQTT() async throws {
        let fixture = try await lived()
        let requests = try #require(fixture.server.requests())
        let key = try await fixture.key(role: .admin)
        let all = try stored("press-1", in: fixture)
        var found: [JSONValue] = []
        var place = ""
        repeat {
            let body = #"{"method":"GET","path":"\#(Self.path)?limit=20\#(place)"}"#
            let answer = try await requests.answer(to: body, token: key)
            #expect(answer["status"]?.int == 200, "\(answer)")
            found += try #require(answer["body"]?["records"]?.array)
            try #require(found.count <= all.count, "the pages do not end")
            place = answer["body"]?["next"]?.string.map { "&cursor=" + $0.percentEncoded } ?? ""
        } while !place.isEmpty
        #expect(found == all)
    }

    @Test("every wrong parameter is told of by its name")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        let long = "rollup_hour:1:2:" + String(repeating: "a", count: 4_096)
        await fixture.expectRefused(
            Self.path,
            [
                ("limit=0", "BAD_LIMIT"), ("limit=1001", "BAD_LIMIT"), ("cursor=", "BAD_CURSOR"),
                ("cursor=17", "BAD_CURSOR"), ("cursor=event:x", "BAD_CURSOR"),
                ("cursor=rollup_hour:1:2", "BAD_CURSOR"), ("cursor=" + long, "BAD_CURSOR"),
                ("cursor=event:1&cursor=event:2", "BAD_CURSOR"), ("since=1h", "BAD_PARAMETER"),
            ])
        let name = String(repeating: "a", count: Limits.entityNameBytesMax + 1)
        for entity in [name, "a%00", "%FF"] {
            let answer = await fixture.admin(.get, "/entities/\(entity)/records")
            #expect(answer.status == 400 && answer.code == "BAD_ENTITY", "\(answer.text)")
        }
        let end = await fixture.admin(.get, Self.path + "?cursor=event:9223372036854775807")
        #expect(end.status == 200, "\(end.text)")
    }
}
