import BrokerTestSupport
import Core
import Testing

@testable import Broker

@Suite("Sessions and subscriptions", .enabled(if: TestBroker.isInstalled, TestBroker.missing))
struct SessionTests {
    @Test(
        "a session survives the connection",
        arguments: [LinkOptions.ProtocolVersion.v5, .v311])
    func survives(version: LinkOptions.ProtocolVersion) throws {
        let broker = try TestBroker()
        let link = TestLink(broker, id: "agent") { $0.version = version }
        #expect(try link.connect() == false)
        try link.subscribe("in/#")
        link.link.disconnect()
        let sender = TestLink(broker, id: "device")
        try sender.connect()
        try sender.publishAndWait(Publication(topic: "in/a", payload: [1, 2]))
        #expect(try link.connect())
        try link.wait("what came meanwhile", flushing: true) { !$0.messages.isEmpty }
        #expect(link.messages[0].payload == [1, 2])
    }

    @Test("without a session expiry an MQTT 5 session ends with its connection")
    func expires() throws {
        let broker = try TestBroker()
        let link = TestLink(broker) { $0.sessionExpiry = .zero }
        try link.connect()
        link.link.disconnect()
        #expect(try link.connect() == false)
    }

    @Test("a broker that restarts keeps the session if it is persistent, and only then")
    func brokerRestarts() throws {
        for isPersistent in [true, false] {
            let broker = try TestBroker(.init(isPersistent: isPersistent))
            let link = TestLink(broker)
            try link.connect()
            try link.subscribe("in/#")
            try broker.restart()
            try link.wait("lost") { $0.lostReason != nil }
            #expect(link.link.socket == nil)
            #expect(try link.connect() == isPersistent)
        }
    }

