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

    @Test("what was left out of the log is a repetition too, in its place between the others")
    func leftOut() {
        var leftOut = LeftOut()
        // In the order 1, 2, 3, 4, of which 2 and 4 were left out.
        leftOut.add(message(2, nil), after: 1)
        leftOut.add(message(4, nil, "y"), after: 3)
        leftOut.keep()
        for isDuplicate in [true, nil] {
            var filter = RedeliveryFilter()
            filter.open([entry(1), entry(3)], leftOut: leftOut.entries)
            #expect(ask(&filter, message(2, isDuplicate), isAlwaysRecorded: false))
            #expect(!ask(&filter, message(4, isDuplicate), isAlwaysRecorded: false))
            #expect(ask(&filter, message(3, isDuplicate), isAlwaysRecorded: true))
            #expect(filter.isOpen)
            #expect(ask(&filter, message(4, isDuplicate, "y"), isAlwaysRecorded: false))
            #expect(filter.isOpen == (isDuplicate == true))
        }
        var filter = RedeliveryFilter()
        filter.open([], leftOut: leftOut.entries)
        var elsewhere = message(2, true)
        elsewhere.topic = "u"
        #expect(!ask(&filter, elsewhere, isAlwaysRecorded: false))
    }

    @Test("a message that never arrived passes for one with its identifier, topic and payload")
    func reusedIdentifier() {
        // What decision 0002 accepts; what is sent for the first time is never taken for another.
        var filter = filter(1)
        #expect(ask(&filter, message(1, true), isAlwaysRecorded: true))
        filter = self.filter(1)
        #expect(!ask(&filter, message(1, false), isAlwaysRecorded: true))
    }
}

@Suite("What is left out of the log")
struct LeftOutTests {
    func message(_ packetID: UInt16, qos: QoS = .atLeastOnce) -> Message {
        Message(topic: "t", payload: [1], qos: qos, packetID: packetID)
    }

    @Test("it counts from its commit on, and only at QoS 1")
    func commit() {
        var leftOut = LeftOut()
        leftOut.add(message(1), after: 0)
        #expect(leftOut.entries.isEmpty && leftOut.count == 0)
        leftOut.rollBack()
        leftOut.keep()
        #expect(leftOut.entries.isEmpty && leftOut.count == 0)
        leftOut.add(message(2), after: 5)
        leftOut.add(message(0, qos: .atMostOnce), after: 5)
        leftOut.keep()
        #expect(leftOut.entries.map(\.packetID) == [2] && leftOut.count == 1)
        #expect(leftOut.entries.map(\.after) == [5])
    }

    @Test("what the broker knows to be acknowledged is forgotten")
    func proof() {
        var leftOut = LeftOut()
        var proof = AcknowledgementProof()
        for id in UInt16(1)...3 { leftOut.add(message(id), after: 0) }
        leftOut.keep()
        proof.sent(packetID: 7, behind: 0, leftOut: leftOut.count)
        leftOut.add(message(4), after: 0)
        leftOut.keep()
        #expect(proof.confirmed(packetID: 6) == nil)
        let proved = proof.confirmed(packetID: 7)
        #expect(proved == 3)
        leftOut.forget(through: proved ?? 0)
        #expect(leftOut.entries.map(\.packetID) == [4])
        leftOut.removeAll()
        leftOut.forget(through: 3)
        #expect(leftOut.entries.isEmpty && leftOut.count == 4)
    }

    @Test("no more are kept than can be repeated")
    func bound() {
        var leftOut = LeftOut()
        for id in 1...Limits.redeliveryWindowMax * 3 {
            leftOut.add(message(UInt16(truncatingIfNeeded: id)), after: 0)
            if id % 512 == 0 { leftOut.keep() }
            #expect(leftOut.entries.count < 2 * Limits.redeliveryWindowMax + 512)
        }
        #expect(leftOut.entries.count >= Limits.redeliveryWindowMax)
        #expect(leftOut.entries.last?.packetID == UInt16(Limits.redeliveryWindowMax * 3))
        #expect(leftOut.count == Limits.redeliveryWindowMax * 3)
    }
}
