import Agent
import BrokerTestSupport
import Core
import Foundation
import Testing

@testable import API

@Suite("TLS", .enabled(if: TestCertificates.isPossible, "openssl is not installed"))
struct TLSTests {
    private let certificates: TestCertificates

    init() throws { certificates = try TestCertificates() }

    private func start(bounds: ServerBounds = ServerBounds()) async throws -> RunningServer {
        try await RunningServer.start(showing: certificates.right, bounds: bounds)
    }

    private func client(
        of server: RunningServer, trusting authority: TestCertificates.Pair
    ) -> TLSClient {
        TLSClient(port: server.port, authority: authority.certificate)
    }

    @Test("who trusts the authority is answered by TLS; the local socket goes without")
    func trusted() async throws {
        let server = try await start()
        let key = try await server.fixture.key(role: .viewer)
        let client = client(of: server, trusting: certificates.authority)
        let request = RunningServer.text("GET /status", ["Authorization: Bearer \(key)"])
        for version in ["-tls1_2", "-tls1_3"] {
            let answer = try await client.ask(request, [version])
            #expect(answer.code == 0, "\(version): \(answer.report)")
            let response = try #require(RawResponse(answer.bytes), "\(version): \(answer.report)")
            #expect(response.status == 200, "\(version): \(response.body)")
            #expect(response.json?["principal"]?["role"]?.string == "viewer")
            #expect(response.fields["strict-transport-security"] == "max-age=31536000")
        }
        let local = try await server.askLocally("GET /status")
        #expect(local.status == 200, "\(local.body)")
        #expect(local.fields["strict-transport-security"] == nil)
        await server.stop()
    }

    @Test("a body comes through TLS whole, and a large answer too")
    func bodies() async throws {
        let server = try await start()
        let key = try await server.fixture.key(role: .operator)
        let client = client(of: server, trusting: certificates.authority)
        let content = String(repeating: "ä", count: 1_000)
        let answer = try await client.ask(
            RunningServer.text(
                "POST /memory", ["Authorization: Bearer \(key)"],
                body: #"{"layer":"semantic","content":"\#(content)"}"#))
        let stored = try #require(RawResponse(answer.bytes), "\(answer.report)")
        #expect(stored.status == 201, "\(stored.body)")
        #expect(stored.json?["content"]?.string == content)
        let large = try await client.ask(RunningServer.text("GET /openapi.json"))
        let document = try #require(RawResponse(large.bytes), "\(large.report)")
        #expect(document.fields["content-length"] == "\(document.body.utf8.count)")
        #expect(document.json?["openapi"] != nil)
        await server.stop()
    }

    @Test("who does not trust the authority, or speaks an older TLS, is told nothing")
    func refused() async throws {
        let server = try await start()
        let request = RunningServer.text("GET /livez")
        let stranger = try await client(of: server, trusting: certificates.stranger).ask(request)
        #expect(stranger.code != 0 && stranger.bytes.isEmpty, "\(stranger.report)")
        #expect(stranger.report.contains("certificate verify failed"), "\(stranger.report)")
        let client = client(of: server, trusting: certificates.authority)
        let old = try await client.ask(request, ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
        #expect(old.code != 0 && old.bytes.isEmpty, "\(old.report)")
        #expect(old.report.contains("alert protocol version"), "\(old.report)")
        let trusting = try await client.ask(request)
        #expect(RawResponse(trusting.bytes)?.status == 200, "\(trusting.report)")
        await server.stop()
    }

    @Test("what is no TLS is answered with no HTTP, and a handshake that does not come is cut off")
    func noTLS() async throws {
        var bounds = ServerBounds()
        bounds.patience.head = .milliseconds(500)
        let server = try await start(bounds: bounds)
        for text in [RunningServer.text("GET /livez"), "", "\u{16}\u{3}\u{1}"] {
            let client = try SocketClient(port: server.port)
            client.send(text)
            let bytes = try #require(await client.readToEnd(), "\(text)")
            #expect(!String(decoding: bytes, as: UTF8.self).contains("HTTP/"), "\(text)")
        }
        try await Condition.becomesTrue("no connection") {
            server.fixture.server.tally.count == 0
        }
        await server.stop()
    }

    @Test("with a wrong file the API answers nowhere on TCP, and says which and why")
    func wrongFiles() async throws {
        let (right, other) = (certificates.right, certificates.wrongHost)
        let open = certificates.client.key
        try #require(chmod(open, 0o644) == 0 && chmod(other.certificate, 0o600) == 0)
        for (certificate, key, reason) in [
            (right.key, right.key, "\(right.key) holds no certificate"),
            (right.certificate, other.certificate, "\(other.certificate) holds no private key"),
            (right.certificate, other.key, "\(other.key) is not the key of \(right.certificate)"),
            (right.certificate, open, "\(open) is open to every user"),
        ] {
            let fixture = try APIFixture.make(settings: { all, path in
                all.listen = [ListenAddress(host: "127.0.0.1", port: 0)]
                all.socketPath = path + "/api.sock"
                all.tls = APISettings.TLSFiles(certificate: certificate, key: key)
            })
            let errors = await fixture.server.start()
            #expect(errors.map(\.place) == ["127.0.0.1:0"], "\(errors)")
            #expect(errors.first?.reason.contains(reason) == true, "\(reason): \(errors)")
            #expect(fixture.server.places.map { $0.hasPrefix("unix:") } == [true], "\(reason)")
            let problems = fixture.services.settings.problems()
            #expect(problems.first?.contains(reason) == true, "\(problems)")
            await fixture.server.stop()
        }
    }
}
