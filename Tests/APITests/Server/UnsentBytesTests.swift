import Core
import Synchronization
import Testing

@testable import API

@Suite("Bytes that nobody takes")
struct UnsentBytesTests {
    /// Stands for a connection, and keeps whether it was ended.
    private final class Connection: Sendable {
        private let hasEnded = Atomic(false)

        var isEnded: Bool { hasEnded.load(ordering: .relaxed) }
        var id: ObjectIdentifier { ObjectIdentifier(self) }

        func end() { hasEnded.store(true, ordering: .relaxed) }
    }

    private func wait(
        _ bytes: Int, in connection: Connection, _ address: String, _ unsent: UnsentBytes
    ) {
        unsent.wait(connection.id, from: AddressBlock(address), written: bytes) {
            connection.end()
        }
    }

    @Test("the one that took something longest ago is ended first, and no more than is needed")
    func slowest() {
        let unsent = UnsentBytes(bytesMax: 100)
        let all = [Connection(), Connection(), Connection()]
        wait(50, in: all[0], "192.0.2.1", unsent)
        wait(50, in: all[1], "192.0.2.1", unsent)
        #expect(unsent.bytes == 100 && all.allSatisfy { !$0.isEnded })
        unsent.took(all[0].id, written: 45)
        wait(20, in: all[2], "192.0.2.1", unsent)
        #expect(all.map(\.isEnded) == [false, true, false])
        #expect(unsent.bytes == 65)
        // It has not gone yet, and is not ended twice.
        wait(60, in: all[2], "192.0.2.1", unsent)
        #expect(all.map(\.isEnded) == [true, true, false])
        for connection in all { unsent.took(connection.id, written: 0) }
        #expect(unsent.bytes == 0)
    }

    @Test("an address that has most waiting makes room, and not the slowest of another")
    func addresses() {
        let unsent = UnsentBytes(bytesMax: 100)
        let (patient, greedy, other) = (Connection(), Connection(), Connection())
        wait(40, in: patient, "192.0.2.1", unsent)
        wait(30, in: greedy, "192.0.2.2", unsent)
        wait(31, in: other, "192.0.2.2", unsent)
        #expect(!patient.isEnded && !other.isEnded)
        #expect(greedy.isEnded)
    }

    @Test("an answer behind others that wait counts with them, and one behind none does not")
    func announced() {
        let unsent = UnsentBytes(bytesMax: 100)
        let (slow, fast) = (Connection(), Connection())
        unsent.announce(1_000, on: fast.id)
        wait(60, in: slow, "192.0.2.1", unsent)
        unsent.announce(40, on: slow.id)
        #expect(unsent.bytes == 100 && !slow.isEnded)
        unsent.handedOver(on: slow.id)
        #expect(unsent.bytes == 60)
        unsent.announce(41, on: slow.id)
        #expect(slow.isEnded && !fast.isEnded)
        withExtendedLifetime((slow, fast)) {}
    }

    @Test("how much is taken in a time is what has left, whatever has come to it meanwhile")
    func pace() {
        var pace = AnswerPace()
        pace.add(7)
        pace.begin(100)
        #expect(pace.taken(90) == 10)
        pace.add(50)
        #expect(pace.taken(140) == 0)
        pace.add(20)
        #expect(pace.taken(0) == 160)
    }
}
