import Core
import Testing

@testable import Mind

@Suite("Record policies")
struct RecordPolicyTests {
    private func subject(_ record: String, _ rules: String = "") throws -> MindUnderTest {
        try MindUnderTest(
            "routes:\n  - { name: r, topic: 'd/{device}', record: \(record) }\nrules:\n" + rules)
    }

    /// Whether each payload was recorded, one second apart; what was not must leave no mark.
    private func recorded(_ subject: inout MindUnderTest, _ payloads: [String]) -> [Bool] {
        payloads.map { payload in
            let before = subject.mind.checkpoint()
            let outcome = subject.hear("d/a", payload)
            #expect(outcome.isRecorded == (subject.mind.checkpoint() != before))
            return outcome.isRecorded
        }
    }

    @Test("all: every message, also one that cannot be read")
    func all() throws {
        var subject = try subject("all")
        #expect(recorded(&subject, ["1", "1", "{"]) == [true, true, true])
        let (known, other) = (subject.mind.alwaysRecords("d/a"), subject.mind.alwaysRecords("x"))
        #expect(known && !other)
        let nobody = subject.mind.alwaysRecords("d/")
        #expect(!nobody)
    }

    @Test("changed: what differs from the payload before")
    func changed() throws {
        var subject = try subject("changed")
        #expect(
            recorded(&subject, ["1", "1.0", "2", #"{"a":1}"#, #"{"a":1}"#, "{", #"{"a":1}"#])
                == [true, false, true, true, false, true, false])
        let always = subject.mind.alwaysRecords("d/a")
        #expect(!always)
    }

    @Test("every: once in an interval, whether it can be read or not")
    func every() throws {
        var subject = try subject("every 3s")
        #expect(
            recorded(&subject, ["1", "2", "{", "4", "{", "{", "{", "8"])
                == [true, false, false, true, false, false, true, false])
        let large = "\"" + String(repeating: "x", count: Limits.entityBytesMax) + "\""
        #expect(
            recorded(&subject, [large, large, large, large]) == [false, true, false, false])
    }

    @Test("none: nothing, unless it has effects")
    func none() throws {
        var subject = try subject("none", "  - { name: a, on: r, when: payload > 5 }\n")
        #expect(
            recorded(&subject, ["1", "9", "10", "1", "2"]) == [false, true, false, true, false])
    }

    @Test("an event of the log leaves its mark whatever the policy says")
    func logged() throws {
        var subject = try subject("none")
        let message = Message(topic: "d/a", payload: Array("1".utf8))
        let event = Event(sequence: 2, at: subject.at, body: .message(message))
        #expect(subject.mind.perceive(event, isLogged: true).isRecorded)
        #expect(subject.mind.sequence == 2 && subject.mind.entityCount == 1)
    }

    @Test("a message of nobody is not judged, and told of")
    func nobody() throws {
        var subject = try subject("all")
        let long = "d/" + String(repeating: "x", count: Limits.entityNameBytesMax + 1)
        for topic in ["d/", long] {
            let outcome = subject.hear(topic, "1")
            #expect(outcome.codes == ["UNUSABLE_ENTITY_NAME"] && !outcome.isRecorded)
        }
        #expect(subject.mind.entityCount == 0)
    }
}
