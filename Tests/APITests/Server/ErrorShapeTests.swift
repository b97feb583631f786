import Core
import HTTPTypes
import Hummingbird
import Logging
import Testing

@testable import API

@Suite("Errors")
struct ErrorShapeTests {
    private func expectShape(
        _ answer: Answer, _ status: Int, _ code: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.status == status, "\(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.code == code, "\(answer.text)", sourceLocation: sourceLocation)
        #expect(answer["error"]?.string?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(answer["details"] == nil, sourceLocation: sourceLocation)
        #expect(
            answer.headers[.contentType] == "application/json", sourceLocation: sourceLocation)
    }

    @Test("a path that is no route is not found, whoever asks")
    func notFound() async throws {
        let fixture = try APIFixture.make()
        for path in ["/nothing", "/status/more", "/memory/1/pin/2", "/%", "//nothing//"] {
            expectShape(await fixture.request(.get, path), 404, "NOT_FOUND")
            expectShape(await fixture.admin(.post, path), 404, "NOT_FOUND")
        }
        // In these words whatever the version: jameyctl knows an older agent by them.
        let answer = await fixture.admin(.get, "/nothing")
        #expect(answer["error"]?.string == "there is no such route")
    }

    @Test("a method that a route does not answer is told which it does")
    func methodNotAllowed() async throws {
        let fixture = try APIFixture.make()
        let cases: [(HTTPRequest.Method, String, String)] = [
            (.post, "/status", "GET, HEAD"), (.get, "/evaluate", "POST"),
            (.patch, "/rules/files/a.yaml", "GET, HEAD, PUT, DELETE"),
            (.put, "/memory", "GET, HEAD, POST, DELETE"), (.put, "/memory/7", "GET, HEAD, DELETE"),
            (.options, "/keys", "GET, HEAD, POST"), (.trace, "/", "GET, HEAD"),
            // What is spelled out is no memory.
            (.delete, "/memory/series", "GET, HEAD"),
        ]
        for (method, path, allowed) in cases {
            let answer = await fixture.admin(method, path)
            expectShape(answer, 405, "METHOD_NOT_ALLOWED")
            #expect(answer.headers[.allow] == allowed, "\(method) \(path)")
        }
    }

    @Test("a slash at the end changes nothing")
    func trailingSlash() async throws {
        let fixture = try APIFixture.make()
        #expect(await fixture.admin(.get, "/status/").status == 200)
        #expect(await fixture.request(.get, "/livez/").status == 200)
    }

    @Test("without credentials there is one answer, with credentials of too little another")
    func access() async throws {
        let fixture = try APIFixture.make()
        let answer = await fixture.request(.get, "/status")
        expectShape(answer, 401, "UNAUTHENTICATED")
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        let viewer = try await fixture.key(role: .viewer)
        #expect(await fixture.request(.get, "/status", token: viewer).status == 200)
        expectShape(await fixture.request(.get, "/keys", token: viewer), 403, "FORBIDDEN")
    }

    @Test("what went wrong inside is told to nobody, and is in the log")
    func inside() async throws {
        struct Odd: Error { var secret = "of the house" }
        let log = ListedLog()
        for isDebug in [false, true] {
            let shape = ErrorShape(isDebug: isDebug, clock: TestClock())
            let response = try await shape.handle(
                Self.request, context: Self.context(log)
            ) { _, _ in throw Odd() }
            let collector = BodyCollector()
            try await response.body.write(collector)
            let answer = Answer(
                status: response.status.code, headers: response.headers, body: collector.bytes)
            #expect(answer.status == 500)
            #expect(answer.code == "INTERNAL")
            #expect(answer.text.contains("of the house") == isDebug, "\(answer.text)")
        }
        #expect(log.has("of the house"))
    }

    @Test("of a store that cannot be read the log warns once in a while, not once a request")
    func warnings() async throws {
        let (log, clock) = (ListedLog(), TestClock())
        let shape = ErrorShape(isDebug: false, clock: clock)
        func levels() async throws -> [String] {
            let before = log.lines.count
            for _ in 0..<3 {
                _ = try await shape.handle(
                    Self.request, context: Self.context(log)
                ) { _, _ in throw APIError(.io("disk gone")) }
            }
            return log.lines.dropFirst(before).map { String($0.prefix { $0 != ":" }) }
        }
        #expect(try await levels() == ["warning", "debug", "debug"])
        clock.advance(by: Limits.apiWarningInterval - .microseconds(1))
        #expect(try await levels() == ["debug", "debug", "debug"])
        clock.advance(by: .microseconds(1))
        #expect(try await levels() == ["warning", "debug", "debug"])
        #expect(log.lines.allSatisfy { $0.contains("disk gone") })
    }

    private static var request: Request {
        Request(
            head: HTTPRequest(method: .get, scheme: "http", authority: nil, path: "/"),
            body: RequestBody(buffer: ByteBuffer()))
    }

    private static func context(_ log: ListedLog) -> APIContext {
        let logger = Logger(label: "test") { _ in log }
        return APIContext(source: APIContextSource(client: .address("::1"), logger: logger))
    }

    @Test("errors of the agent, the store and the port have their status")
    func statuses() {
        let agent: [(String, Int)] = [
            ("BAD_LAYER", 400), ("NOT_AN_OBJECT", 400), ("UNKNOWN_RULESET", 404),
            ("RULES_REFUSED", 422), ("UNAVAILABLE", 503), ("NOT_STORED", 503),
            ("NOTHING_IN_SHADOW", 409), ("TOO_MANY_FORGETTINGS", 503),
        ]
        for (code, status) in agent {
            let error = APIError(RequestError(code: code, message: "m"))
            #expect(error.status.code == status, "\(code)")
            #expect(error.code == code)
            #expect((error.headers[.retryAfter] != nil) == (status == 503), "\(code)")
        }
        let refused = APIError(RequestError(code: "NOT_STORED", message: "disk (code 1034)"))
        #expect(!refused.message.contains("1034") && refused.details == "disk (code 1034)")
        #expect(APIError(RequestError(code: "DUPLICATE_KEY", message: "m")).code == "BAD_JSON")
        let store = APIError(.noSuchFile("/secret/path"))
        #expect(store.status.code == 503 && !store.message.contains("/secret"))
        #expect(APIError(.corrupt("page 7")).status.code == 500)
        #expect(APIError(.late).status.code == 503)
        #expect(APIError.tooMany(after: .milliseconds(1_200)).headers[.retryAfter] == "2")
        #expect(APIError.tooMany(after: .zero).headers[.retryAfter] == "1")
    }
}
