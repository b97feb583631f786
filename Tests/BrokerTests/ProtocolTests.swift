import BrokerTestSupport
import Core
import Glibc
import Testing

@testable import Broker

/// Against a server of our own, which says what no proper broker would.
@Suite("What a broker may say")
struct ProtocolTests {
    private func link(_ server: TinyServer, _ version: LinkOptions.ProtocolVersion) -> TestLink {
        TestLink(
            LinkOptions(host: "127.0.0.1", port: server.port, clientID: "a", version: version))
    }

    private func connected(
        _ server: TinyServer, connack: [UInt8] = [0x20, 3, 0, 0, 0]
    ) throws -> TestLink {
        let link = link(server, .v5)
        link.link.connect()
        try link.wait("connected") {
            server.answerConnect(with: connack)
        } until: {
            !$0.signals.isEmpty
        }
        link.burst.removeAll()
        return link
    }

    @Test("every refusal of MQTT 3.1.1 is translated to MQTT 5's")
    func refusals311() throws {
        let expected: [UInt8: UInt8] = [1: 0x84, 2: 0x85, 3: 0x88, 4: 0x86, 5: 0x87]
        for (code, translated) in expected {
            let server = try TinyServer()
            let link = link(server, .v311)
            let signal = try link.failure { server.answerConnect(with: [0x20, 2, 0, code]) }
            guard case .refused(let refusal) = signal else { throw TestFailure("\(signal)") }
            #expect(refusal.code == translated)
            #expect(refusal.isAuthentication == (code >= 4))
        }
    }

    @Test("every refusal of MQTT 5 keeps its code", arguments: 0x80...0x9F as ClosedRange<UInt8>)
    func refusals5(code: UInt8) throws {
        let server = try TinyServer()
        let link = link(server, .v5)
        let signal = try link.failure { server.answerConnect(with: [0x20, 3, 0, code, 0]) }
        guard case .refused(let refusal) = signal else { throw TestFailure("\(signal)") }
        #expect(refusal.code == code)
        #expect(refusal.isAuthentication == [0x86, 0x87, 0x8A, 0x8C].contains(code))
        #expect(refusal.text.contains("0x\(String(code, radix: 16))"))
    }

    @Test("a broker that only knows MQTT 3 refuses the version")
    func oldBroker() throws {
        let server = try TinyServer()
        let link = link(server, .v5)
        let signal = try link.failure { server.answerConnect(with: [0x20, 2, 0, 1]) }
        guard case .refused(let refusal) = signal else { throw TestFailure("\(signal)") }
        #expect(refusal.code == 0x84)
    }

    @Test(
        "a DISCONNECT of the broker is told with its reason",
        arguments: [
            (0x8E, "another client uses our client identifier"), (0x8B, "0x8b"),
            (0x00, "the broker closed the connection"),
        ] as [(UInt8, String)])
    func disconnects(code: UInt8, text: String) throws {
        let server = try TinyServer()
        let link = try connected(server)
        server.say([0xE0, 2, code, 0])
        try link.wait("lost") { $0.lostReason != nil }
        #expect(link.lostReason?.contains(text) == true)
        #expect(link.signals.count == 1)
    }

    @Test(
        "what MQTT does not allow ends the connection and never the process",
        arguments: [
            [0xF0, 0], [0x00, 0], [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x30, 2, 0, 0],
            [0x30, 3, 0, 9, 65], [0x36, 4, 0, 1, 97, 0], [0x32, 6, 0, 1, 97, 0, 0, 0],
            // A topic that is not UTF-8, and one with a zero.
            [0x30, 6, 0, 3, 97, 0xFF, 97, 0], [0x30, 5, 0, 2, 97, 0, 0],
            // A property that PUBLISH cannot have.
            [0x30, 6, 0, 1, 97, 2, 0x21, 1], [0x40, 0], [0x90, 1, 0],
        ] as [[UInt8]])
    func garbage(bytes: [UInt8]) throws {
        let server = try TinyServer()
        let link = try connected(server)
        server.say(bytes)
        server.turn()
        try link.wait("lost") {
            server.drop()
        } until: {
            $0.lostReason != nil
        }
        #expect(link.messages.isEmpty)
        #expect(link.link.socket == nil)
    }

    @Test("garbage instead of CONNACK is lost")
    func garbageFirst() throws {
        let server = try TinyServer()
        let link = link(server, .v5)
        let signal = try link.failure { server.answerConnect(with: [0x00, 2, 0, 0]) }
        guard case .lost = signal else { throw TestFailure("\(signal)") }
    }

