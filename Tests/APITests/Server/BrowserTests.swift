import Core
import HTTPTypes
import Hummingbird
import Logging
import Testing

@testable import API

@Suite("What browsers are told")
struct BrowserTests {
    private static let expected = [
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    ]

    private func expectHeaders(_ answer: Answer, _ what: String) throws {
        for (name, value) in Self.expected {
            let name = try #require(HTTPField.Name(name))
            #expect(answer.headers[name] == value, "\(name) of \(what)")
        }
        let policy = answer.headers[.contentSecurityPolicy] ?? ""
        #expect(policy.hasPrefix("default-src 'none'"), "\(what): \(policy)")
        #expect(policy.contains("frame-ancestors 'none'"), "\(what): \(policy)")
        #expect(!policy.contains("unsafe"), "\(what): \(policy)")
        #expect(answer.headers[.cacheControl]?.hasPrefix("no-") == true, "\(what)")
    }

    @Test("every answer has the headers that keep browsers careful, errors too")
    func everyAnswer() async throws {
        let fixture = try APIFixture.make()
        let requests: [(HTTPRequest.Method, String)] = [
            (.get, "/"), (.get, "/livez"), (.head, "/livez"), (.get, "/status"),
            (.get, "/nothing"), (.delete, "/status"), (.get, "/dashboard"),
            (.get, "/openapi.json"), (.get, "/keys"), (.options, "/keys"),
        ]
        for (method, path) in requests {
            let what = "\(method) \(path)"
            try expectHeaders(await fixture.request(method, path), what)
            try expectHeaders(await fixture.admin(method, path), what)
        }
    }

    @Test("with TLS, browsers are told to come by TLS only; the local socket is not")
    func strictTransport() async throws {
        let files = APISettings.TLSFiles(certificate: "/none", key: "/none")
        let encrypted = try APIFixture.make(settings: { all, _ in all.tls = files })
        let answer = await encrypted.request(.get, "/livez")
        #expect(answer.headers[.strictTransportSecurity] == "max-age=31536000")
        #expect(
            await encrypted.admin(.get, "/livez").headers[.strictTransportSecurity] == nil)
        let plain = try APIFixture.make()
        #expect(
            await plain.request(.get, "/livez").headers[.strictTransportSecurity] == nil)
    }

    @Test("no origin may ask unless it is listed")
    func origins() async throws {
        let nobody = try APIFixture.make()
        let origin: HTTPFields = [.origin: "https://panel.example"]
        let silent = await nobody.request(.get, "/livez", headers: origin)
        #expect(silent.headers[.accessControlAllowOrigin] == nil)
        let listed = try APIFixture.make(settings: { all, _ in
            all.corsOrigins = ["https://panel.example"]
        })
        for path in ["/livez", "/status"] {
            let answer = await listed.request(.get, path, headers: origin)
            #expect(answer.headers[.accessControlAllowOrigin] == "https://panel.example")
            #expect(answer.headers[.vary]?.contains("Origin") == true)
        }
        for other in ["https://panel.example.org", "http://panel.example", "null", "*"] {
            let answer = await listed.request(.get, "/livez", headers: [.origin: other])
            #expect(answer.headers[.accessControlAllowOrigin] == nil, "\(other)")
            #expect(answer.headers[.vary]?.contains("Origin") == true)
        }
    }

    private func status(
        for host: String?, from source: API.Source = .address("127.0.0.1"), of fixture: APIFixture
    ) async throws -> Int {
        let logger = Logger(label: "test") { [log = fixture.log] _ in log }
        let head = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/livez")
        let response = try await fixture.server.responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())),
            context: APIContext(source: APIContextSource(client: source, logger: logger)))
        return response.status.code
    }

    @Test("a page that has its own name lead to this machine is not answered")
    func rebinding() async throws {
        let fixture = try APIFixture.make(settings: { all, _ in all.hosts = ["edge-1.example"] })
        let ours = [
            nil, "localhost", "LocalHost:8642", "localhost.", "jamey.localhost:80", "127.0.0.1",
            "127.0.0.1:8642", "192.0.2.7:80", "[::1]:8642", "[::1]", "Edge-1.example:443",
        ]
        for host in ours {
            #expect(try await status(for: host, of: fixture) == 200, "\(host ?? "none")")
        }
        let others = [
            "evil.example", "evil.example:8642", "localhost.evil.example", "127.0.0.1.evil.example",
            "x.edge-1.example", "notlocalhost", "[evil.example]", "", "127.1",
        ]
        for host in others {
            #expect(try await status(for: host, of: fixture) == 421, "\(host)")
            #expect(try await status(for: host, from: .address("::1"), of: fixture) == 421)
        }
        let elsewhere: [API.Source] = [
            .address("192.0.2.1"), .unix(uid: 0), .mqtt(topic: "api/requests"),
        ]
        for source in elsewhere {
            #expect(try await status(for: "evil.example", from: source, of: fixture) == 200)
        }
        let files = APISettings.TLSFiles(certificate: "/none", key: "/none")
        let encrypted = try APIFixture.make(settings: { all, _ in all.tls = files })
        #expect(try await status(for: "evil.example", of: encrypted) == 200)
        await fixture.services.access.flush(isFinal: true)
        let chain = await fixture.admin(.get, "/audit?limit=100").text
        #expect(chain.contains("MISDIRECTED_REQUEST"), "\(chain)")
    }

    @Test("a preflight is answered for a listed origin, without credentials")
    func preflight() async throws {
        let fixture = try APIFixture.make(settings: { all, _ in
            all.corsOrigins = ["https://panel.example"]
        })
        var fields: HTTPFields = [
            .origin: "https://panel.example", .accessControlRequestMethod: "PUT",
            .accessControlRequestHeaders: "authorization, if-match",
        ]
        let answer = await fixture.request(.options, "/rules/files/a.yaml", headers: fields)
        #expect(answer.status == 204 && answer.body.isEmpty)
        #expect(answer.headers[.accessControlAllowMethods]?.contains("PUT") == true)
        for name in ["Authorization", "X-Message"] {
            #expect(answer.headers[.accessControlAllowHeaders]?.contains(name) == true)
        }
        #expect(answer.headers[.accessControlAllowOrigin] == "https://panel.example")
        fields[.origin] = "https://evil.example"
        let refused = await fixture.request(.options, "/rules/files/a.yaml", headers: fields)
        #expect(refused.status == 405)
        #expect(refused.headers[.accessControlAllowMethods] == nil)
    }
}
