import BrokerTestSupport
import Core
import Testing

@testable import Broker

@Suite("Publishing and receiving", .enabled(if: TestBroker.isInstalled, TestBroker.missing))
struct PublishTests {
    private func echo(
        _ broker: TestBroker, _ change: (inout LinkOptions) -> Void = { _ in }
    ) throws -> TestLink {
        let link = TestLink(broker, id: "agent", change)
        try link.connect()
        try link.subscribe("#")
        link.burst.removeAll()
        return link
    }

    private let rich = MessageProperties(
        responseTopic: "answer/here", correlationData: [0, 1, 255], contentType: "application/json",
        user: [.init(name: "decision_id", value: "ü"), .init(name: "decision_id", value: "")])

    @Test("properties come back as they were sent, with MQTT 5")
    func properties() throws {
        let link = try echo(try TestBroker())
        try link.publishAndWait(
            Publication(topic: "a/b", payload: Array("{}".utf8), properties: rich))
        try link.wait("the echo", flushing: true) { !$0.messages.isEmpty }
        #expect(link.messages[0].properties == rich)
        #expect(link.messages[0].topic == "a/b")
        #expect(link.messages[0].packetID != 0)
        #expect(link.burst.payloadBytes == 2 + rich.bytes)
        #expect(link.payloads == ["{}"])
    }

    @Test("one kind of property alone comes back alone, and an empty text not at all")
    func singleProperties() throws {
        let link = try echo(try TestBroker())
        let all = [
            MessageProperties(responseTopic: "r"), MessageProperties(correlationData: []),
            MessageProperties(contentType: "c"), MessageProperties(user: rich.user),
            // libmosquitto 2.0.11 would crash on these two.
            MessageProperties(contentType: ""), MessageProperties(responseTopic: ""),
            MessageProperties(),
        ]
        for properties in all {
            try link.publishAndWait(Publication(topic: "a", payload: [], properties: properties))
        }
        try link.wait("the echoes", flushing: true) { $0.messages.count == all.count }
        let expected: [MessageProperties?] = all.prefix(4).map { $0 } + [nil, nil, nil]
        #expect(link.messages.map { $0.properties } == expected)
    }

    @Test("more user properties than the bound are not read")
    func manyProperties() throws {
        let link = try echo(try TestBroker())
        let many = (0..<Limits.userPropertiesMax + 5).map {
            MessageProperties.UserProperty(name: "\($0)", value: "v")
        }
        try link.publishAndWait(
            Publication(topic: "a", payload: [], properties: MessageProperties(user: many)))
        try link.wait("the echo", flushing: true) { !$0.messages.isEmpty }
        #expect(link.messages[0].properties?.user == Array(many.prefix(Limits.userPropertiesMax)))
    }

    @Test("MQTT 3.1.1 carries everything but properties")
    func version311() throws {
        let link = try echo(try TestBroker()) { $0.version = .v311 }
        try link.publishAndWait(Publication(topic: "a", payload: [9], properties: rich))
        try link.wait("the echo", flushing: true) { !$0.messages.isEmpty }
        #expect(link.messages[0].payload == [9])
        #expect(link.messages[0].properties == nil)
        #expect(link.messages[0].qos == .atLeastOnce)
    }

    @Test("QoS 0 is neither numbered nor confirmed")
    func qos0() throws {
        let link = try echo(try TestBroker())
        let packetID = try link.link.publish(
            Publication(topic: "a", payload: [1], qos: .atMostOnce))
        link.link.flush()
        try link.wait("the echo") { !$0.messages.isEmpty }
        #expect(packetID == 0)
        #expect(link.messages[0].packetID == 0)
        #expect(link.messages[0].qos == .atMostOnce)
        #expect(link.signals.isEmpty)
    }

    @Test("publications beyond the broker's window leave as confirmations come")
    func window() throws {
        let link = try echo(try TestBroker())
        var sent: Set<UInt16> = []
        for number in 0..<300 {
            sent.insert(try link.link.publish(Publication(topic: "a/\(number)", payload: [])))
        }
        link.link.flush()
        try link.wait("all", flushing: true) {
            $0.messages.count == 300 && $0.signals.count == 300
        }
        let confirmed = link.signals.compactMap { signal -> UInt16? in
            if case .confirmed(let packetID, 0) = signal { packetID } else { nil }
        }
        #expect(Set(confirmed) == sent)
        #expect(sent.count == 300)
    }

