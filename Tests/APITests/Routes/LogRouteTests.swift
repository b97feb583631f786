import Core
import HTTPTypes
import Proof
import Store
import Testing

@testable import API

@Suite("The route of the log")
struct LogRouteTests {
    /// Two presses that say something each minute, and somebody who sets trust.
    private func lived() async throws -> APIFixture {
        let fixture = try APIFixture.plant()
        for number in 0..<6 {
            await fixture.measure("press-\(number % 2)", 60)
            fixture.clock.advance(by: .seconds(60))
        }
        _ = await fixture.admin(.put, "/soul/press-1", body: #"{"trust":0.75}"#)
        return fixture
    }

    private func events(of fixture: APIFixture) throws -> [JSONValue] {
        var events: [JSONValue] = []
        try StoreReader(path: fixture.storePath).forEachEvent { event in
            events.append((try? JSONScanner.scan(event.json)) ?? .null)
            return true
        }
        return events
    }

    @Test("the oldest first, as jameyctl writes them; pages have every one once")
    func list() async throws {
        let fixture = try await lived()
        let stored = try events(of: fixture)
        try #require(stored.count > 7)
        #expect(stored.last?["control"]?["request"]?.string == "soul.set")
        for limit in [1, 3, stored.count, 1_000] {
            let found = try await fixture.all("events", at: "/log", limit: limit)
            #expect(found == stored, "\(limit) each")
        }
    }

    @Test("by number, topic and time")
    func filters() async throws {
        let fixture = try await lived()
        let stored = try events(of: fixture)
        func numbers(_ query: String) async throws -> [Int64] {
            try await fixture.all("events", at: "/log?\(query)", limit: 2)
                .compactMap { $0["seq"]?.int }
        }
        let all = stored.compactMap { $0["seq"]?.int }
        #expect(try await numbers("from=3&to=5") == [3, 4, 5])
        #expect(try await numbers("from=5&to=3") == [])
        #expect(try await numbers("from=0") == all)
        #expect(try await numbers("from=\(Int64.max)") == [])
        let press = stored.filter { $0["topic"]?.string == "plant/press-1/telemetry" }
        #expect(press.count == 3)
        #expect(
            try await numbers("topic=plant/%2B/telemetry&from=1").count == 6)
        #expect(
            try await numbers("topic=plant/press-1/%23") == press.compactMap { $0["seq"]?.int })
        #expect(try await numbers("topic=nothing/%23") == [])
        #expect(try await numbers("topic=plant/%23&since=2m30s").count == 2)
        #expect(try await numbers("topic=plant/%23&until=2m30s").count == 4)
        let behind = await fixture.admin(.get, "/log?cursor=\(Int64.max)")
        #expect(behind.status == 200 && behind["events"] == .array([]), "\(behind.text)")
    }

    @Test("a page ends where enough was looked at, and has another one behind it")
    func looking() async throws {
        let fixture = try await lived()
        let reader = try StoreReader(path: fixture.storePath)
        let filter = try TopicFilter("plant/press-1/#")
        var (list, found, empty): (LogList, Int, Int) = (LogList(filter: filter), 0, 0)
        while true {
            let page = try LogPage(list, of: reader, looking: 1)
            found += page.events.count
            empty += page.events.isEmpty ? 1 : 0
            guard let next = page.next else { break }
            try #require(next >= list.first, "it does not go on")
            list.first = next + 1
        }
        #expect(found == 3 && empty > 2, "\(empty)")
    }

    @Test("a page ends earlier where its events are large")
    func bytes() async throws {
        let fixture = try APIFixture.plant()
        let text = String(repeating: "a", count: 300_000)
        for _ in 0..<8 { await fixture.hear("plant/press-1/telemetry", #"{"a":"\#(text)"}"#) }
        let first = await fixture.admin(.get, "/log?topic=%23&limit=1000")
        #expect(first.status == 200 && first["events"]?.array?.count == 4)
        #expect(first["next"] != nil)
        #expect(try await fixture.all("events", at: "/log?topic=%23", limit: 1_000).count == 8)
    }

    @Test("every wrong parameter is told of by its name")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        await fixture.expectRefused(
            "/log",
            [
                ("from=-1", "BAD_FROM"), ("to=x", "BAD_TO"), ("topic=", "BAD_TOPIC"),
                ("topic=a/%23/b", "BAD_TOPIC"), ("topic=a%2B", "BAD_TOPIC"),
                ("topic=" + String(repeating: "a", count: 1_025), "BAD_TOPIC"),
                ("since=x", "BAD_SINCE"), ("since=1m&until=1h", "BAD_UNTIL"),
                ("limit=0", "BAD_LIMIT"), ("cursor=x", "BAD_CURSOR"),
                ("after=1h", "BAD_PARAMETER"),
            ])
    }
}
