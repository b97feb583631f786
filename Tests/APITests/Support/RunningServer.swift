import Agent
import BrokerTestSupport
import Testing

@testable import API

/// The API on real sockets: a free port of the loopback interface, and a local socket.
struct RunningServer {
    let fixture: APIFixture
    let port: Int
    var socketPath: String { fixture.path + "/api.sock" }

    /// Starts it; `stop` ends it.
    ///
    /// - Parameter pair: what it shows by TLS; nil: it listens without.
    static func start(
        showing pair: TestCertificates.Pair? = nil, bounds: ServerBounds = ServerBounds(),
        settings: (inout APISettings) -> Void = { _ in }
    ) async throws -> RunningServer {
        let fixture = try APIFixture.make(
            settings: { all, path in
                all.listen = [ListenAddress(host: "127.0.0.1", port: 0)]
                all.socketPath = path + "/api.sock"
                // As clients call it here that have no other name for it.
                all.hosts = ["a"]
                all.tls = pair.map { APISettings.TLSFiles($0) }
                settings(&all)
            }, bounds: bounds)
        let errors = await fixture.server.start()
        try #require(errors.isEmpty, "\(errors)")
        let place = try #require(fixture.server.places.first { !$0.hasPrefix("unix:") })
        let port = try #require(place.split(separator: ":").last.flatMap { Int($0) })
        return RunningServer(fixture: fixture, port: port)
    }

    func stop() async { await fixture.server.stop() }

    /// Asks by TCP and closes.
    func ask(
        _ line: String, _ fields: [String] = [], body: String = ""
    ) async throws -> RawResponse {
        try await ask(try SocketClient(port: port), line, fields, body: body)
    }

    /// Asks by the local socket and closes.
    func askLocally(
        _ line: String, _ fields: [String] = [], body: String = ""
    ) async throws -> RawResponse {
        try await ask(try SocketClient(path: socketPath), line, fields, body: body)
    }

    private func ask(
        _ client: SocketClient, _ line: String, _ fields: [String], body: String
    ) async throws -> RawResponse {
        client.send(Self.text(line, fields, body: body))
        return try #require(RawResponse(await client.readToEnd()))
    }

    static func text(_ line: String, _ fields: [String] = [], body: String = "") -> String {
        var all = ["\(line) HTTP/1.1", "Host: localhost", "Connection: close"] + fields
        if !body.isEmpty {
            all += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
        }
        return all.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}

extension APISettings.TLSFiles {
    init(_ pair: TestCertificates.Pair) {
        self.init(certificate: pair.certificate, key: pair.key)
    }
}
