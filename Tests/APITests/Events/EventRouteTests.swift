import Core
import HTTPTypes
import Hummingbird
import Store
import Synchronization
import Testing

@testable import API

@Suite("The route of events")
struct EventRouteTests {
    /// Keeps what a stream has written so far.
    private final class Heard: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
        func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
    }

    private struct StreamWriter: ResponseBodyWriter {
        let heard: Heard

        mutating func write(_ buffer: ByteBuffer) async throws {
            heard.add(Array(buffer.readableBytesView))
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    /// Listens until the feed is closed.
    private func listen(
        _ fixture: APIFixture, after id: String? = nil, token: String? = nil
    ) async throws -> (heard: Heard, task: Task<Void, any Error>, headers: HTTPFields) {
        var headers: HTTPFields = [:]
        if let id { headers[try #require(HTTPField.Name("Last-Event-ID"))] = id }
        let source: API.Source = token == nil ? .unix(uid: 0) : .address("127.0.0.1")
        let response = try await fixture.respond(
            .get, "/events", token: token, from: source, headers: headers)
        try #require(response.status == .ok)
        let heard = Heard()
        let body = response.body
        let task = Task { try await body.write(StreamWriter(heard: heard)) }
        return (heard, task, response.headers)
    }

    private func lastRow(_ fixture: APIFixture) throws -> Int64 {
        try StoreReader(path: fixture.storePath).decisions(DecisionQuery(limit: 1)).first?.row ?? 0
    }

    @Test("a listener hears the state, verdicts and alerts as they happen")
    func live() async throws {
        let fixture = try APIFixture.plant()
        let (heard, task, headers) = try await listen(fixture)
        #expect(headers[.contentType] == "text/event-stream")
        #expect(headers[.cacheControl] == "no-store")
        try await Condition.becomesTrue("the state") {
            heard.text.contains("event: status\ndata: {\"status\":\"online\"")
        }
        await fixture.propose("press-1", rpm: 1_000)
        await fixture.measure("press-1", 90)
        try await Condition.becomesTrue("the alert") { heard.text.contains("event: alert\n") }
        let rows = try lastRow(fixture)
        #expect(heard.text.contains("id: \(rows)\nevent: alert\n"))
        #expect(heard.text.contains("id: \(rows - 1)\nevent: decision\n"))
        await fixture.services.events.close()
        try await task.value
    }

    @Test("a listener that comes again goes on behind what it heard last")
    func resumed() async throws {
        let fixture = try APIFixture.plant()
        for number in 1...4 { await fixture.propose("press-\(number)", rpm: 1_000) }
        let first = try lastRow(fixture) - 3
        let (heard, task, _) = try await listen(fixture, after: "\(first)")
        try await Condition.becomesTrue("the last") {
            heard.text.contains("id: \(first + 3)\n")
        }
        for row in first + 1...first + 3 { #expect(heard.text.contains("id: \(row)\n")) }
        #expect(!heard.text.contains("id: \(first)\n"))
        await fixture.services.events.close()
        try await task.value
    }

    @Test("what is no id of an event is refused")
    func badID() async throws {
        let fixture = try APIFixture.plant()
        let name = try #require(HTTPField.Name("Last-Event-ID"))
        for id in ["x", "-1", "1.5"] {
            let answer = await fixture.admin(.get, "/events", headers: [name: id])
            #expect(answer.status == 400 && answer.code == "BAD_LAST_EVENT_ID", "\(id)")
        }
    }

    @Test("a stream ends when the key is revoked that opened it")
    func revoked() async throws {
        let fixture = try APIFixture.plant()
        let token = try await fixture.key(role: .viewer)
        let (heard, task, _) = try await listen(fixture, token: token)
        try await Condition.becomesTrue("the state") { heard.text.contains("event: status") }
        let id = try #require(APIKeyToken(token)?.id)
        let answer = await fixture.admin(.delete, "/keys/\(id)")
        #expect(answer.status == 204)
        try await task.value
    }

    @Test("a stream goes on with the secret that opened it, for as long as that one is good")
    func rotated() async throws {
        let fixture = try APIFixture.plant()
        let token = try await fixture.key(role: .viewer)
        let id = try #require(APIKeyToken(token)?.id)
        let (heard, task, _) = try await listen(fixture, token: token)
        try await Condition.becomesTrue("the state") { heard.text.contains("event: status") }
        let kept = await fixture.admin(.post, "/keys/\(id)/rotate", body: #"{"overlap":"1h"}"#)
        try #require(kept.status == 200, "\(kept.text)")
        await fixture.services.events.look()
        #expect(await fixture.services.events.listenerCount == 1, "both secrets are good")
        let ended = await fixture.admin(.post, "/keys/\(id)/rotate", body: #"{"overlap":"0s"}"#)
        try #require(ended.status == 200, "\(ended.text)")
        try await Condition.becomesTrue("the end") {
            await fixture.services.events.listenerCount == 0
        }
        try await task.value
    }

    @Test("a stream ends with the token that opened it, and with the key that signed that")
    func token() async throws {
        let site = try TokenSite()
        let jwt = try site.settings()
        let fixture = try APIFixture.make(settings: { settings, _ in settings.jwt = jwt })
        await fixture.server.reload()
        let issuer = TokenIssuer.hs256(site.secret, id: "hs-1")
        for isExpiring in [true, false] {
            let end = TokenIssuer.seconds + (isExpiring ? 60 : 3_600)
            let token = try issuer.token(["exp": .seconds(end)])
            let (heard, task, _) = try await listen(fixture, token: token)
            try await Condition.becomesTrue("the state") {
                heard.text.contains("event: status")
            }
            await fixture.services.events.look()
            #expect(await fixture.services.events.listenerCount == 1)
            if isExpiring {
                // Much less than a stream may last.
                fixture.clock.advance(by: .seconds(60) + jwt.leeway)
            } else {
                try site.write(String(repeating: "n", count: 40), to: "hs")
                await fixture.server.reload()
            }
            try await Condition.becomesTrue("the end") {
                await fixture.services.events.listenerCount == 0
            }
            try await task.value
        }
    }

    @Test("HEAD begins no stream, and there is none by MQTT")
    func notBegun() async throws {
        let fixture = try APIFixture.plant()
        let head = await fixture.admin(.head, "/events")
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head.headers[.contentType] == "text/event-stream")
        let token = try await fixture.key(role: .viewer)
        let answer = await fixture.request(
            .get, "/events", token: token, from: .mqtt(topic: "api/requests"))
        #expect(answer.status == 400 && answer.code == "NOT_BY_MQTT")
    }
}
