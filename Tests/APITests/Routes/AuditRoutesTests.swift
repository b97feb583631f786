import Core
import HTTPTypes
import Proof
import Store
import Testing

@testable import API

@Suite("The routes of the audit chain")
struct AuditRoutesTests {
    @Test("links, the newest first, as jameyctl writes them; pages have every one once")
    func links() async throws {
        let fixture = try APIFixture.plant()
        for number in 1...6 { await fixture.propose("press-\(number)", rpm: 900 * number) }
        _ = await fixture.admin(.put, "/soul/press-1", body: #"{"trust":0.75}"#)
        await fixture.services.access.flush(isFinal: true)
        let reader = try StoreReader(path: fixture.storePath)
        var links: [AuditLink] = []
        try reader.forEachLinkFromNewest { link in
            links.append(link)
            return true
        }
        try #require(links.count > 8)
        let stored = try links.map { try JSONScanner.scan($0.json) }
        for limit in [3, links.count, 1_000] {
            // What is read is in the access log by the minute only: nothing comes meanwhile.
            let found = try await fixture.all("links", at: "/audit", limit: limit)
            #expect(found == stored, "\(limit) each")
        }
        let head = await fixture.admin(.get, "/audit/head")
        let published = PublishedHead(try reader.auditHead())
        #expect(head.status == 200 && head.body == published.json)
        #expect(head["seq"]?.int == links.first?.seq)
    }

    @Test("by kind and time")
    func filters() async throws {
        let fixture = try APIFixture.plant()
        await fixture.propose("press-1", rpm: 900)
        fixture.clock.advance(by: .seconds(3_600))
        await fixture.propose("press-2", rpm: 900)
        _ = await fixture.admin(.put, "/soul/press-1", body: #"{"trust":0.75}"#)
        func count(_ query: String) async throws -> Int {
            try await fixture.all("links", at: "/audit?\(query)", limit: 1).count
        }
        #expect(try await count("kind=decision") == 2)
        #expect(try await count("kind=trust") == 1)
        #expect(try await count("kind=forgetting") == 0)
        #expect(try await count("kind=decision&since=30m") == 1)
        #expect(try await count("kind=decision&since=2h") == 2)
    }

    @Test("every wrong parameter is told of by its name")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        await fixture.expectRefused(
            "/audit",
            [
                ("kind=decisions", "BAD_KIND"), ("since=x", "BAD_SINCE"), ("limit=0", "BAD_LIMIT"),
                ("cursor=x", "BAD_CURSOR"), ("until=1h", "BAD_PARAMETER"),
            ])
        await fixture.expectRefused("/audit/head", [("limit=1", "BAD_PARAMETER")])
        let kind = await fixture.admin(.get, "/audit?kind=decisions")
        #expect(kind["error"]?.string?.contains("did you mean 'decision'?") == true)
    }
}
