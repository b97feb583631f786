import Core
import Store
import Testing

@testable import API

@Suite("The routes of API keys")
struct KeyRoutesTests {
    private let fixture: APIFixture

    init() throws { fixture = try APIFixture.make() }

    private func create(_ body: String) async -> Answer {
        await fixture.admin(.post, "/keys", body: body)
    }

    /// Whether a key opens a route of viewers.
    private func status(_ key: String) async -> Int {
        await fixture.request(.get, "/status", token: key).status
    }

    /// The first key of the list.
    private func listed() async -> JSONValue? {
        await fixture.admin(.get, "/keys")["keys"]?.array?.first
    }

    @Test("a key is shown once, is good at once, and its secret is nowhere else")
    func create() async throws {
        let answer = await create(#"{"name":"panel","role":"viewer"}"#)
        #expect(answer.status == 201 && answer.headers[.cacheControl] == "no-store")
        let key = try #require(answer["key"]?.string)
        let id = try #require(answer["id"]?.string)
        #expect(key.hasPrefix("jamey_\(id)_"))
        #expect(answer["role"]?.string == "viewer" && answer["created_by"]?.string == "uid:0")
        #expect(await status(key) == 200)
        let list = await fixture.admin(.get, "/keys")
        #expect(list["keys"]?.array?.map { $0["id"]?.string } == [id])
        #expect(list["keys"]?.array?.first?["last_used_at"] != nil)
        let secret = String(key.suffix(43))
        #expect(!list.text.contains(secret))
        #expect(!fixture.log.lines.contains { $0.contains(secret) })
        let stored = try StoreReader(path: fixture.storePath).apiKeys()
        #expect(stored.map(\.id) == [id] && stored.first?.name == "panel")
    }

    @Test(
        "what is no key is refused",
        arguments: [
            ("{}", "BAD_NAME"), (#"{"name":"","role":"viewer"}"#, "BAD_NAME"),
            (#"{"name":"a\nb","role":"viewer"}"#, "BAD_NAME"),
            (#"{"name":"a\u202eb","role":"viewer"}"#, "BAD_NAME"),
            (#"{"name":"a\u034f","role":"viewer"}"#, "BAD_NAME"),
            (#"{"name":"a ","role":"viewer"}"#, "BAD_NAME"),
            (#"{"name":"a"}"#, "BAD_ROLE"), (#"{"name":"a","role":"root"}"#, "BAD_ROLE"),
            (#"{"name":"a","role":"viewer","expires_in":"soon"}"#, "BAD_EXPIRES_IN"),
            (#"{"name":"a","role":"viewer","expires_in":"1s"}"#, "BAD_EXPIRES_IN"),
            (#"{"name":"a","role":"viewer","expires_in":7}"#, "BAD_EXPIRES_IN"),
        ])
    func refused(_ body: String, _ code: String) async throws {
        let answer = await create(body)
        #expect(answer.status == 400 && answer.code == code, "\(answer.text)")
        #expect(try StoreReader(path: fixture.storePath).apiKeys().isEmpty)
    }

    @Test("a key expires when it was said to")
    func expiry() async throws {
        let answer = await create(#"{"name":"a","role":"viewer","expires_in":"1h"}"#)
        let key = try #require(answer["key"]?.string)
        fixture.clock.advance(by: .seconds(3_599))
        #expect(await status(key) == 200)
        fixture.clock.advance(by: .seconds(1))
        #expect(await status(key) == 401)
        let id = try #require(answer["id"]?.string)
        let late = await fixture.admin(.post, "/keys/\(id)/rotate")
        #expect(late.status == 409 && late.code == "CONFLICT")
    }

    @Test("after a rotation both secrets are good, until the earlier one's time is over")
    func rotation() async throws {
        let answer = await create(#"{"name":"a","role":"viewer"}"#)
        let (id, old) = (
            try #require(answer["id"]?.string), try #require(answer["key"]?.string)
        )
        let rotated = await fixture.admin(
            .post, "/keys/\(id)/rotate", body: #"{"overlap":"2h"}"#)
        let new = try #require(rotated["key"]?.string, "\(rotated.text)")
        #expect(rotated["id"]?.string == id && new != old && rotated["previous_until"] != nil)
        #expect(await status(old) == 200)
        #expect(await status(new) == 200)
        fixture.clock.advance(by: .seconds(7_199))
        #expect(await listed()?["previous_until"] != nil)
        fixture.clock.advance(by: .seconds(1))
        #expect(await listed()?["previous_until"] == nil)
        #expect(await status(old) == 401)
        #expect(await status(new) == 200)
        // Without overlap the one before is good for nothing at once.
        let last = await fixture.admin(.post, "/keys/\(id)/rotate", body: #"{"overlap":"0s"}"#)
        #expect(last.status == 200 && last["previous_until"] == nil, "\(last.text)")
        #expect(await status(new) == 401)
        let listed = await listed()
        #expect(listed?["id"]?.string == id && listed?["previous_until"] == nil)
        let stored = try StoreReader(path: fixture.storePath).apiKeys().first
        let known = fixture.services.keys.key(id)
        #expect(stored?.previousUntil == nil && stored?.previousHash == nil)
        #expect(known?.previousHash == nil && known?.hash == stored?.hash)
        let wrong = await fixture.admin(.post, "/keys/\(id)/rotate", body: #"{"overlap":"1y"}"#)
        #expect(wrong.status == 400 && wrong.code == "BAD_OVERLAP")
    }

    @Test("of a key that is over no earlier secret is told", arguments: [true, false])
    func earlierSecretOfNone(isRevoked: Bool) async throws {
        let made = await create(#"{"name":"a","role":"viewer","expires_in":"1h"}"#)
        let id = try #require(made["id"]?.string)
        let rotated = await fixture.admin(
            .post, "/keys/\(id)/rotate", body: #"{"overlap":"2h"}"#)
        #expect(rotated["previous_until"] != nil, "\(rotated.text)")
        if isRevoked {
            _ = await fixture.admin(.delete, "/keys/\(id)")
        } else {
            fixture.clock.advance(by: .seconds(3_600))
        }
        let key = await listed()
        #expect(key?["id"]?.string == id && key?["previous_until"] == nil)
    }

    @Test("a revoked key is good for nothing from the next request on, and for ever")
    func revocation() async throws {
        let key = try await fixture.key(role: .viewer)
        let id = try #require(APIKeyToken(key)?.id)
        #expect(await status(key) == 200)
        let revoked = await fixture.admin(.delete, "/keys/\(id)")
        #expect(revoked.status == 204)
        #expect(await status(key) == 401)
        let again = await fixture.admin(.delete, "/keys/\(id)")
        #expect(again.status == 204)
        let rotated = await fixture.admin(.post, "/keys/\(id)/rotate")
        #expect(rotated.status == 409)
        let list = await fixture.admin(.get, "/keys")
        #expect(list["keys"]?.array?.first?["revoked_at"] != nil)
    }

    @Test("a key that there is not is not found")
    func unknown() async throws {
        let rotated = await fixture.admin(.post, "/keys/0123456789ab/rotate")
        #expect(rotated.status == 404)
        let revoked = await fixture.admin(.delete, "/keys/nobody")
        #expect(revoked.status == 404)
    }

    @Test("as long as the keys are not read, none is listed, and none is said not to be there")
    func notRead() async throws {
        let fixture = try APIFixture.make(areKeysRead: false)
        func ask() async -> [Answer] {
            [
                await fixture.admin(.get, "/keys"),
                await fixture.admin(.post, "/keys/0123456789ab/rotate"),
            ]
        }
        for answer in await ask() {
            #expect(answer.status == 503 && answer.code == "UNAVAILABLE", "\(answer.text)")
            #expect(answer["error"]?.string?.contains("keys cannot be read") == true)
            #expect(answer.headers[.retryAfter] != nil)
        }
        try #require(await fixture.server.loadKeys())
        #expect(await ask().map(\.status) == [200, 404])
    }

    @Test("lists have pages, the oldest first")
    func pages() async throws {
        for number in 1...5 {
            _ = await create(#"{"name":"k\#(number)","role":"viewer"}"#)
            fixture.clock.advance(by: .seconds(1))
        }
        let all = try await fixture.all("keys", at: "/keys", limit: 2)
        #expect(all.compactMap { $0["name"]?.string } == ["k1", "k2", "k3", "k4", "k5"])
        await fixture.expectRefused(
            "/keys", [("cursor=nobody", "BAD_CURSOR"), ("x=1", "BAD_PARAMETER")])
    }
}
