import BrokerTestSupport
import Core
import Glibc
import Testing

@testable import Broker

@Suite("Connecting", .enabled(if: TestBroker.isInstalled, TestBroker.missing))
struct ConnectTests {
    @Test("a name is resolved off the thread, an address is not")
    func names() throws {
        let broker = try TestBroker()
        // getaddrinfo takes "127.1" for an address, inet_pton does not: no DNS is asked.
        for (host, isDialed) in [("127.0.0.1", false), ("localhost", false), ("127.1", true)] {
            #expect(MosquittoLink.needsNoResolver(host) == !isDialed)
            let link = TestLink(broker) { $0.host = host }
            link.link.connect()
            #expect(link.link.socket != nil)
            try link.wait("connected") { !$0.signals.isEmpty }
            #expect(link.signals == [.connected(isSessionPresent: host != "127.0.0.1")])
            link.link.disconnect()
        }
        #expect(MosquittoLink.needsNoResolver("::1"))
    }

    @Test("a name that does not resolve is lost with the reason, and asking does not block")
    func unknownName() throws {
        let link = TestLink(LinkOptions(host: "no-such-host.invalid", clientID: "a"))
        let before = ContinuousClock.now
        link.link.connect()
        #expect(ContinuousClock.now - before < .milliseconds(500))
        try link.wait("lost", seconds: 60) { !$0.signals.isEmpty }
        #expect(link.lostReason?.contains("cannot resolve no-such-host.invalid") == true)
    }

    @Test("a dial can be given up at any moment")
    func abandonedDial() throws {
        let broker = try TestBroker()
        for _ in 0..<20 {
            let link = TestLink(broker) { $0.host = "127.1" }
            link.link.connect()
            link.link.abandon()
            #expect(link.link.socket == nil)
            link.turn()
            #expect(link.signals.isEmpty)
        }
        let link = TestLink(broker) { $0.host = "127.1" }
        link.link.connect()
        link.link.connect()
        try link.wait("connected") { !$0.signals.isEmpty }
    }

    @Test("look-ups that hang are bounded")
    func hangingDials() throws {
        var options = LinkOptions(host: "127.1", clientID: "a")
        options.port = try LoopbackPort.free()
        let link = TestLink(MosquittoLink(options, dialsMax: 0))
        link.link.connect()
        #expect(link.link.hasBufferedInput)
        link.turn()
        #expect(link.lostReason?.contains("resolver") == true)
    }

    @Test(
        "a port that nobody listens on is lost with the reason", arguments: ["127.0.0.1", "127.1"])
    func refusedPort(host: String) throws {
        let port = try LoopbackPort.free()
        for tls in [nil, TLSOptions()] {
            let link = TestLink(
                LinkOptions(host: host, port: port, clientID: "a", tls: tls))
            guard case .lost(let reason) = try link.failure() else {
                throw TestFailure("\(link.signals)")
            }
            #expect(reason.contains("refused"), "\(reason)")
        }
    }

    @Test("a black hole does not hold the caller, and can be given up")
    func blackHole() throws {
        let hole = try TinyServer()
        for tls in [nil, TLSOptions()] {
            let link = TestLink(
                LinkOptions(host: "127.0.0.1", port: hole.port, clientID: "a", tls: tls))
            let before = ContinuousClock.now
            link.link.connect()
            for _ in 0..<5 { link.turn(milliseconds: 5) }
            #expect(ContinuousClock.now - before < .seconds(2))
            #expect(link.signals.isEmpty)
            // Nothing keeps the loop awake while nothing happens.
            #expect(!link.link.wantsWrite)
            #expect(!link.link.hasBufferedInput)
            link.link.abandon()
            #expect(link.link.socket == nil)
        }
    }

    @Test(
        "wrong credentials are refused as such",
        arguments: [LinkOptions.ProtocolVersion.v5, .v311])
    func credentials(version: LinkOptions.ProtocolVersion) throws {
        let broker = try TestBroker(.init(users: ["jamey": "right word"]))
        let link = TestLink(broker) {
            $0.version = version
            $0.username = "jamey"
            $0.password = Array("wrong word".utf8)
        }
        guard case .refused(let refusal) = try link.failure() else {
            throw TestFailure("\(link.signals)")
        }
        #expect(refusal.isAuthentication)
        #expect([0x86, 0x87].contains(refusal.code))
        #expect(!refusal.text.contains("wrong word"))
        link.turn()
        #expect(link.signals.count == 1, "a refusal is not followed by a loss")
        let nobody = TestLink(broker) { $0.version = version }
        guard case .refused = try nobody.failure() else { throw TestFailure("\(nobody.signals)") }
        let right = TestLink(broker) {
            $0.version = version
            $0.username = "jamey"
            $0.password = Array("right word".utf8)
        }
        try right.connect()
    }

