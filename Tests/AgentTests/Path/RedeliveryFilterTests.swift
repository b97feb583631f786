import Core
import Store
import Testing

@testable import Agent

@Suite("Recognising repetitions")
struct RedeliveryFilterTests {
    func entry(_ packetID: UInt16, _ text: String = "x") -> TailEntry {
        TailEntry(
            sequence: EventSequence(packetID), packetID: packetID, topic: "t",
            payload: Array(text.utf8))
    }

    func message(
        _ packetID: UInt16, _ isDuplicate: Bool?, _ text: String = "x", qos: QoS = .atLeastOnce
    ) -> Message {
        Message(
            topic: "t", payload: Array(text.utf8), qos: qos, packetID: packetID,
            isDuplicate: isDuplicate)
    }

    func filter(_ ids: UInt16...) -> RedeliveryFilter {
        var filter = RedeliveryFilter()
        filter.open(ids.map { entry($0) })
        return filter
    }

    /// `#expect` takes no mutating calls.
    func ask(
        _ filter: inout RedeliveryFilter, _ message: Message, isAlwaysRecorded: Bool
    ) -> Bool {
        filter.isRedelivery(message, isAlwaysRecorded: isAlwaysRecorded)
    }

    @Test("what the tail holds is a repetition, once each and in any order")
    func order() {
        var filter = filter(1, 2, 3)
        #expect(ask(&filter, message(2, true), isAlwaysRecorded: true))
        #expect(!ask(&filter, message(2, true), isAlwaysRecorded: true))
        #expect(ask(&filter, message(3, true), isAlwaysRecorded: true))
        #expect(filter.isOpen)
        #expect(ask(&filter, message(1, true), isAlwaysRecorded: true))
        #expect(!filter.isOpen)
        #expect(!ask(&filter, message(3, true), isAlwaysRecorded: true))
    }

    @Test("without the DUP flag, the repetition of the newest closes the window")
    func newest() {
        var filter = filter(1, 2, 3)
        #expect(ask(&filter, message(3, nil), isAlwaysRecorded: true))
        #expect(!filter.isOpen)
    }

    @Test("a message is only the same with its identifier, topic and payload")
    func sameness() {
        for other in [message(2, true), message(1, true, "y")] {
            var filter = filter(1)
            #expect(!ask(&filter, other, isAlwaysRecorded: true))
            #expect(filter.isOpen)
        }
        var filter = filter(1)
        var elsewhere = message(1, true)
        elsewhere.topic = "u"
        #expect(!ask(&filter, elsewhere, isAlwaysRecorded: true))
    }

    @Test("the first message that is sent for the first time closes the window")
    func firstNew() {
        var filter = filter(1, 2)
        #expect(!ask(&filter, message(1, false), isAlwaysRecorded: true))
        #expect(!filter.isOpen)
    }

    @Test("QoS 0 is never repeated and closes nothing")
    func qosZero() {
        var filter = filter(1)
        #expect(!ask(&filter, message(0, false, qos: .atMostOnce), isAlwaysRecorded: true))
        #expect(filter.isOpen)
    }

    @Test("without the DUP flag, an unknown message closes the window where all are recorded")
    func unknownFlag() {
        var filter = filter(1, 2)
        #expect(!ask(&filter, message(9, nil), isAlwaysRecorded: false))
        #expect(filter.isOpen)
        #expect(ask(&filter, message(1, nil), isAlwaysRecorded: true))
        #expect(!ask(&filter, message(9, nil), isAlwaysRecorded: true))
        #expect(!filter.isOpen)
    }
}
