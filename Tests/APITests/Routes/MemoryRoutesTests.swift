import Core
import HTTPTypes
import Proof
import Store
import Testing

@testable import API

@Suite("The routes of memories")
struct MemoryRoutesTests {
    private func store(
        _ fixture: APIFixture, _ content: String, _ more: String = ""
    ) async throws -> Int64 {
        let answer = await fixture.admin(
            .post, "/memory", body: #"{"layer":"semantic","content":"\#(content)"\#(more)}"#)
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer["id"]?.int)
    }

    @Test("a memory is stored under the name of whoever asks, and Location leads to it")
    func stored() async throws {
        let fixture = try APIFixture.plant()
        let token = try await fixture.key(role: .operator, name: "shift")
        let body = #"""
            {"layer":"long-term","content":"Wartung ä","tags":["heat","heat","b"],
            "entity":"north/lathe é","user_id":"somebody else"}
            """#
        let answer = await fixture.request(.post, "/memory", token: token, body: body)
        #expect(answer.status == 201, "\(answer.text)")
        let id = try #require(answer["id"]?.int)
        #expect(answer.headers[.location] == "/memory/\(id)")
        let author = try #require(answer["user_id"]?.string)
        #expect(author.hasPrefix("key:") && author.hasSuffix(" shift"), "\(author)")
        #expect(answer["tags"]?.array?.compactMap(\.string) == ["heat", "b"])
        #expect(answer["entity"]?.string == "north/lathe é")
        #expect(answer["pinned"]?.bool == false)
        let shown = await fixture.request(.get, "/memory/\(id)", token: token)
        #expect(shown.status == 200 && shown.body == answer.body)
    }

    @Test("what is no memory is refused with what would be one")
    func badBodies() async throws {
        let fixture = try APIFixture.plant()
        for (body, code) in [
            ("", "BAD_JSON"), ("{", "BAD_JSON"), ("[]", "NOT_AN_OBJECT"),
            (#"{"content":"a"}"#, "BAD_LAYER"), (#"{"layer":"working"}"#, "BAD_LAYER"),
            (#"{"layer":"semantic"}"#, "BAD_CONTENT"),
            (#"{"layer":"semantic","content":""}"#, "BAD_CONTENT"),
            (#"{"layer":"semantic","content":"a\u0000"}"#, "BAD_CONTENT"),
            (#"{"layer":"semantic","content":"a","tags":"b"}"#, "BAD_TAGS"),
            (#"{"layer":"semantic","content":"a","entity":7}"#, "BAD_ENTITY"),
        ] {
            let answer = await fixture.admin(.post, "/memory", body: body)
            #expect(answer.status == 400 && answer.code == code, "\(body): \(answer.text)")
        }
        let none = await fixture.admin(.get, "/memory")
        #expect(none["total"]?.int == 0 && none["memories"]?.array?.isEmpty == true)
    }

    @Test("by words, layer, entity, tags and time; pages have every one once")
    func search() async throws {
        let fixture = try APIFixture.plant()
        var ids: [Int64] = []
        for number in 1...12 {
            let more = #","tags":["n\#(number % 3)","all"],"entity":"press-\#(number % 2)""#
            ids.append(try await store(fixture, "pump \(number) failed", more))
            fixture.clock.advance(by: .seconds(60))
        }
        let newest = Array(ids.reversed())
        for limit in [1, 5, 12, 100] {
            let found = try await fixture.all("memories", at: "/memory", limit: limit)
            #expect(found.compactMap { $0["id"]?.int } == newest, "\(limit) each")
            let ranked = try await fixture.all(
                "memories", at: "/memory?query=pump+failed", limit: limit)
            #expect(Set(ranked.compactMap { $0["id"]?.int }) == Set(ids))
            #expect(ranked.count == ids.count && ranked.allSatisfy { $0["score"]?.double != nil })
        }
        func count(_ query: String) async -> Int64? {
            await fixture.admin(.get, "/memory?" + query)["total"]?.int
        }
        #expect(await count("query=pump&limit=1") == 12)
        #expect(await count("query=%22pump+7%22") == 1)
        #expect(await count("entity=press-1") == 6)
        #expect(await count("tags=n0&tags=all") == 4)
        #expect(await count("tags=n0&tags=n1") == 0)
        #expect(await count("layer=semantic") == 12)
        #expect(await count("layer=episodic") == 0)
        #expect(await count("since=5m") == 5)
        #expect(await count("until=5m") == 7)
        let second = await fixture.admin(.get, "/memory?limit=5&query=pump")
        #expect(second["next"]?.string?.hasSuffix("-5") == true, "\(second.text)")
    }

    @Test("every wrong parameter is told of by its name")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        await fixture.expectRefused(
            "/memory",
            [
                ("layer=working", "BAD_LAYER"), ("limit=0", "BAD_LIMIT"),
                ("limit=1001", "BAD_LIMIT"), ("cursor=12", "BAD_CURSOR"), ("tags=", "BAD_TAGS"),
                ("since=x", "BAD_SINCE"), ("until=x", "BAD_UNTIL"),
                ("since=1m&until=1h", "BAD_UNTIL"), ("query=a&query=b", "BAD_QUERY"),
                ("words=a", "BAD_PARAMETER"),
                ("query=" + String(repeating: "a", count: 4_097), "BAD_QUERY"),
                ((1...17).map { "tags=\($0)" }.joined(separator: "&"), "BAD_TAGS"),
            ])
        for id in ["0", "x", "-1", "1.5", "99999999999999999999"] {
            let answer = await fixture.admin(.get, "/memory/\(id)")
            #expect(answer.status == 400 && answer.code == "BAD_ID", "\(id): \(answer.text)")
        }
    }

    @Test("one is pinned, unpinned, and forgotten once")
    func changes() async throws {
        let fixture = try APIFixture.plant()
        let id = try await store(fixture, "old")
        for _ in 1...2 {
            let pinned = await fixture.admin(.put, "/memory/\(id)/pin")
            #expect(pinned.status == 200 && pinned["pinned"]?.bool == true, "\(pinned.text)")
        }
        let unpinned = await fixture.admin(.delete, "/memory/\(id)/pin")
        #expect(unpinned.status == 200 && unpinned["pinned"]?.bool == false)
        let forgotten = await fixture.admin(.delete, "/memory/\(id)")
        #expect(forgotten.status == 204 && forgotten.body.isEmpty, "\(forgotten.text)")
        for (method, path) in [
            (.get, "/memory/\(id)"), (.delete, "/memory/\(id)"),
            (.put, "/memory/\(id)/pin"), (.delete, "/memory/\(id)/pin"),
        ] as [(HTTPRequest.Method, String)] {
            let gone = await fixture.admin(method, path)
            #expect(gone.status == 404 && gone.code == "NOT_FOUND", "\(method) \(gone.text)")
        }
    }

    @Test("one is linked to as many entities as can be, and a link is taken away once")
    func links() async throws {
        let fixture = try APIFixture.plant()
        let id = try await store(fixture, "told", #","entity":"press-1""#)
        let odd = "line/1 é %2F"
        let path = "/memory/\(id)/links/"
        for _ in 1...2 {
            let linked = await fixture.admin(.put, path + odd.percentEncoded)
            #expect(linked.status == 200, "\(linked.text)")
            #expect(linked["linked_to"]?.array?.compactMap(\.string) == [odd])
        }
        for number in 1..<Limits.memoryLinksMax {
            let linked = await fixture.admin(.put, path + "line-\(number)")
            #expect(linked.status == 200, "\(linked.text)")
        }
        let full = await fixture.admin(.put, path + "more")
        #expect(full.status == 409 && full.code == "CONFLICT", "\(full.text)")
        let unlinked = await fixture.admin(.delete, path + odd.percentEncoded)
        let left = unlinked["linked_to"]?.array?.count
        #expect(unlinked.status == 200 && left == Limits.memoryLinksMax - 1, "\(unlinked.text)")
        let again = await fixture.admin(.delete, path + odd.percentEncoded)
        #expect(again.status == 404 && again.code == "NOT_FOUND", "\(again.text)")
        for method in [HTTPRequest.Method.put, .delete] {
            let none = await fixture.admin(method, "/memory/\(id + 1)/links/a")
            #expect(none.status == 404 && none.code == "NOT_FOUND", "\(none.text)")
            let name = await fixture.admin(method, path + "%ff")
            #expect(name.status == 400 && name.code == "BAD_ENTITY", "\(name.text)")
            let number = await fixture.admin(method, "/memory/x/links/a")
            #expect(number.status == 400 && number.code == "BAD_ID", "\(number.text)")
        }
    }

    @Test("they are counted by layer, with what roll-ups there are")
    func stats() async throws {
        let fixture = try APIFixture.plant()
        let id = try await store(fixture, "old")
        _ = try await store(fixture, "new")
        _ = await fixture.admin(.put, "/memory/\(id)/pin")
        let answer = await fixture.admin(.get, "/memory/stats")
        #expect(answer.status == 200 && answer["total"]?.int == 2, "\(answer.text)")
        let layers = answer["layers"]
        // What is pinned is one for the long term.
        #expect(layers?["semantic"]?.int == 1, "\(answer.text)")
        #expect(layers?["long-term"]?.int == 1, "\(answer.text)")
        #expect(answer["pinned"]?.int == 1, "\(answer.text)")
        #expect(answer.body == (try MemoryStats(StoreReader(path: fixture.storePath)).json))
        await fixture.expectRefused("/memory/stats", [("layer=semantic", "BAD_PARAMETER")])
    }

    @Test("a change is in the audit chain with who and from where, a refused one is not")
    func access() async throws {
        let fixture = try APIFixture.plant()
        let id = try await store(fixture, "told")
        _ = await fixture.admin(.delete, "/memory/\(id + 1)")
        _ = await fixture.admin(.put, "/memory/\(id + 1)/links/line-1")
        _ = await fixture.admin(.put, "/memory/\(id)/links/line-1")
        await fixture.services.access.flush(isFinal: true)
        let links = try await fixture.all("links", at: "/audit?kind=access", limit: 100)
        let changes = links.compactMap { $0["record"] }.filter {
            $0["access"]?.string == "changed"
        }
        #expect(
            changes.compactMap { $0["what"]?.string }.sorted()
                == ["POST /memory", "PUT /memory/{id}/links/{entity}"], "\(links)")
        #expect(changes.first?["by"]?.string == "uid:0")
        #expect(changes.first?["from"]?.string == "unix")
    }
}
