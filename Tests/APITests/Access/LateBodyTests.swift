import Core
import HTTPTypes
import Hummingbird
import Logging
import Testing

@testable import API

@Suite("A body that comes after what its sender has shown is over")
struct LateBodyTests {
    private let body = #"{"name":"mine","role":"admin"}"#

    /// Asks for a new key with half of the body; the other half comes when `end` is done.
    private func create(
        _ fixture: APIFixture, showing token: String?, from source: API.Source,
        then end: () async throws -> Void
    ) async throws -> Answer {
        let (chunks, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let half = body.utf8.count / 2
        continuation.yield(ByteBuffer(bytes: body.utf8.prefix(half)))
        var fields: HTTPFields = [
            .contentLength: "\(body.utf8.count)", .contentType: "application/json",
        ]
        if let token { fields[.authorization] = "Bearer " + token }
        let request = Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: nil, path: "/keys",
                headerFields: fields),
            body: RequestBody(asyncSequence: chunks))
        let (responder, log) = (fixture.server.responder, fixture.log)
        let context = APIContext(
            source: APIContextSource(client: source, logger: Logger(label: "test") { _ in log }))
        let task = Task { try await responder.respond(to: request, context: context) }
        try await end()
        continuation.yield(ByteBuffer(bytes: body.utf8.dropFirst(half)))
        continuation.finish()
        let response = try await task.value
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code, headers: response.headers, body: collector.bytes)
    }

    @Test(
        "whoever has half of it sent cannot act once their key is revoked, rotated or expired",
        arguments: ["REVOKED_KEY", "WRONG_KEY", "EXPIRED_KEY"])
    func key(_ reason: String) async throws {
        let fixture = try APIFixture.make()
        let made = await fixture.admin(
            .post, "/keys", body: #"{"name":"a","role":"admin","expires_in":"1h"}"#)
        let token = try #require(made["key"]?.string, "\(made.text)")
        let id = try #require(made["id"]?.string)
        let answer = try await create(
            fixture, showing: token, from: .address("192.0.2.66")
        ) {
            try await Condition.becomesTrue("the head is judged") {
                fixture.services.keys.key(id)?.lastUsedAt != nil
            }
            switch reason {
            case "REVOKED_KEY": _ = await fixture.admin(.delete, "/keys/\(id)")
            case "WRONG_KEY":
                _ = await fixture.admin(
                    .post, "/keys/\(id)/rotate", body: #"{"overlap":"0s"}"#)
            case _: fixture.clock.advance(by: .seconds(3_600))
            }
        }
        #expect(answer.status == 401 && answer.code == "UNAUTHENTICATED", "\(answer.text)")
        let keys = await fixture.admin(.get, "/keys")["keys"]?.array
        #expect(keys?.map { $0["name"]?.string } == ["a"], "a key was made")
        await fixture.services.access.flush(isFinal: true)
        let chain = await fixture.admin(.get, "/audit?limit=100").text
        #expect(chain.contains("\"\(reason)\""), "\(chain)")
    }

    @Test("the secret before is good while a rotation overlaps, and the local socket always is")
    func good() async throws {
        let fixture = try APIFixture.make()
        let token = try await fixture.key(role: .admin)
        let id = try #require(APIKeyToken(token)?.id)
        let answer = try await create(
            fixture, showing: token, from: .address("192.0.2.1")
        ) {
            try await Condition.becomesTrue("the head is judged") {
                fixture.services.keys.key(id)?.lastUsedAt != nil
            }
            _ = await fixture.admin(.post, "/keys/\(id)/rotate", body: #"{"overlap":"1h"}"#)
        }
        #expect(answer.status == 201, "\(answer.text)")
        let local = try await create(fixture, showing: nil, from: .unix(uid: 0)) {}
        #expect(local.status == 201, "\(local.text)")
    }

    @Test("a token that ends, or whose key is taken back, is over as well")
    func token() async throws {
        let site = try TokenSite()
        var settings = try site.settings()
        settings.leeway = .zero
        let clock = TestClock()
        let verifier = await site.verifier(settings)
        let token = try TokenIssuer.hs256(site.secret, id: "hs-1").token()
        let principal = try verifier.verify(token, at: clock.now()).get()
        guard case .token(let end, let key)? = principal.shown else {
            Issue.record("nobody could see when it ends")
            return
        }
        #expect(end == clock.now() + .seconds(3_600))
        #expect(verifier.fault(until: end, key, at: clock.now()) == nil)
        #expect(verifier.fault(until: end, key, at: end) == .expired)
        // Read again it is the same key.
        await verifier.reload()
        #expect(verifier.fault(until: end, key, at: clock.now()) == nil)
        try site.write(String(repeating: "n", count: 40), to: "hs")
        await verifier.reload()
        #expect(verifier.fault(until: end, key, at: clock.now()) == .unknownKey)
    }
}