    @Test("a stolen client identifier is named")
    func stolenIdentifier() throws {
        let broker = try TestBroker()
        let first = TestLink(broker, id: "agent")
        try first.connect()
        let second = TestLink(broker, id: "agent")
        try second.connect()
        try first.wait("lost") { $0.lostReason != nil }
        let reason = try #require(first.lostReason)
        #expect(reason.contains("another client uses our client identifier"), "\(reason)")
    }

    @Test("a broker that accepts and kicks at once is lost each time")
    func acceptsAndKicks() throws {
        let server = try TinyServer()
        let link = TestLink(LinkOptions(host: "127.0.0.1", port: server.port, clientID: "a"))
        for _ in 0..<3 {
            link.burst.removeAll()
            link.link.connect()
            var isKicked = false
            try link.wait("lost") {
                server.answerConnect(with: [0x20, 3, 0, 0, 0])
                if link.signals.contains(.connected(isSessionPresent: false)), !isKicked {
                    server.drop()
                    isKicked = true
                }
            } until: {
                $0.lostReason != nil
            }
            #expect(link.signals.first == .connected(isSessionPresent: false))
            #expect(link.lostReason?.hasPrefix("the broker closed the connection") == true)
        }
    }

    @Test("a connection that is closed or reset before CONNACK is lost", arguments: [false, true])
    func closedEarly(byReset: Bool) throws {
        let server = try TinyServer()
        for tls in [nil, TLSOptions()] {
            let link = TestLink(
                LinkOptions(host: "127.0.0.1", port: server.port, clientID: "a", tls: tls))
            let signal = try link.failure {
                server.turn()
                if !server.received.isEmpty { server.drop(byReset: byReset) }
            }
            guard case .lost(let reason) = signal else { throw TestFailure("\(signal)") }
            #expect(!reason.isEmpty)
            server.drop()
        }
    }

    @Test("options that cannot work are said before anything is tried")
    func badOptions() throws {
        let good = LinkOptions(host: "127.0.0.1", clientID: "a")
        #expect(good.problems().isEmpty)
        var bad: [LinkOptions] = []
        func add(_ change: (inout LinkOptions) -> Void) {
            var options = good
            change(&options)
            bad.append(options)
        }
        add { $0.host = "" }
        add { $0.clientID = "" }
        add { $0.clientID = "a\u{0}" }
        add { $0.port = 0 }
        add { $0.port = 65_536 }
        add { $0.keepAlive = .seconds(4) }
        add { $0.keepAlive = .seconds(65_536) }
        add { $0.sessionExpiry = .seconds(-1) }
        add { $0.receiveMaximum = 0 }
        add { $0.maximumPacketBytes = 0 }
        add { $0.username = "\u{1}" }
        add { $0.password = [65] }
        add {
            $0.username = "u"
            $0.password = [65, 0]
        }
        add {
            $0.username = "u"
            $0.password = Array(repeating: 65, count: 65_536)
        }
        add { $0.will = Publication(topic: "a/#", payload: []) }
        add { $0.will = Publication(topic: "a", payload: Array(repeating: 0, count: 65_536)) }
        add { $0.tls = TLSOptions(caFile: "/no/such/file") }
        add { $0.tls = TLSOptions(certificateFile: "/dev/null") }
        for options in bad {
            #expect(options.problems().count == 1, "\(options): \(options.problems())")
            let link = TestLink(options)
            link.link.connect()
            link.turn()
            #expect(link.lostReason == options.problems().first)
        }
    }

    @Test("a password is never printed")
    func redaction() {
        let options = LinkOptions(
            host: "h", clientID: "a", username: "u", password: Array("hunter2".utf8))
        var dumped = ""
        dump(options, to: &dumped)
        for text in ["\(options)", String(reflecting: options), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104"), "not as numbers either")
            #expect(text.contains("redacted"))
        }
        let open = LinkOptions(host: "h", clientID: "a", tls: TLSOptions())
        #expect(open.description == "a at mqtts://h:1883, username none, password none")
    }
}
