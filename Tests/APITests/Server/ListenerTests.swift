import Agent
import Core
import Glibc
import Testing

@testable import API

@Suite("Listening on real sockets")
struct ListenerTests {
    @Test("the API answers by TCP and by the local socket, whose user is an administrator")
    func both() async throws {
        let server = try await RunningServer.start()
        let stranger = try await server.ask("GET /status")
        #expect(stranger.status == 401)
        #expect(stranger.code == "UNAUTHENTICATED")
        let administrator = try await server.askLocally("GET /status")
        #expect(administrator.status == 200, "\(administrator.body)")
        #expect(administrator.json?["status"]?.string == "online")
        #expect(administrator.fields["date"]?.hasSuffix(" GMT") == true)
        let alive = try await server.ask("GET /livez")
        #expect(alive.status == 200)
        #expect(alive.fields["x-content-type-options"] == "nosniff")
        await server.stop()
    }

    @Test("the local socket has mode 0660 while it is listened on, and is gone afterwards")
    func socketFile() async throws {
        let node = "gone-\(UInt64.random(in: .min ... .max))"
        let server = try await RunningServer.start(settings: { $0.node = node })
        var status = stat()
        #expect(lstat(server.socketPath, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        await server.stop()
        #expect(lstat(server.socketPath, &status) != 0)
        // The port is anybody's by now, also another test's.
        let other = try? await server.ask("GET /")
        #expect(other?.json?["node"]?.string != node)
    }

    @Test("who asks by the local socket is known by the account")
    func account() async throws {
        let server = try await RunningServer.start()
        let body = #"{"name":"n","role":"viewer"}"#
        let made = try await server.askLocally("POST /keys", body: body)
        #expect(made.status == 201, "\(made.body)")
        let key = try #require(server.fixture.services.keys.keys.first)
        #expect(key.createdBy == "uid:\(getuid())")
        await server.stop()
    }

    @Test("what cannot be listened on is told with its place, and the rest is listened on")
    func partly() async throws {
        let first = try await RunningServer.start()
        let taken = ListenAddress(host: "127.0.0.1", port: first.port)
        let fixture = try APIFixture.make(settings: { all, path in
            all.listen = [taken, ListenAddress(host: "127.0.0.1", port: 0)]
            all.socketPath = path + "/api.sock"
        })
        let errors = await fixture.server.start()
        #expect(errors.map(\.place) == [taken.text])
        #expect(errors.first?.reason.contains("in use") == true, "\(errors)")
        #expect(fixture.server.places.count == 2)
        await fixture.server.stop()
        await first.stop()
    }

    @Test("without its certificate the API answers nowhere on TCP, least of all in the clear")
    func noCertificate() async throws {
        let fixture = try APIFixture.make(settings: { all, path in
            all.listen = [ListenAddress(host: "127.0.0.1", port: 0)]
            all.socketPath = path + "/api.sock"
            all.tls = .init(certificate: path + "/none.pem", key: path + "/none.key")
        })
        let errors = await fixture.server.start()
        #expect(errors.count == 1)
        #expect(errors.first?.reason.contains("none.pem cannot be opened") == true, "\(errors)")
        #expect(fixture.server.places.map { $0.hasPrefix("unix:") } == [true])
        #expect(!fixture.services.settings.problems().isEmpty)
        await fixture.server.stop()
    }

    @Test("both kinds of address can be listened on at one port")
    func bothFamilies() async throws {
        for _ in 0..<20 {
            let server = try await RunningServer.start()
            let fixture = try APIFixture.make(settings: { all, _ in
                all.listen = [ListenAddress(host: "::1", port: server.port)]
            })
            let errors = await fixture.server.start()
            // Of IPv6 somebody else may have this port; then another one is tried.
            let isTaken = errors.contains { $0.reason.contains("in use") }
            // A machine without IPv6 has no such address.
            let isExpected = errors.allSatisfy {
                $0.reason.contains("requested address") || $0.reason.contains("not supported")
            }
            #expect(isExpected || isTaken, "\(errors)")
            if errors.isEmpty { #expect(fixture.server.places == ["[::1]:\(server.port)"]) }
            await fixture.server.stop()
            await server.stop()
            guard isTaken else { return }
        }
        Issue.record("IPv6 has none of twenty ports that IPv4 has")
    }

    @Test("a stop before the start, and a second one, do no harm")
    func stops() async throws {
        let fixture = try APIFixture.make()
        await fixture.server.stop()
        await fixture.server.stop()
        #expect(await fixture.server.start().isEmpty)
        #expect(fixture.server.places.isEmpty)
    }

    @Test("a stop ends idle connections and streams", .timeLimit(.minutes(1)))
    func stopsConnections() async throws {
        let server = try await RunningServer.start()
        let idle = try SocketClient(port: server.port)
        let stream = try SocketClient(path: server.socketPath)
        stream.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try await Condition.becomesTrue("two connections") {
            server.fixture.server.tally.count == 2 && stream.hasInput
        }
        await server.stop()
        #expect(await idle.readToEnd()?.isEmpty == true)
        #expect(RawResponse(await stream.readToEnd())?.status == 200)
    }

    @Test("who waits for leave to send a body gets it once the role is known to suffice")
    func leave() async throws {
        let server = try await RunningServer.start()
        let body = #"{"name":"n","role":"viewer"}"#
        let head = RunningServer.text(
            "POST /keys",
            [
                "Expect: 100-continue", "Content-Type: application/json",
                "Content-Length: \(body.utf8.count)",
            ])
        let client = try SocketClient(path: server.socketPath)
        client.send(head)
        try await Condition.becomesTrue("leave") { client.hasInput }
        client.send(body)
        let bytes = try #require(await client.readToEnd())
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 "), "\(text)")
        let stranger = try SocketClient(port: server.port)
        stranger.send(head)
        try await Condition.becomesTrue("the refusal") { stranger.hasInput }
        stranger.finish()
        let refusal = String(decoding: await stranger.readToEnd() ?? [], as: UTF8.self)
        #expect(refusal.hasPrefix("HTTP/1.1 401 ") && !refusal.contains("100 Continue"))
        await server.stop()
    }

    @Test("one connection carries requests one after the other")
    func keepAlive() async throws {
        let server = try await RunningServer.start()
        let client = try SocketClient(port: server.port)
        client.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        client.send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n")
        client.send(RunningServer.text("HEAD /livez"))
        let bytes = try #require(await client.readToEnd())
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.ranges(of: "HTTP/1.1 200 OK").count == 2, "\(text)")
        #expect(text.ranges(of: "HTTP/1.1 404 Not Found").count == 1, "\(text)")
        // The head of the last has nothing behind it.
        #expect(text.hasSuffix("\r\n\r\n"))
        await server.stop()
    }
}
