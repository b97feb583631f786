import Testing

@testable import jameysim

@Suite("A numbered stream")
struct NumberedStreamTests {
    @Test("sends every number once, in order, and no further than its window")
    func window() {
        var stream = NumberedStream(from: 1, last: 100, window: 3)
        #expect((0..<3).compactMap { _ in stream.next(due: 100)?.number } == [1, 2, 3])
        #expect(stream.next(due: 100) == nil)
        stream.acknowledge(1)
        #expect(stream.next(due: 100)?.number == 4)
    }

    @Test("holds back what is not due yet")
    func due() {
        var stream = NumberedStream(from: 1, last: 100, window: 10)
        #expect(stream.next(due: 1)?.number == 1)
        #expect(stream.next(due: 1) == nil)
    }

    @Test("confirms up to the first gap")
    func gap() {
        var stream = NumberedStream(from: 1, last: 3, window: 3)
        for _ in 1...3 { _ = stream.next(due: 3) }
        stream.acknowledge(1)
        stream.acknowledge(3)
        #expect(stream.confirmed == 1)
        stream.acknowledge(2)
        #expect(stream.confirmed == 3)
        #expect(stream.isDone)
    }

    @Test("sends again what was lost before its PUBACK, lowest first, and counts it")
    func loss() {
        var stream = NumberedStream(from: 1, last: 10, window: 3)
        for _ in 1...3 { _ = stream.next(due: 10) }
        stream.acknowledge(2)
        stream.lose()
        #expect((0..<3).compactMap { _ in stream.next(due: 10)?.number } == [1, 3, 4])
        #expect(stream.resent == 2)
    }

    @Test("ignores a PUBACK of a packet that it does not know")
    func unknown() {
        var stream = NumberedStream(from: 1, last: 10, window: 3)
        stream.acknowledge(77)
        #expect(stream.confirmed == 0)
    }

    @Test("never uses a packet identifier twice at a time, nor 0")
    func identifiers() {
        var stream = NumberedStream(from: 1, last: 200_000, window: 2)
        let held = stream.next(due: 200_000)?.packetID
        for _ in 0..<140_000 {
            guard let packetID = stream.next(due: 200_000)?.packetID else { break }
            #expect(packetID != held && packetID != 0)
            stream.acknowledge(packetID)
        }
    }
}
