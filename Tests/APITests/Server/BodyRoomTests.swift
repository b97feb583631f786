import Core
import Testing

@testable import API

@Suite("Room for bodies")
struct BodyRoomTests {
    private static let body = Limits.apiBodyBytesMax

    private func holder(_ address: String, _ principal: String?) -> BodyRoom.Holder {
        BodyRoom.Holder(block: AddressBlock(address), principal: principal, isLocal: false)
    }

    private let local = BodyRoom.Holder(
        block: AddressBlock("unix"), principal: "uid:0", isLocal: true)

    /// Takes as much as there is.
    private func fill(
        _ room: inout BodyRoom, _ holder: BodyRoom.Holder
    ) -> (count: Int, refusal: BodyRoom.Refusal?) {
        for count in 0... {
            if let refusal = room.take(Self.body, for: holder) { return (count, refusal) }
        }
        return (0, nil)
    }

    @Test("a principal has some of it, wherever it asks from, and leaves the rest to others")
    func principal() {
        var room = BodyRoom()
        for number in 0..<4 {
            let address = "192.0.2.\(number)"
            #expect(room.take(Self.body, for: holder(address, "key:a")) == nil)
        }
        #expect(room.take(1, for: holder("192.0.2.9", "key:a")) == .holder)
        #expect(room.take(Self.body, for: holder("192.0.2.9", "key:b")) == nil)
        #expect(room.take(Self.body, for: local) == nil)
    }

    @Test("an address has some of it, by however many principals")
    func address() {
        var room = BodyRoom()
        for number in 0..<8 {
            let sender = holder("2001:db8::\(number)", "key:\(number)")
            #expect(room.take(Self.body, for: sender) == nil)
        }
        #expect(room.take(1, for: holder("2001:db8::9", "key:9")) == .holder)
        #expect(room.take(1, for: holder("2001:db8:0:1::1", "key:9")) == nil)
    }

    @Test("the rest of it is the local socket's, which has no bound but that of all")
    func reserved() {
        var room = BodyRoom()
        var count = 0
        for number in 0..<8 {
            count += fill(&room, holder("192.0.2.\(number)", "key:\(number)")).count
        }
        let most = Limits.apiBodiesBytesMax / Self.body
        let kept = Limits.apiBodiesBytesReserved / Self.body
        #expect(count == most - kept)
        #expect(room.take(1, for: holder("192.0.2.9", "key:9")) == .all)
        let (rest, refusal) = fill(&room, local)
        #expect(rest == kept && refusal == .all)
    }

    @Test("what is given back can be taken again, and what is empty needs nothing")
    func givenBack() {
        var room = BodyRoom()
        let sender = holder("192.0.2.1", "key:a")
        for _ in 0..<3 {
            let (count, refusal) = fill(&room, sender)
            #expect(count == 4 && refusal == .holder)
            #expect(room.take(0, for: sender) == nil)
            room.giveBack(0, of: sender)
            for _ in 0..<count { room.giveBack(Self.body, of: sender) }
        }
        let (all, _) = fill(&room, local)
        #expect(all == Limits.apiBodiesBytesMax / Self.body)
    }

    @Test("the refusals say to whom it happened, and when to come again")
    func refusals() {
        let (own, all) = (BodyRoom.Refusal.holder.error, BodyRoom.Refusal.all.error)
        #expect(own.status == .tooManyRequests && own.code == "TOO_MANY_REQUESTS")
        #expect(all.status == .serviceUnavailable && all.code == "UNAVAILABLE")
        for error in [own, all] { #expect(error.headers[.retryAfter] == "1") }
    }
}