    @Test("a broker that is killed is noticed")
    func brokerCrashes() throws {
        let broker = try TestBroker()
        let link = TestLink(broker)
        try link.connect()
        broker.kill()
        try link.wait("lost") { $0.lostReason != nil }
        #expect(throws: PublishError.notConnected) {
            try link.link.publish(Publication(topic: "a", payload: []))
        }
        guard case .lost(let reason) = try link.failure() else {
            throw TestFailure("\(link.signals)")
        }
        #expect(reason.contains("refused"))
    }

    @Test("each filter gets its code, in the order asked, over both qualities of service")
    func codes() throws {
        let broker = try TestBroker()
        let link = TestLink(broker)
        try link.connect()
        link.link.subscribe([
            Subscription(filter: "a/#", qos: .atLeastOnce),
            Subscription(filter: "b/#/c", qos: .atLeastOnce),
            Subscription(filter: "c", qos: .atMostOnce),
            Subscription(filter: "", qos: .atMostOnce),
            Subscription(filter: "d\u{0}", qos: .atMostOnce),
            Subscription(filter: "e/+", qos: .atLeastOnce),
        ])
        link.link.subscribe([])
        link.link.flush()
        try link.wait("both answers") { $0.signals.count == 3 }
        #expect(
            link.signals.suffix(2) == [
                .subscribed(codes: [1, 0x8F, 0, 0x8F, 0x8F, 1]), .subscribed(codes: []),
            ])
        link.burst.removeAll()
        link.link.subscribe([])
        #expect(link.link.hasBufferedInput)
        link.turn()
        #expect(link.signals == [.subscribed(codes: [])])
    }

    @Test("filters that do not fit one packet go in several, and are answered at once")
    func manyFilters() throws {
        let broker = try TestBroker()
        let link = TestLink(broker)
        try link.connect()
        let filters = (0..<3).map { "\($0)" + String(repeating: "x", count: 30_000) }
        link.link.subscribe(filters.map { Subscription(filter: $0, qos: .atLeastOnce) })
        link.link.flush()
        try link.wait("the answer") { $0.signals.count == 2 }
        #expect(link.signals.last == .subscribed(codes: [1, 1, 1]))
        #expect(MosquittoLink.packets([0, 1, 2], bytes: { _ in 30_000 }) == [[0, 1], [2]])
        #expect(MosquittoLink.packets([], bytes: { _ in 1 }).isEmpty)
        #expect(MosquittoLink.packets([4], bytes: { _ in 1 << 20 }) == [[4]])
    }

    @Test("what is unsubscribed comes no more")
    func unsubscribes() throws {
        let broker = try TestBroker()
        let link = TestLink(broker)
        try link.connect()
        try link.subscribe("a", "b")
        link.link.unsubscribe(["a", "not/#/valid"])
        link.link.flush()
        try link.publish("a", "1")
        try link.publish("b", "2")
        try link.wait("the message", flushing: true) { !$0.messages.isEmpty }
        #expect(link.payloads == ["2"])
    }

    @Test("renewing a subscription does not repeat retained messages, a new one brings them")
    func retained() throws {
        let broker = try TestBroker()
        let link = TestLink(broker)
        try link.connect()
        try link.publishAndWait(Publication(topic: "a", payload: [1], retain: true))
        try link.subscribe("a")
        try link.wait("the retained message", flushing: true) { !$0.messages.isEmpty }
        #expect(link.messages[0].retain)
        link.burst.removeAll()
        try link.subscribe("a")
        try link.publish("a", "live")
        try link.wait("the live message", flushing: true) { !$0.messages.isEmpty }
        #expect(link.payloads == ["live"])
        #expect(!link.messages[0].retain)
    }

    @Test(
        "a clean start forgets what waits, and MQTT 5 brings nothing retained that is not wanted",
        arguments: [LinkOptions.ProtocolVersion.v5, .v311])
    func cleanStart(version: LinkOptions.ProtocolVersion) throws {
        let broker = try TestBroker()
        let before = TestLink(broker, id: "agent") { $0.version = version }
        try before.connect()
        try before.subscribe("a")
        before.link.disconnect()
        let device = TestLink(broker, id: "device")
        try device.connect()
        try device.publishAndWait(
            Publication(topic: "a", payload: Array("kept".utf8), retain: true))
        let clean = TestLink(broker, id: "agent") {
            $0.version = version
            $0.startsClean = true
            $0.sessionExpiry = .zero
            $0.takesRetained = false
        }
        #expect(try clean.connect() == false)
        try clean.subscribe("a")
        try clean.publish("a", "live")
        try clean.wait("the live message", flushing: true) { $0.payloads.last == "live" }
        #expect(clean.payloads == (version == .v5 ? ["live"] : ["kept", "live"]))
        clean.link.disconnect()
        #expect(try before.connect() == false)
    }

    @Test("subscribing without a connection does nothing")
    func notConnected() throws {
        let link = TestLink(LinkOptions(host: "127.0.0.1", port: 1, clientID: "a"))
        link.link.subscribe([Subscription(filter: "a", qos: .atLeastOnce)])
        link.link.unsubscribe(["a"])
        link.link.flush()
        link.link.tick()
        link.link.disconnect()
        link.link.reportsDuplicates = true
        #expect(!link.link.reportsDuplicates)
        #expect(!link.link.hasBufferedInput)
        #expect(link.link.socket == nil)
        #expect(!link.link.wantsWrite)
        #expect(link.link.maximumPacketBytes == nil)
    }

    @Test("the will is published on abandon and not on disconnect")
    func will() throws {
        let broker = try TestBroker()
        let watcher = TestLink(broker, id: "watcher")
        try watcher.connect()
        try watcher.subscribe("status")
        let link = TestLink(broker, id: "agent") {
            $0.will = Publication(topic: "status", payload: Array("offline".utf8), retain: true)
        }
        try link.connect()
        link.link.disconnect()
        try watcher.publish("status", "marker")
        try watcher.wait("the marker", flushing: true) { !$0.messages.isEmpty }
        #expect(watcher.payloads == ["marker"])
        try link.connect()
        link.link.abandon()
        try watcher.wait("the will", flushing: true) { $0.messages.count == 2 }
        #expect(watcher.payloads == ["marker", "offline"])
    }

    /// A client whose password is a token, and whose will says its name.
    private func tokenLink(
        _ broker: TestBroker, _ name: String, version: LinkOptions.ProtocolVersion = .v5,
        password: String = Self.token
    ) -> TestLink {
        TestLink(broker, id: name) {
            $0.version = version
            $0.username = "jamey"
            $0.password = Array(password.utf8)
            $0.will = Publication(topic: "status", payload: Array(name.utf8), retain: true)
            $0.tokenWillDelay = .seconds(1)
        }
    }

    private static let token = [#"{"alg":"HS256"}"#, #"{"exp":4102444800}"#, "signed"]
        .map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")

    @Test("the will that a token's link leaves behind is published where it does not come back")
    func keptWill() throws {
        let broker = try TestBroker(.init(users: ["jamey": Self.token, "watcher": "w"]))
        let watcher = TestLink(broker, id: "watcher") {
            $0.username = "watcher"
            $0.password = Array("w".utf8)
        }
        try watcher.connect()
        try watcher.subscribe("status")
        let back = tokenLink(broker, "back")
        try back.connect()
        back.link.disconnect(keepsWill: true)
        #expect(try back.connect())
        // Refused with the next token, as a broker may do.
        let refused = tokenLink(broker, "refused")
        try refused.connect()
        refused.link.disconnect(keepsWill: true)
        let next = tokenLink(broker, "refused", password: Self.token + "x")
        guard case .refused = try next.failure() else { throw TestFailure("it is let in") }
        // Its delay began after that of the one that is back.
        try watcher.wait("its will", flushing: true) { !$0.messages.isEmpty }
        #expect(watcher.payloads == ["refused"])
        let last = tokenLink(broker, "last")
        try last.connect()
        last.link.disconnect()
        back.link.abandon()
        try watcher.wait("the next will", flushing: true) { $0.messages.count == 2 }
        #expect(watcher.payloads == ["refused", "back"])
    }

    @Test("where there is no delay, a will that is left behind is published at once")
    func willWithoutDelay() throws {
        let broker = try TestBroker()
        let watcher = TestLink(broker, id: "watcher")
        try watcher.connect()
        try watcher.subscribe("status")
        let old = tokenLink(broker, "old", version: .v311)
        try old.connect()
        old.link.disconnect(keepsWill: true)
        try watcher.wait("its will", flushing: true) { $0.payloads == ["old"] }
        let plain = tokenLink(broker, "plain", password: "no token")
        try plain.connect()
        plain.link.disconnect(keepsWill: true)
        try watcher.wait("its will", flushing: true) { $0.payloads == ["old", "plain"] }
    }

    @Test("only MQTT 5 and a token have the will delayed, and by whole seconds")
    func willDelay() {
        var options = LinkOptions(host: "h", clientID: "a", password: Array(Self.token.utf8))
        #expect(options.willDelay == Limits.tokenWillDelay)
        #expect(Limits.tokenWillDelay >= Limits.connectTimeMax)
        options.version = .v311
        #expect(options.willDelay == .zero)
        options.version = .v5
        options.password = Array("secret".utf8)
        #expect(options.willDelay == .zero)
        options.password = nil
        #expect(options.willDelay == .zero)
    }
}
