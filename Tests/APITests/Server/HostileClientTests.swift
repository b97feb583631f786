import Core
import Testing

@testable import API

@Suite("Hostile clients")
struct HostileClientTests {
    @Test("a head that does not come to its end is cut off")
    func slowHead() async throws {
        var bounds = ServerBounds()
        bounds.patience.head = .milliseconds(200)
        let server = try await RunningServer.start(bounds: bounds)
        for beginning in ["", "GET", "GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
            let client = try SocketClient(port: server.port)
            client.send(beginning)
            #expect(await client.readToEnd() != nil, "\(beginning)")
        }
        try await Condition.becomesTrue("no connection") {
            server.fixture.server.tally.count == 0
        }
        await server.stop()
    }

    @Test("a body that does not come to its end is given up, and nothing of it is taken")
    func slowBody() async throws {
        var bounds = ServerBounds()
        // A body may take longer than a head.
        bounds.patience.head = .milliseconds(500)
        bounds.patience.request = .seconds(1)
        // However long it takes until a thread is free for the answer.
        bounds.patience.answer = .seconds(30)
        let server = try await RunningServer.start(bounds: bounds)
        let client = try SocketClient(path: server.socketPath)
        // By itself what came would be a memory.
        client.send(
            "POST /memory HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n{\"layer\":\"semantic\",\"content\":\"a\"}")
        let response = try #require(RawResponse(await client.readToEnd()))
        #expect(response.status == 408, "\(response.body)")
        #expect(response.code == "REQUEST_TIMEOUT")
        #expect(response.fields["connection"] == "close")
        let stranger = try SocketClient(port: server.port)
        stranger.send("POST /memory HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
        #expect(RawResponse(await stranger.readToEnd())?.status == 401)
        let memories = await server.fixture.admin(.get, "/memory")
        #expect(memories["total"]?.int == 0, "\(memories.text)")
        try await Condition.becomesTrue("no connection") {
            server.fixture.server.tally.count == 0
        }
        await server.stop()
    }

    @Test("a client that leaves in the middle of a body has sent none")
    func brokenBody() async throws {
        let server = try await RunningServer.start()
        let client = try SocketClient(path: server.socketPath)
        client.send(
            "PUT /rules/files/a.yaml HTTP/1.1\r\nHost: a\r\nContent-Type: text/yaml\r\n"
                + "If-Match: *\r\nContent-Length: 100\r\n\r\nrules: []\n")
        client.finish()
        let response = try #require(RawResponse(await client.readToEnd()))
        #expect(response.status == 400, "\(response.body)")
        #expect(response.code == "BAD_REQUEST")
        await server.stop()
    }

    @Test("a client that takes nothing of its answer is given up")
    func slowReader() async throws {
        var bounds = ServerBounds()
        bounds.patience.write = .milliseconds(200)
        let server = try await RunningServer.start(bounds: bounds)
        let client = try SocketClient(port: server.port)
        // Far more than sockets hold.
        let request = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
        client.send(String(repeating: request, count: 400))
        try await Condition.becomesTrue("no connection") {
            server.fixture.server.tally.count == 0
        }
        await server.stop()
    }

    @Test("a client that takes too little of its answers is given up, one that takes enough is not")
    func pace() async throws {
        var bounds = ServerBounds()
        let period = Duration.milliseconds(1_500)
        bounds.patience.write = period
        let server = try await RunningServer.start(bounds: bounds)
        let length = await server.fixture.request(.get, "/openapi.json").body.count
        // More than is taken below, and sockets hold: all the while something waits.
        let count = (3 << 20) / length
        let request = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n"
        let requests =
            String(repeating: request + "\r\n", count: count - 1) + request
            + "Connection: close\r\n\r\n"
        let (slow, fast) = (
            try SocketClient(port: server.port, receiveBytes: 16 << 10),
            try SocketClient(port: server.port, receiveBytes: 16 << 10)
        )
        slow.send(requests)
        fast.send(requests)
        // 5 KiB in a period, and as much as 320 KiB.
        async let little = slow.sip(1 << 10, every: period / 5, for: period * 6)
        async let enough = fast.sip(16 << 10, every: period / 20, for: period * 6)
        let (few, many) = await (little, enough)
        #expect(few > 0 && many > few)
        try await Condition.becomesTrue("the slow one's end, and not the other's") {
            server.fixture.server.tally.count == 1
        }
        let rest = try #require(await fast.readToEnd())
        #expect(many + rest.count > count * length)
        // It is open on this side to here.
        withExtendedLifetime(slow) {}
        await server.stop()
    }

    @Test(
        "what is no HTTP gets the shape of every error, and the connection ends",
        arguments: [
            "NOT HTTP\r\n\r\n", "GET /livez HTTP/1.1\r\nBad Field: x\r\n\r\n",
            "GET /livez HTTP/1.1\r\nContent-Length: x\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        ])
    func noHTTP(text: String) async throws {
        let server = try await RunningServer.start()
        let client = try SocketClient(port: server.port)
        client.send(text)
        let response = try #require(RawResponse(await client.readToEnd()))
        #expect(response.status == 400)
        #expect(response.code == "BAD_REQUEST")
        #expect(response.fields["x-content-type-options"] == "nosniff")
        #expect(response.fields["connection"] == "close")
        await server.stop()
    }

    @Test("what asks for another protocol is answered in this one, and nothing behind it is kept")
    func upgrade() async throws {
        let server = try await RunningServer.start()
        let request = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
        let client = try SocketClient(port: server.port)
        client.send(request)
        let response = try #require(RawResponse(await client.readToEnd()))
        #expect(response.status == 200, "\(response.body)")
        #expect(response.fields["connection"] == "close")
        let flood = try SocketClient(port: server.port)
        flood.send(request)
        // What sockets hold and no more.
        let taken = await flood.push([UInt8](repeating: 0x61, count: 64 << 20))
        #expect(taken < 16 << 20, "\(taken) bytes were taken")
        await server.stop()
    }

    @Test("whoever asks for the end of the connection is told of it with the answer")
    func lastRequest() async throws {
        let server = try await RunningServer.start()
        for fields in ["Connection: close", "Connection: keep-alive, Close"] {
            let client = try SocketClient(port: server.port)
            // What comes behind it is not read, and so is no other request.
            client.send(
                "GET /livez HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\nGET /livez HTTP/1.1\r\n")
            let response = try #require(RawResponse(await client.readToEnd()))
            #expect(response.status == 200, "\(response.body)")
            #expect(response.fields["connection"] == "close")
        }
        await server.stop()
    }

    @Test("a head that is too large is refused")
    func largeHead() async throws {
        let server = try await RunningServer.start()
        let field = "X-Large: " + String(repeating: "a", count: Limits.apiFieldBytesMax + 1)
        let fields = (0...Limits.apiFieldsMax).map { "X-\($0): a" }
        for lines in [[field], fields] {
            let response = try await server.ask("GET /livez", lines)
            #expect(response.status == 431, "\(response.body)")
            #expect(response.code == "BAD_REQUEST")
        }
        await server.stop()
    }

    @Test("a body over 1 MiB is refused at once, and not read to its end")
    func largeBody() async throws {
        let server = try await RunningServer.start()
        let client = try SocketClient(path: server.socketPath)
        client.send(
            "POST /memory HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1000000000\r\n\r\n{")
        try await Condition.becomesTrue("an answer") { client.hasInput }
        // More than the server reads of what it has refused.
        await client.push([UInt8](repeating: 0x20, count: 2 * Limits.apiBodyBytesMax))
        // It has come by now, and a reset behind it does not take it back.
        let response = try #require(RawResponse(await client.readToEnd()))
        #expect(response.status == 413)
        #expect(response.code == "BODY_TOO_LARGE")
        try await Condition.becomesTrue("no connection") {
            server.fixture.server.tally.count == 0
        }
        await server.stop()
    }

    @Test("there is a bound to connections, some are kept for the local socket, freed ones used")
    func connections() async throws {
        let server = try await RunningServer.start(
            bounds: ServerBounds(connections: .init(all: 3, reserved: 1)))
        let tally = server.fixture.server.tally
        var held = [try SocketClient(port: server.port), try SocketClient(port: server.port)]
        try await Condition.becomesTrue("two connections") { tally.count == 2 }
        let waiting = try SocketClient(port: server.port)
        waiting.send(RunningServer.text("GET /livez"))
        // The operator gets through meanwhile.
        #expect(try await server.askLocally("GET /livez").status == 200)
        try await Condition.becomesTrue("two connections again") { tally.count == 2 }
        #expect(!waiting.hasInput)
        held.removeLast()
        let response = try #require(RawResponse(await waiting.readToEnd()))
        #expect(response.status == 200)
        withExtendedLifetime(held) {}
        await server.stop()
    }

    @Test("requests in a flood are slowed down, with the time to wait")
    func flood() async throws {
        let server = try await RunningServer.start(settings: { all in
            all.rate = APISettings.Rate(perSecond: 1, burst: 3)
        })
        var statuses: [Int] = []
        for _ in 0..<5 { statuses.append(try await server.ask("GET /livez").status) }
        #expect(statuses == [200, 200, 200, 429, 429])
        let refused = try await server.ask("GET /livez")
        #expect(refused.code == "TOO_MANY_REQUESTS")
        #expect(refused.fields["retry-after"].flatMap { Int($0) } == 1)
        // What a header says of the address changes nothing.
        let disguised = try await server.ask("GET /livez", ["X-Forwarded-For: 10.0.0.1"])
        #expect(disguised.status == 429)
        #expect(try await server.askLocally("GET /livez").status == 200)
        server.fixture.clock.advance(by: .seconds(1))
        #expect(try await server.ask("GET /livez").status == 200)
        await server.stop()
    }
}
