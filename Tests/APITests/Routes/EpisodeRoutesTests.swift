import Core
import HTTPTypes
import Proof
import Store
import Testing

@testable import API

@Suite("The routes of episodes")
struct EpisodeRoutesTests {
    /// A quarter of an hour in which three presses were too hot, each for 30 s, and a fourth is.
    private func lived() async throws -> APIFixture {
        let fixture = try APIFixture.plant()
        for number in 1...3 {
            for temp in [70.0, 90, 60, 61] {
                await fixture.measure("press-\(number)", temp)
                fixture.clock.advance(by: .seconds(30))
            }
            fixture.clock.advance(by: .seconds(180))
        }
        await fixture.measure("press-4", 95)
        return fixture
    }

    @Test("the newest first, as jameyctl writes them; pages have every one once")
    func list() async throws {
        let fixture = try await lived()
        let reader = try StoreReader(path: fixture.storePath)
        let stored = try reader.episodes(EpisodeQuery(limit: 100)).map {
            try JSONScanner.scan($0.json)
        }
        #expect(stored.compactMap { $0["entity"]?.string }.count == 4)
        for limit in [1, 3, 4, 100] {
            let found = try await fixture.all("episodes", at: "/episodes", limit: limit)
            #expect(found == stored, "\(limit) each")
        }
    }

    @Test("by entity, whether they are open, and time")
    func filters() async throws {
        let fixture = try await lived()
        func ids(_ query: String) async throws -> [Int64] {
            try await fixture.all("episodes", at: "/episodes?\(query)", limit: 1)
                .compactMap { $0["id"]?.int }
        }
        #expect(try await ids("open=true") == [4])
        #expect(try await ids("open=false") == [4, 3, 2, 1])
        #expect(try await ids("entity=press-2") == [2])
        #expect(try await ids("entity=nobody") == [])
        #expect(try await ids("until=8m") == [2, 1])
        #expect(try await ids("since=7m") == [4, 3])
        // It was opened before the one time and open at the other.
        #expect(try await ids("since=8m20s&until=9m10s") == [2])
    }

    @Test("one with what led up to it and what followed; pages have every message once")
    func one() async throws {
        let fixture = try await lived()
        let answer = await fixture.admin(.get, "/episodes/2")
        #expect(answer.status == 200 && answer["entity"]?.string == "press-2", "\(answer.text)")
        let messages = try #require(answer["messages"]?.array)
        #expect(
            messages.compactMap { $0["payload"]?.string }
                == ["70.0", "90.0", "60.0", "61.0"].map { #"{"temp":\#($0)}"# })
        #expect(answer["next"] == nil)
        for limit in [1, 3, 4, 100] {
            let found = try await fixture.all("messages", at: "/episodes/2", limit: limit)
            #expect(found == messages, "\(limit) each")
        }
        let behind = await fixture.admin(.get, "/episodes/2?cursor=\(Int64.max)")
        #expect(behind.status == 200 && behind["messages"] == .array([]), "\(behind.text)")
    }

    @Test("what is not there, and every wrong parameter, is told of by its name")
    func refused() async throws {
        let fixture = try await lived()
        let none = await fixture.admin(.get, "/episodes/99")
        #expect(none.status == 404 && none.code == "NOT_FOUND", "\(none.text)")
        for id in ["0", "x", "-1", "99999999999999999999"] {
            let answer = await fixture.admin(.get, "/episodes/\(id)")
            #expect(answer.status == 400 && answer.code == "BAD_ID", "\(id): \(answer.text)")
        }
        await fixture.expectRefused(
            "/episodes",
            [
                ("open=yes", "BAD_OPEN"), ("open=", "BAD_OPEN"), ("since=x", "BAD_SINCE"),
                ("until=x", "BAD_UNTIL"), ("limit=0", "BAD_LIMIT"), ("cursor=-1", "BAD_CURSOR"),
                ("entity=%ff", "BAD_ENTITY"), ("before=3", "BAD_PARAMETER"),
            ])
        await fixture.expectRefused(
            "/episodes/1",
            [
                ("limit=1001", "BAD_LIMIT"), ("cursor=x", "BAD_CURSOR"),
                ("entity=a", "BAD_PARAMETER"),
            ])
    }
}