    @Test("a packet may come in pieces")
    func pieces() throws {
        let server = try TinyServer()
        let link = try connected(server)
        let packet: [UInt8] = [0x32, 9, 0, 3] + Array("a/b".utf8) + [0, 7, 0, 42]
        for byte in packet.dropLast() {
            server.say([byte])
            link.turn()
            #expect(link.messages.isEmpty)
        }
        server.say(packet.suffix(1))
        try link.wait("the message") { !$0.messages.isEmpty }
        #expect(link.messages[0].topic == "a/b")
        #expect(link.messages[0].packetID == 7)
        #expect(link.payloads == ["*"])
    }

    @Test("a PUBACK with a reason is passed on, one for nothing is not")
    func confirmations() throws {
        let server = try TinyServer()
        let link = try connected(server)
        let packetID = try link.link.publish(Publication(topic: "a", payload: []))
        link.link.flush()
        server.say([0x40, 2, 0x77, 0x77])
        server.say([0x40, 3, UInt8(packetID >> 8), UInt8(packetID & 255), 0x87])
        try link.wait("the answer") { !$0.signals.isEmpty }
        #expect(link.signals == [.confirmed(packetID: packetID, reason: 0x87)])
    }

    @Test("a broker without QoS 1 is told by a typed error")
    func maximumQoS() throws {
        let server = try TinyServer()
        let link = try connected(server, connack: [0x20, 5, 0, 0, 2, 0x24, 0])
        #expect(
            throws: PublishError.malformed("the broker does not support this quality of service")
        ) {
            try link.link.publish(Publication(topic: "a", payload: []))
        }
    }

    @Test("what does not fit the socket waits for it, and for nothing else")
    func fullSocket() throws {
        let server = try TinyServer()
        let link = try connected(server)
        #expect(!link.link.wantsWrite)
        for _ in 0..<16 {
            _ = try link.link.publish(
                Publication(
                    topic: "a", payload: Array(repeating: 0, count: 1 << 20), qos: .atMostOnce))
        }
        link.link.flush()
        #expect(link.link.wantsWrite)
        // DISCONNECT does not wait for ever for a broker that does not read.
        let before = ContinuousClock.now
        link.link.disconnect()
        #expect(ContinuousClock.now - before < .seconds(5))
        #expect(link.link.socket == nil)
    }

    @Test("a broker that goes away while we write is lost")
    func goneWhileWriting() throws {
        let server = try TinyServer()
        let link = try connected(server)
        server.drop(byReset: true)
        try link.wait("lost") {
            // Until the reset is seen this fails; then there is nothing to publish to.
            _ = try? link.link.publish(Publication(topic: "a", payload: [1], qos: .atMostOnce))
            link.link.flush()
        } until: {
            $0.lostReason != nil
        }
        #expect(link.signals.count == 1)
    }

    @Test("every code of libmosquitto has words")
    func reasons() throws {
        let connection = try Connection(LinkOptions(host: "h", clientID: "a"))
        // mosquitto.h, enum mosq_err_t.
        let (noMemory, protocolError, tls, byErrno, lookUp, keepAlive) = (1, 2, 8, 14, 15, 19)
        func text(_ code: Int, _ number: Int32 = 0) -> String {
            connection.reason(code: Int32(code), number: number)
        }
        #expect(text(keepAlive) == "the broker did not answer a ping in time")
        #expect(text(byErrno, ECONNREFUSED) == "Connection refused")
        #expect(text(byErrno).contains("before it answered CONNECT"))
        #expect(text(lookUp, EAI_NONAME).contains("cannot resolve h"))
        #expect(text(tls) == "TLS failed" + Connection.commonCauses)
        #expect(text(protocolError).contains("MQTT does not allow"))
        #expect(text(noMemory) == "Out of memory.")
        connection.errorLines = ["OpenSSL Error[0]: something else"]
        #expect(
            text(tls) == "TLS failed: OpenSSL Error[0]: something else" + Connection.commonCauses)
    }

    @Test("a PUBLISH line whose flag cannot be read leaves it unknown")
    func unreadableFlag() throws {
        // The client identifier fills libmosquitto's line, so that the flag is cut off.
        let server = try TinyServer()
        let link = TestLink(
            LinkOptions(
                host: "127.0.0.1", port: server.port, clientID: String(repeating: "x", count: 900)))
        link.link.connect()
        try link.wait("connected") {
            // Session present.
            server.answerConnect(with: [0x20, 3, 1, 0, 0])
        } until: {
            !$0.signals.isEmpty
        }
        server.say([0x3A, 6, 0, 1, 97, 0, 7, 0])
        try link.wait("the message") { !$0.messages.isEmpty }
        #expect(link.link.reportsDuplicates)
        #expect(link.messages[0].isDuplicate == nil)
    }
}
