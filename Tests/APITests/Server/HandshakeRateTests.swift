import BrokerTestSupport
import Core
import Testing

@testable import API

@Suite("The rate of handshakes")
struct HandshakeRateTests {
    private let clock = TestClock()
    private let small = HandshakeRate.Bounds(
        perAddress: APISettings.Rate(perSecond: 2, burst: 3),
        ofLoopback: APISettings.Rate(perSecond: 4, burst: 6))

    /// How many of so many connections at once are let through.
    private func passing(_ count: Int, from address: String, _ rate: HandshakeRate) -> Int {
        let block = AddressBlock(address)
        return (0..<count).filter { _ in rate.mayBegin(from: block) }.count
    }

    @Test("an address begins a burst, and then as many as time brings back")
    func burst() {
        let rate = HandshakeRate(small, clock: clock)
        #expect(passing(10, from: "192.0.2.1", rate) == 3)
        clock.advance(by: .milliseconds(499))
        #expect(passing(10, from: "192.0.2.1", rate) == 0)
        clock.advance(by: .milliseconds(1))
        #expect(passing(10, from: "192.0.2.1", rate) == 1)
        clock.advance(by: .seconds(3_600))
        #expect(passing(10, from: "192.0.2.1", rate) == 3)
    }

    @Test("what one address begins is nothing to others; an IPv6 network of 64 bits is one")
    func others() {
        let rate = HandshakeRate(small, clock: clock)
        #expect(passing(10, from: "192.0.2.1", rate) == 3)
        #expect(passing(10, from: "192.0.2.2", rate) == 3)
        #expect(passing(2, from: "2001:db8:1:2::1", rate) == 2)
        #expect(passing(10, from: "2001:db8:1:2:ffff::9", rate) == 1)
        #expect(passing(10, from: "2001:db8:1:3::1", rate) == 3)
        #expect(passing(10, from: "192.0.2.1", rate) == 0)
    }

    @Test(
        "this machine has a rate of its own, since a proxy may stand on it",
        arguments: ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
    func loopback(address: String) {
        let rate = HandshakeRate(small, clock: clock)
        #expect(passing(10, from: address, rate) == 6)
        clock.advance(by: .milliseconds(250))
        #expect(passing(10, from: address, rate) == 1)
        #expect(passing(10, from: "192.0.2.1", rate) == 3)
    }

    @Test(
        "by default, whoever keeps to the rate is let through for ever, and a burst comes on top",
        arguments: [("192.0.2.1", 100, 20), ("127.0.0.1", 500, 100)])
    func usual(address: String, burst: Int, perSecond: Int) {
        let rate = HandshakeRate(clock: clock)
        #expect(passing(1_000, from: address, rate) == burst)
        for second in 0..<120 {
            clock.advance(by: .seconds(1))
            #expect(passing(perSecond + 5, from: address, rate) == perSecond, "\(second)")
        }
    }

    @Test("without TLS there are no handshakes, and no rate of them")
    func plain() async throws {
        var bounds = ServerBounds()
        bounds.handshakes.ofLoopback = APISettings.Rate(perSecond: 0.5, burst: 1)
        let server = try await RunningServer.start(bounds: bounds)
        for _ in 0..<5 { #expect(try await server.ask("GET /livez").status == 200) }
        await server.stop()
    }
}

@Suite(
    "The rate of handshakes on a listener",
    .enabled(if: TestCertificates.isPossible, "openssl is not installed"))
struct HandshakeRateOverTLSTests {
    private let certificates: TestCertificates

    init() throws { certificates = try TestCertificates() }

    private func start(_ rate: APISettings.Rate) async throws -> RunningServer {
        var bounds = ServerBounds()
        bounds.handshakes.ofLoopback = rate
        return try await RunningServer.start(showing: certificates.right, bounds: bounds)
    }

    /// How many of them the audit chain tells.
    private func refusals(_ server: RunningServer) async -> Int64 {
        await server.fixture.services.access.flush(isFinal: true)
        let answer = await server.fixture.admin(.get, "/audit?kind=access&limit=1000")
        let counts = (answer["links"]?.array ?? []).compactMap { link -> Int64? in
            let record = link["record"]
            guard record?["reason"]?.string == "TOO_MANY_HANDSHAKES",
                record?["from"]?.string == "127.0.0.1"
            else { return nil }
            return record?["count"]?.int
        }
        return counts.reduce(0, +)
    }

    @Test("a connection too many is closed before its handshake, and told; time brings it back")
    func refused() async throws {
        let server = try await start(APISettings.Rate(perSecond: 0.5, burst: 2))
        let tally = server.fixture.server.tally
        // They say nothing, so the server waits for their handshakes.
        let held = [try SocketClient(port: server.port), try SocketClient(port: server.port)]
        try await Condition.becomesTrue("two connections") { tally.count == 2 }
        for _ in 0..<2 {
            let refused = try SocketClient(port: server.port)
            #expect(await refused.readToEnd()?.isEmpty == true)
        }
        #expect(tally.count == 2)
        // By the local socket there are none.
        for _ in 0..<3 { #expect(try await server.askLocally("GET /livez").status == 200) }
        try await Condition.becomesTrue("both refusals in the audit chain") {
            await refusals(server) == 2
        }
        let metrics = await server.fixture.admin(.get, "/metrics").text
        #expect(metrics.contains("\njamey_api_refusals_total 2\n"), "\(metrics)")
        server.fixture.clock.advance(by: .seconds(2))
        let client = TLSClient(port: server.port, authority: certificates.authority.certificate)
        let answer = try await client.ask(RunningServer.text("GET /livez"))
        #expect(RawResponse(answer.bytes)?.status == 200, "\(answer.report)")
        withExtendedLifetime(held) {}
        await server.stop()
    }
}
