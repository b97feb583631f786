import Core
import Testing

@testable import API

@Suite("What is to be in the audit chain of who came")
struct AccessJournalTests {
    /// The beginning of a minute.
    private let start = Timestamp(microseconds: 1_767_225_600_000_000)
    private let alice = Actor(name: "alice", address: "192.0.2.1")
    private let nobody = Actor(name: "", address: "192.0.2.66")

    private func record(
        _ kind: AccessRecord.Kind, _ actor: Actor, _ what: String = "", _ reason: String = "",
        at seconds: Int = 0
    ) -> AccessRecord {
        AccessRecord(
            at: start + .seconds(seconds), actor: actor, kind: kind, what: what, reason: reason)
    }

    @Test("successes are counted by who and from where, and told when the minute is over")
    func successes() {
        var journal = AccessJournal()
        for second in 0..<50 {
            #expect(journal.note(record(.authenticated, alice, at: second)) == false)
        }
        let elsewhere = Actor(name: "alice", address: "192.0.2.2")
        #expect(journal.note(record(.authenticated, elsewhere, at: 50)) == false)
        #expect(journal.take(at: start + .seconds(59)).isEmpty)
        var expected = record(.authenticated, alice)
        expected.count = 50
        let told = journal.take(at: start + .seconds(60))
        #expect(told == [expected, record(.authenticated, elsewhere, at: 50)])
        #expect(journal.take(at: start + .seconds(120)).isEmpty, "told twice")
    }

    @Test(
        "a refusal, a lock-out and a change are told at once",
        arguments: [AccessRecord.Kind.refused, .lockedOut, .changed])
    func atOnce(_ kind: AccessRecord.Kind) {
        var journal = AccessJournal()
        let first = record(kind, alice, "PUT /soul/{entity}", "X")
        #expect(journal.note(first) == true)
        #expect(journal.take(at: start) == [first])
    }

    @Test("the same again within the minute is counted, something else is told at once")
    func again() {
        var journal = AccessJournal()
        let first = record(.refused, nobody, "GET /keys", "UNKNOWN_KEY")
        #expect(journal.note(first) == true)
        for second in 1...9 {
            #expect(
                journal.note(record(.refused, nobody, "GET /keys", "UNKNOWN_KEY", at: second))
                    == false)
        }
        let others = [
            record(.refused, nobody, "GET /keys", "WRONG_KEY", at: 10),
            record(.refused, nobody, "GET /rules", "UNKNOWN_KEY", at: 11),
            record(.refused, alice, "GET /keys", "UNKNOWN_KEY", at: 12),
        ]
        for other in others { #expect(journal.note(other) == true, "\(other)") }
        #expect(journal.take(at: start + .seconds(13)) == [first] + others)
        var counted = record(.refused, nobody, "GET /keys", "UNKNOWN_KEY", at: 1)
        counted.count = 9
        #expect(journal.take(at: start + .seconds(60)) == [counted])
        let next = record(.refused, nobody, "GET /keys", "UNKNOWN_KEY", at: 61)
        #expect(journal.note(next) == true, "a new minute, told at once again")
    }

    @Test("at the end the minute is told as far as it has come")
    func final() {
        var journal = AccessJournal()
        _ = journal.note(record(.authenticated, alice))
        let told = journal.take(at: start + .seconds(1), isFinal: true)
        #expect(told == [record(.authenticated, alice)])
        #expect(journal.take(at: start + .seconds(2), isFinal: true).isEmpty)
    }

    @Test("a flood of refusals is bounded; what is left out is counted, and others have room")
    func flood() {
        var journal = AccessJournal()
        let flood = 3 * Limits.accessSubjectsMax
        for number in 0..<flood {
            let actor = Actor(name: "", address: "198.51.100.\(number)")
            _ = journal.note(record(.refused, actor, "", "UNKNOWN_KEY"))
        }
        #expect(journal.note(record(.changed, alice, "POST /reload")) == true)
        var told: [AccessRecord] = []
        while true {
            let records = journal.take(at: start + .seconds(1))
            if records.isEmpty { break }
            #expect(records.count <= Limits.accessRecordsAtOnce)
            told += records
        }
        #expect(told.count == Limits.accessSubjectsMax + 2)
        #expect(told.contains { $0.kind == .changed })
        let omitted = told.filter { $0.reason == AccessJournal.omission }
        #expect(omitted.map(\.count) == [2 * Limits.accessSubjectsMax])
        #expect(told.reduce(0) { $0 + $1.count } == flood + 1, "each is told or counted")
    }

