import Core
import HTTPTypes
import Hummingbird
import Logging
import Testing

@testable import API

@Suite("Bodies of requests")
struct BodyLimitTests {
    private func respond(
        _ fixture: APIFixture, _ fields: HTTPFields, _ body: RequestBody,
        at path: String = "/memory", from source: API.Source = .unix(uid: 0)
    ) async throws -> Answer {
        let logger = Logger(label: "test") { [log = fixture.log] _ in log }
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: nil, path: path, headerFields: fields)
        let response = try await fixture.server.responder.respond(
            to: Request(head: head, body: body),
            context: APIContext(
                source: APIContextSource(client: source, logger: logger)))
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code, headers: response.headers, body: collector.bytes)
    }

    @Test("a body that is announced as too large is refused unread")
    func announced() async throws {
        let fixture = try APIFixture.make()
        let unread = RequestBody(asyncSequence: AsyncStream<ByteBuffer> { _ in })
        let answer = try await respond(
            fixture,
            [
                .contentLength: "\(Limits.apiBodyBytesMax + 1)",
                .contentType: "application/json",
            ], unread)
        #expect(answer.status == 413)
        #expect(answer.code == "BODY_TOO_LARGE")
    }

    @Test("a body that comes in chunks is refused where it becomes too large")
    func chunked() async throws {
        let fixture = try APIFixture.make()
        let answer = try await respond(
            fixture, [.transferEncoding: "chunked", .contentType: "application/json"],
            Self.chunks(Limits.apiBodyBytesMax / 1_024 + 1))
        #expect(answer.status == 413)
        #expect(answer.code == "BODY_TOO_LARGE")
    }

    /// - Parameter count: as many KiB, each in a chunk of its own.
    private static func chunks(_ count: Int) -> RequestBody {
        let chunk = ByteBuffer(repeating: 0x20, count: 1_024)
        return RequestBody(
            asyncSequence: AsyncStream<ByteBuffer> { continuation in
                for _ in 0..<count { continuation.yield(chunk) }
                continuation.finish()
            })
    }

    @Test("a body shorter than announced is taken for none")
    func brokenOff() async throws {
        let fixture = try APIFixture.make()
        let answer = try await respond(
            fixture, [.contentLength: "20", .contentType: "application/json"],
            RequestBody(buffer: ByteBuffer(string: #"{"content":"a"}"#)))
        #expect(answer.status == 400)
        #expect(answer.code == "BAD_REQUEST")
    }

    @Test(
        "a body of another type is refused, with the type that is taken",
        arguments: ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
    func otherTypes(type: String) async throws {
        let fixture = try APIFixture.make()
        let answer = await fixture.admin(
            .post, "/memory", headers: [.contentType: type], body: #"{"content":"a"}"#)
        #expect(answer.status == 415)
        #expect(answer.code == "UNSUPPORTED_MEDIA_TYPE")
        #expect(answer["error"]?.string?.contains("application/json") == true)
    }

    @Test("the type may say its character set, and is read in any case")
    func parameters() async throws {
        let fixture = try APIFixture.make()
        for type in ["application/json; charset=utf-8", "Application/JSON", "application/json ;"] {
            let answer = await fixture.admin(
                .post, "/memory", headers: [.contentType: type], body: "[")
            #expect(answer.code == "BAD_JSON", "\(type): \(answer.text)")
        }
    }

    @Test("a compressed body is refused: its size could not be known")
    func compressed() async throws {
        let fixture = try APIFixture.make()
        let answer = await fixture.admin(
            .post, "/memory", headers: [.contentEncoding: "gzip"], body: "{}")
        #expect(answer.status == 415)
    }

    @Test("what is held at once has a bound, and room is given back")
    func held() async throws {
        let limit = BodyLimit()
        let fields: HTTPFields = [
            .contentLength: "\(Limits.apiBodyBytesMax)", .contentType: "application/json",
        ]
        let request = Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: nil, path: "/", headerFields: fields),
            body: RequestBody(
                buffer: ByteBuffer(repeating: 0x20, count: Limits.apiBodyBytesMax)))
        let cases: [(source: API.Source, bytes: Int, refused: HTTPResponse.Status)] = [
            (.unix(uid: 0), Limits.apiBodiesBytesMax, .serviceUnavailable),
            (.address("192.0.2.1"), Limits.apiBodiesBytesOfPrincipal, .tooManyRequests),
        ]
        for (source, bytes, status) in cases {
            let context = Self.context(source)
            let count = bytes / Limits.apiBodyBytesMax
            let refused = try await Self.refusedStatus(holding: count, limit, request, context)
            #expect(refused == status, "\(source)")
            let last = try await Self.refusedStatus(holding: count - 1, limit, request, context)
            #expect(last == nil, "\(source)")
        }
    }

    private static func context(_ source: API.Source) -> APIContext {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var context = APIContext(source: APIContextSource(client: source, logger: logger))
        context.principal = Principal(name: "a", role: .operator)
        return context
    }

    @Test("a dry run, which a viewer may ask for, takes a small body only, however it comes")
    func dryRun() async throws {
        let fixture = try APIFixture.make()
        let viewer = try await fixture.key(role: .viewer)
        let text = String(repeating: "x", count: Limits.indexedPayloadBytesMax)
        let large = #"{"action":"a","context":{"text":"\#(text)"}}"#
        let refused = await fixture.request(
            .post, "/evaluate?dry_run=true", token: viewer, body: large)
        #expect(refused.status == 413, "\(refused.text)")
        #expect(refused["error"]?.string?.contains("65536") == true, "\(refused.text)")
        let fields: HTTPFields = [
            .transferEncoding: "chunked", .contentType: "application/json",
            .authorization: "Bearer \(viewer)",
        ]
        let chunked = try await respond(
            fixture, fields, Self.chunks(65), at: "/evaluate?dry_run=true",
            from: .address("192.0.2.1"))
        #expect(chunked.status == 413 && chunked.code == "BODY_TOO_LARGE", "\(chunked.text)")
        let taken = await fixture.request(
            .post, "/evaluate?dry_run=true", token: viewer, body: #"{"action":"a"}"#)
        #expect(taken.status == 200, "\(taken.text)")
        // Without one it is the agent that looks.
        let kept = await fixture.admin(.post, "/evaluate", body: large)
        #expect(kept.status != 413, "\(kept.text)")
    }

    @Test("a body is not read before it is known that its sender may do what it asks for")
    func unread() async throws {
        let fixture = try APIFixture.make()
        let viewer = try await fixture.key(role: .viewer)
        let never = RequestBody(asyncSequence: AsyncStream<ByteBuffer> { _ in })
        for (token, status) in [(viewer, 403), ("jamey_unknown", 401)] {
            let fields: HTTPFields = [
                .contentLength: "100", .contentType: "application/json",
                .authorization: "Bearer \(token)",
            ]
            let answer = try await respond(
                fixture, fields, never, from: .address("192.0.2.1"))
            #expect(answer.status == status, "\(answer.text)")
        }
    }

    /// Holds so many bodies at once, and asks for one more.
    /// - Returns: as what the last was refused.
    private static func refusedStatus(
        holding count: Int, _ limit: BodyLimit, _ request: Request, _ context: APIContext
    ) async throws -> HTTPResponse.Status? {
        var refused: HTTPResponse.Status?
        do {
            _ = try await limit.collect(request, as: .json, from: context) { _ in
                if count > 0 {
                    refused = try await refusedStatus(
                        holding: count - 1, limit, request, context)
                }
                return Response(status: .ok)
            }
        } catch let error as APIError { return error.status }
        return refused
    }
}
