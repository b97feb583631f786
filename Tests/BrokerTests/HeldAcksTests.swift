import BrokerTestSupport
import Core
import Testing

@testable import Broker

@Suite("Held acknowledgements", .enabled(if: TestBroker.isInstalled, TestBroker.missing))
struct HeldAcksTests {
    /// A subscribed link with a session in the broker, and a sender.
    private func pair(
        _ broker: TestBroker, _ change: (inout LinkOptions) -> Void = { _ in }
    ) throws -> (link: TestLink, sender: TestLink) {
        let link = TestLink(broker, id: "agent", change)
        try link.connect()
        try link.subscribe("in/#")
        link.burst.removeAll()
        let sender = TestLink(broker, id: "device")
        try sender.connect()
        return (link, sender)
    }

    private func send(_ payload: String, by sender: TestLink) throws {
        try sender.publishAndWait(
            Publication(topic: "in/a", payload: Array(payload.utf8), qos: .atLeastOnce))
    }

    @Test(
        "what was received but not flushed is redelivered, marked as a duplicate",
        arguments: [LinkOptions.ProtocolVersion.v5, .v311])
    func unflushedIsRedelivered(version: LinkOptions.ProtocolVersion) throws {
        let broker = try TestBroker()
        let (link, sender) = try pair(broker) { $0.version = version }
        try send("1", by: sender)
        try link.wait("the message") { $0.messages.count == 1 }
        let packetID = link.messages[0].packetID
        #expect(link.messages[0].isDuplicate == nil)
        link.link.abandon()
        #expect(try link.connect())
        try link.wait("the redelivery", flushing: true) { $0.messages.count == 1 }
        #expect(link.payloads == ["1"])
        #expect(link.messages[0].isDuplicate == true)
        #expect(link.messages[0].packetID == packetID)
    }

    @Test("what was flushed is not redelivered")
    func flushedStaysAway() throws {
        let broker = try TestBroker()
        let (link, sender) = try pair(broker)
        try send("1", by: sender)
        try link.wait("the message") { $0.messages.count == 1 }
        link.link.flush()
        link.link.disconnect()
        #expect(try link.connect())
        try send("2", by: sender)
        try link.wait("the next message", flushing: true) { !$0.messages.isEmpty }
        #expect(link.payloads == ["2"])
        #expect(link.messages[0].isDuplicate == false)
    }

    @Test(
        "disconnecting lets what is held go",
        arguments: [(.v5, false), (.v5, true), (.v311, false), (.v311, true)]
            as [(LinkOptions.ProtocolVersion, Bool)])
    func disconnectFlushes(version: LinkOptions.ProtocolVersion, keepsWill: Bool) throws {
        let broker = try TestBroker()
        let (link, sender) = try pair(broker) { $0.version = version }
        try send("1", by: sender)
        try link.wait("the message") { $0.messages.count == 1 }
        link.link.disconnect(keepsWill: keepsWill)
        #expect(link.link.socket == nil)
        try link.connect()
        try send("2", by: sender)
        try link.wait("the next message", flushing: true) { !$0.messages.isEmpty }
        #expect(link.payloads == ["2"])
    }

    @Test("a broker sends no more unacknowledged messages than the receive maximum")
    func receiveMaximum() throws {
        let broker = try TestBroker()
        let (link, sender) = try pair(broker) { $0.receiveMaximum = 5 }
        for number in 1...12 { try send("\(number)", by: sender) }
        // A message at QoS 0 overtakes those that wait for the window.
        try sender.publish("in/b", "marker", qos: .atMostOnce)
        try link.wait("the marker") { $0.payloads.contains("marker") }
        #expect(link.messages.count { $0.qos == .atLeastOnce } == 5)
        try link.wait("the rest", flushing: true) { $0.messages.count == 13 }
        let numbers = link.messages.filter { $0.qos == .atLeastOnce }
        #expect(
            numbers.map { String(decoding: $0.payload, as: UTF8.self) } == (1...12).map(String.init)
        )
    }

    @Test("the DUP flag is seen only while it is asked for")
    func duplicatesOnDemand() throws {
        let broker = try TestBroker()
        let (link, sender) = try pair(broker)
        // The first connection found no session: nothing can be a duplicate.
        #expect(!link.link.reportsDuplicates)
        try send("1", by: sender)
        try link.wait("the message", flushing: true) { $0.messages.count == 1 }
        #expect(link.messages[0].isDuplicate == nil)
        link.link.disconnect()
        try link.connect()
        #expect(link.link.reportsDuplicates)
        try send("2", by: sender)
        try link.wait("the message", flushing: true) { $0.messages.count == 1 }
        #expect(link.messages[0].isDuplicate == false)
        link.link.reportsDuplicates = false
        try send("3", by: sender)
        try link.wait("the message", flushing: true) { $0.messages.count == 2 }
        #expect(link.messages[1].isDuplicate == nil)
    }

    @Test("a burst is bounded by count, and the rest follows")
    func boundedBurst() throws {
        let broker = try TestBroker()
        let (link, sender) = try pair(broker)
        let total = Limits.burstCountMax * 2
        for number in 0..<total {
            _ = try sender.link.publish(
                Publication(topic: "in/a", payload: Array("\(number)".utf8), qos: .atMostOnce))
        }
        sender.link.flush()
        var largest = 0
        var numbers: [String] = []
        try link.wait("all messages") { link in
            largest = max(largest, link.messages.count)
            numbers += link.payloads
            link.burst.removeAll()
            return numbers.count >= total
        }
        #expect(largest <= Limits.burstCountMax)
        #expect(numbers == (0..<total).map(String.init))
    }

    @Test("a ping leaves at once unless acknowledgements are held")
    func pings() throws {
        let broker = try TestBroker()
        let (link, sender) = try pair(broker)
        link.link.tick()
        try send("1", by: sender)
        try link.wait("the message") { $0.messages.count == 1 }
        link.link.tick()
        link.link.abandon()
        try link.connect()
        try link.wait("the redelivery") { $0.messages.count == 1 }
        #expect(link.messages[0].isDuplicate == true)
    }
}