    @Test("a payload of the largest size and a topic of 65,535 bytes pass")
    func large() throws {
        let link = try echo(try TestBroker())
        let payload = (0..<Limits.payloadBytesMax).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let topic = String(repeating: "t", count: Limits.topicBytesMax)
        try link.publishAndWait(Publication(topic: topic, payload: payload))
        try link.wait("the echo", flushing: true) { !$0.messages.isEmpty }
        #expect(link.messages[0].topic == topic)
        #expect(link.messages[0].payload == payload)
    }

    @Test("a payload above the limit is named, not delivered, and acknowledged")
    func oversized() throws {
        let broker = try TestBroker()
        let link = try echo(broker)
        let payload = [UInt8](repeating: 1, count: Limits.payloadBytesMax + 1)
        try link.publishAndWait(Publication(topic: "big", payload: payload))
        try link.publishAndWait(Publication(topic: "small", payload: [1]))
        try link.wait("the small one") { !$0.messages.isEmpty }
        #expect(link.messages.map(\.topic) == ["small"])
        #expect(link.burst.oversized.map(\.topic) == ["big"])
        #expect(link.burst.oversized.first?.payloadBytes == payload.count)
        #expect(link.burst.oversized.first?.packetID != 0)
        link.link.flush()
        link.link.disconnect()
        try link.connect()
        try link.publishAndWait(Publication(topic: "after", payload: []))
        try link.wait("the next", flushing: true) { !$0.messages.isEmpty }
        #expect(link.burst.oversized.isEmpty)
        #expect(link.messages.map(\.topic) == ["after"])
    }

    @Test(
        "a topic or property that MQTT cannot carry is refused with a reason",
        arguments: [
            Publication(topic: "", payload: []), Publication(topic: "a/+", payload: []),
            Publication(topic: "a/#", payload: []), Publication(topic: "a\u{0}b", payload: []),
            Publication(topic: "a\u{7}", payload: []),
            Publication(topic: String(repeating: "x", count: 65_536), payload: []),
            Publication(topic: "a", payload: [], qos: .exactlyOnce),
            Publication(topic: "a", payload: [], properties: .init(responseTopic: "a\u{0}b")),
            Publication(topic: "a", payload: [], properties: .init(contentType: "\u{1}")),
            Publication(
                topic: "a", payload: [],
                properties: .init(correlationData: Array(repeating: 0, count: 65_536))),
            Publication(
                topic: "a", payload: [],
                properties: .init(user: [
                    .init(name: "n", value: String(repeating: "v", count: 65_536))
                ])),
        ])
    func malformed(publication: Publication) throws {
        let link = TestLink(try TestBroker())
        try link.connect()
        #expect {
            _ = try link.link.publish(publication)
        } throws: { error in
            if case .malformed(let reason) = error as? PublishError {
                !reason.isEmpty
            } else {
                false
            }
        }
        // The link is none the worse for it.
        try link.publishAndWait(Publication(topic: "a", payload: [1]))
    }

    @Test("what the broker's maximum packet size forbids is too large, to the byte")
    func maximumPacketSize() throws {
        let broker = try TestBroker(.init(lines: ["max_packet_size 1000"]))
        let link = try echo(broker)
        #expect(link.link.maximumPacketBytes == 1000)
        var publication = Publication(topic: "a/b", payload: [], properties: rich)
        let empty = MosquittoLink.packetBytes(publication, rich, .v5)
        // The remaining length takes one byte more from 128 on.
        publication.payload = Array(repeating: 1, count: 1000 - empty - 1)
        #expect(MosquittoLink.packetBytes(publication, rich, .v5) == 1000)
        try link.publishAndWait(publication)
        try link.wait("the echo", flushing: true) { !$0.messages.isEmpty }
        publication.payload.append(1)
        #expect(throws: PublishError.tooLarge) { try link.link.publish(publication) }
        #expect(throws: PublishError.tooLarge) {
            try link.link.publish(
                Publication(topic: "a", payload: Array(repeating: 0, count: 3 << 20)))
        }
    }

    @Test("without a connection nothing is queued")
    func notConnected() throws {
        let broker = try TestBroker()
        let link = TestLink(broker)
        let publication = Publication(topic: "a", payload: [])
        #expect(throws: PublishError.notConnected) { try link.link.publish(publication) }
        try link.connect()
        link.link.disconnect()
        #expect(throws: PublishError.notConnected) { try link.link.publish(publication) }
    }
}
