import Core
import Testing

@testable import API

@Suite("Clients that take more than their share")
struct GreedyClientTests {
    /// Whether the audit chain tells of a refusal.
    private func isTold(_ reason: String, _ server: RunningServer) async -> Bool {
        await server.fixture.services.access.flush(isFinal: true)
        let answer = await server.fixture.admin(.get, "/audit?kind=access&limit=1000")
        return (answer["links"]?.array ?? []).contains {
            $0["record"]?["reason"]?.string == reason
        }
    }

    private func statuses(_ bytes: [UInt8]?) -> [Substring] {
        let text = String(decoding: bytes ?? [], as: UTF8.self)
        return text.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: true)
            .map { $0.prefix(3) }
    }

    @Test("an address has its share of connections: one more is closed at once, and told")
    func connections() async throws {
        var bounds = ServerBounds()
        bounds.connections.ofLoopback = 2
        let server = try await RunningServer.start(bounds: bounds)
        let tally = server.fixture.server.tally
        var held = [try SocketClient(port: server.port), try SocketClient(port: server.port)]
        try await Condition.becomesTrue("two connections") { tally.count == 2 }
        let refused = try SocketClient(port: server.port)
        #expect(await refused.readToEnd()?.isEmpty == true)
        #expect(tally.count == 2)
        // By the local socket nobody has an address.
        #expect(try await server.askLocally("GET /livez").status == 200)
        try await Condition.becomesTrue("the refusal in the audit chain") {
            await isTold("TOO_MANY_CONNECTIONS", server)
        }
        held.removeLast()
        try await Condition.becomesTrue("one connection") { tally.count == 1 }
        #expect(try await server.ask("GET /livez").status == 200)
        withExtendedLifetime(held) {}
        await server.stop()
    }

    @Test(
        "this machine has a larger share, since a proxy may stand on it, and not all of it",
        arguments: [
            ("127.0.0.1", 160), ("127.8.9.10", 160), ("::1", 160), ("::ffff:127.0.0.1", 160),
            ("192.0.2.1", 32), ("128.0.0.1", 32), ("2001:db8::1", 32), ("fe80::1%eth0", 32),
        ])
    func shares(address: String, most: Int) {
        let bounds = ConnectionTally.Bounds()
        #expect(bounds.most(from: AddressBlock(address)) == most)
        #expect(most < bounds.all - bounds.reserved)
    }

    @Test("whoever goes on after twenty refusals gets the last one with the end of the connection")
    func refusals() async throws {
        let server = try await RunningServer.start(settings: { all in
            all.rate = APISettings.Rate(perSecond: 0.001, burst: 3)
        })
        let client = try SocketClient(port: server.port)
        let request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        client.send(String(repeating: request, count: 3 + Limits.apiRefusalsMax + 10))
        let bytes = try #require(await client.readToEnd())
        let statuses = statuses(bytes)
        #expect(statuses.prefix(3).allSatisfy { $0 == "200" })
        #expect(statuses.dropFirst(3).allSatisfy { $0 == "429" }, "\(statuses)")
        #expect(statuses.count == 3 + Limits.apiRefusalsMax)
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        #expect(text.ranges(of: "connection: close").count == 1)
        #expect(text.hasSuffix("}"))
        try await Condition.becomesTrue("no connection") {
            server.fixture.server.tally.count == 0
        }
        await server.stop()
    }

    @Test("what came behind the last refusal is not carried out, though it would be allowed then")
    func behindRefusals() async throws {
        var bounds = ServerBounds()
        // Of some looks of a request there are 24 until the rate has room for one more.
        bounds.clock = SteppingClock(by: .seconds(1))
        let server = try await RunningServer.start(
            bounds: bounds,
            settings: { $0.rate = APISettings.Rate(perSecond: 1.0 / 24, burst: 3) })
        let key = try await server.fixture.key(role: .operator)
        let requests = (1...36).map { number -> String in
            let body = #"{"layer":"semantic","content":"m\#(number)"}"#
            return "POST /memory HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(key)\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body
        }
        // Read at once, and all there before the first of them is answered.
        #expect(requests.joined().utf8.count <= Limits.apiReceiveBytes)
        let client = try SocketClient(port: server.port)
        client.send(requests.joined())
        let statuses = statuses(await client.readToEnd())
        #expect(statuses.filter { $0 == "429" }.count == Limits.apiRefusalsMax, "\(statuses)")
        #expect(statuses.last == "429" && statuses.count < requests.count, "\(statuses)")
        try await Condition.becomesTrue("no connection") {
            server.fixture.server.tally.count == 0
        }
        let stored = await server.fixture.admin(.get, "/memory")["total"]?.int
        #expect(stored == Int64(statuses.filter { $0 == "201" }.count), "\(statuses)")
        #expect(stored ?? 0 > 3)
        await server.stop()
    }

    @Test("refusals long past do not count")
    func pastRefusals() {
        var refusals = RefusalCount()
        let start = MonotonicTime(microseconds: 5_000_000)
        let late = start + Limits.apiRefusalsTime
        let early = (1..<Limits.apiRefusalsMax).map { _ in refusals.add(at: start) }
        #expect(early.allSatisfy { !$0 })
        let later = (1..<Limits.apiRefusalsMax).map { _ in refusals.add(at: late) }
        #expect(later.allSatisfy { !$0 })
        #expect(!refusals.isOver)
        let last = refusals.add(at: late)
        #expect(last && refusals.isOver)
    }

    @Test("answers that nobody takes wait within bounds, and whoever takes theirs gets them all")
    func unsent() async throws {
        let fixture = try APIFixture.make()
        let length = await fixture.request(.get, "/openapi.json").body.count
        var bounds = ServerBounds()
        // Of one that takes nothing at least 32 KiB wait, and another answer behind that: of ten,
        // more than has room.
        let least = (32 << 10) + length
        bounds.unsentBytesMax = 6 * least
        let server = try await RunningServer.start(bounds: bounds)
        let unsent = server.fixture.server.unsent
        let request = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
        let deaf = try (0..<10).map { _ in
            try SocketClient(port: server.port, receiveBytes: 16 << 10)
        }
        let tally = server.fixture.server.tally
        try await Condition.becomesTrue("ten connections") { tally.count == deaf.count }
        for client in deaf { client.send(String(repeating: request, count: 20)) }
        // How many answers are in one is by chance: two of many can be as much as six of one.
        try await Condition.becomesTrue("the end of those that have no room") { tally.count <= 6 }
        #expect(unsent.bytes > 0)
        try await Condition.becomesTrue("what is told of them") {
            await isTold("ANSWERS_NOT_TAKEN", server)
        }
        // Whoever takes an answer at once gets it.
        for _ in 0..<20 {
            #expect(try await server.ask("GET /openapi.json").body.utf8.count == length)
        }
        // Nobody has closed them on this side.
        withExtendedLifetime(deaf) {}
        await server.stop()
    }
}