    @Test("neither one address nor many without a name crowd out what somebody is refused")
    func shares() {
        var journal = AccessJournal()
        let (many, one) = (2 * Limits.accessSubjectsMax, Limits.accessRefusalsOfOne)
        func noted(_ actor: Actor) -> Int {
            (0..<many).filter {
                journal.note(record(.refused, actor, "GET /\($0)", "NO_CREDENTIALS"))
            }.count
        }
        #expect(noted(nobody) == one)
        #expect(noted(Actor(name: "", address: "192.0.2.67")) == one, "others have their share")
        for number in 0..<many {
            let actor = Actor(name: "", address: "198.51.\(100 + number / 250).\(number % 250)")
            _ = journal.note(record(.refused, actor, "", "UNKNOWN_KEY"))
        }
        let late = Actor(name: "", address: "203.0.113.1")
        #expect(journal.note(record(.refused, late)) == false)
        let revoked = Actor(name: "key:0123456789ab", address: nobody.address)
        #expect(journal.note(record(.refused, revoked, "GET /keys", "REVOKED_KEY")) == true)
        #expect(noted(Actor(name: "bob", address: "192.0.2.2")) == one)
        #expect(journal.note(record(.refused, alice, "GET /keys", "FORBIDDEN")) == true)
    }

    @Test("one who changes addresses within a network of his own is one, by the first of them")
    func network() {
        var journal = AccessJournal()
        let flood = 3 * Limits.accessSubjectsMax
        func refusal(_ address: String, at seconds: Int = 0) -> AccessRecord {
            record(
                .refused, Actor(name: "", address: address), "GET /keys", "UNKNOWN_KEY",
                at: seconds)
        }
        let first = refusal("2001:db8:0:1::1")
        #expect(journal.note(first) == true)
        for number in 2...flood {
            let again = refusal("2001:db8:0:1::\(String(number, radix: 16))", at: 1)
            #expect(journal.note(again) == false)
        }
        // Others have room, and are told with their own address.
        let others = ["2001:db8:0:2::1", "192.0.2.1", "192.0.2.2"].map { refusal($0, at: 2) }
        for other in others { #expect(journal.note(other) == true, "\(other)") }
        #expect(journal.take(at: start + .seconds(3)) == [first] + others)
        var counted = refusal("2001:db8:0:1::1", at: 1)
        counted.count = flood - 1
        #expect(journal.take(at: start + .seconds(60)) == [counted], "none is omitted")
    }

    @Test("who is somebody is told apart from others in the same network")
    func names() {
        var journal = AccessJournal()
        let records = ["alice", "bob"].map {
            record(.changed, Actor(name: $0, address: "2001:db8::\($0.count)"), "POST /reload")
        }
        for record in records { #expect(journal.note(record) == true) }
        #expect(journal.take(at: start) == records)
    }

    @Test("what could not be written down comes again, in order, within the bound")
    func giveBack() {
        var journal = AccessJournal()
        let records = (0..<3).map { record(.changed, alice, "POST /\($0)", at: $0) }
        for record in records { _ = journal.note(record) }
        let taken = journal.take(at: start + .seconds(3))
        #expect(taken == records)
        let later = record(.changed, alice, "POST /later", at: 4)
        _ = journal.note(later)
        journal.giveBack(taken)
        #expect(journal.take(at: start + .seconds(5)) == records + [later])
    }

    @Test("while nothing can be written down, what is kept is bounded and the rest is counted")
    func storeIsDown() {
        var journal = AccessJournal()
        let count = 2 * Limits.accessRecordsMax
        for number in 0..<count {
            let minute = number / 100
            _ = journal.note(
                record(.changed, alice, "POST /\(number)", at: 60 * minute + number % 60))
            let taken = journal.take(at: start + .seconds(60 * minute + 59))
            journal.giveBack(taken)
        }
        var told: [AccessRecord] = []
        while true {
            let records = journal.take(at: start + .seconds(60 * (count / 100 + 1)))
            if records.isEmpty { break }
            told += records
        }
        #expect(told.count == Limits.accessRecordsMax + 1)
        #expect(told.reduce(0) { $0 + $1.count } == count)
        #expect(told.last?.reason == AccessJournal.omission)
    }

    @Test("what is left out is counted by its kind: who got in was not refused")
    func leftOutByKind() {
        var journal = AccessJournal()
        for number in 0..<2 * Limits.accessSubjectsMax {
            let actor = Actor(name: "alice", address: "198.51.100.\(number)")
            _ = journal.note(record(.authenticated, actor))
        }
        var told: [AccessRecord] = []
        while true {
            let records = journal.take(at: start + .seconds(61))
            if records.isEmpty { break }
            told += records
        }
        #expect(told.allSatisfy { $0.kind == .authenticated })
        #expect(told.last?.reason == AccessJournal.omission)
        #expect(told.reduce(0) { $0 + $1.count } == 2 * Limits.accessSubjectsMax)
    }

    @Test("a clock that goes back loses nothing")
    func backwards() {
        var journal = AccessJournal()
        _ = journal.note(record(.authenticated, alice, at: 60))
        _ = journal.note(record(.authenticated, alice, at: 0))
        let told = journal.take(at: start + .seconds(600))
        #expect(told.reduce(0) { $0 + $1.count } == 2)
    }
}
