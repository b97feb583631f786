import Core
import Testing

@testable import Mind

@Suite("Requests to store a memory")
struct MemoryStoreTests {
    private static let store = "jamey/edge-1/memory/store"
    private static let updates = "jamey/edge-1/memory/updates"
    private static let body = #""layer":"semantic","content":"the seal leaks","entity":"press-7""#

    private func answer(
        _ body: String, _ properties: MessageProperties? = nil, retain: Bool = false
    ) throws -> Outcome {
        var subject = try MindUnderTest(pressRules(overheat))
        return subject.hear(Self.store, body, retain: retain, properties)
    }

    @Test("a memory is made, recorded, and its asker is answered on the default topic")
    func bare() throws {
        let outcome = try answer(#"{\#(Self.body),"tags":["seal"],"user_id":"ann"}"#)
        #expect(outcome.isRecorded && !outcome.isUnrouted && outcome.publications.isEmpty)
        let memory = try #require(outcome.memories.first)
        #expect(memory.layer == .semantic && memory.content == "the seal leaks")
        #expect(memory.tags == ["seal"] && memory.entity == "press-7" && memory.author == "ann")
        #expect(memory.rule == "" && memory.decisionID == "" && memory.eventSequence == 2)
        #expect(
            outcome.receipts == [
                MemoryReceipt(memory: 0, form: AnswerForm(topic: Self.updates), id: "log-2")
            ])
    }

    @Test("the answer goes where MQTT 5 or the body says, in the form of the request")
    func forms() throws {
        let five = try answer(
            "{\(Self.body)}", .init(responseTopic: "answers/ann", correlationData: [0, 255]))
        #expect(
            five.receipts.first?.form
                == AnswerForm(topic: "answers/ann", correlationData: [0, 255]))
        let three = try answer(#"{\#(Self.body),"reply_to":"a/b","correlation_id":"c"}"#)
        #expect(
            three.receipts.first?.form == AnswerForm(topic: "a/b", correlationID: .string("c")))
        let wrapped = try answer(
            #"{"message_id":"m","payload":{\#(Self.body)},"metadata":{"reply_to":"a/b"}}"#)
        #expect(wrapped.receipts.first?.form == AnswerForm(topic: "a/b", isWrapped: true))
        #expect(wrapped.memories.first?.content == "the seal leaks")
    }

    @Test(
        "what cannot be stored is answered with its error, recorded, and nothing is remembered",
        arguments: [
            ("{", "MALFORMED_JSON"), ("5", "NOT_AN_OBJECT"), ("{}", "BAD_LAYER"),
            (#"{"layer":"working","content":"x"}"#, "BAD_LAYER"),
        ])
    func errors(body: String, code: String) throws {
        let outcome = try answer(body, .init(responseTopic: "a", correlationData: [1]))
        #expect(outcome.topics == ["a"] && outcome.memories.isEmpty && outcome.isRecorded)
        #expect(outcome.receipts.isEmpty)
        #expect(outcome.publications[0].properties == .init(correlationData: [1]))
        #expect(json(outcome.publications[0].payload)["code"]?.string == code)
        let byDefault = try answer(body)
        #expect(byDefault.topics == [Self.updates])
    }

    @Test("a retained request is refused, or it would be stored at every connect")
    func retained() throws {
        let outcome = try answer("{\(Self.body)}", retain: true)
        #expect(outcome.memories.isEmpty)
        #expect(json(outcome.publications[0].payload)["code"]?.string == "RETAINED_REQUEST")
    }

    @Test(
        "an answer goes to no guard, no route and nowhere else below the root",
        arguments: [
            "cmd/press-7/start", "cmd/press-7/start/proposed", "$SYS/x", "jamey/edge-1",
            "jamey/edge-1/memory/store", "jamey/edge-1/memory/query", "a/+", "",
            "jamey/edge-1/conscience/results", "jamey/edge-1/memory/results", telemetry,
        ])
    func badTopic(topic: String) throws {
        let outcome = try answer("{\(Self.body)}", .init(responseTopic: topic))
        #expect(outcome.topics == [Self.updates] && outcome.memories.isEmpty)
        #expect(json(outcome.publications[0].payload)["code"]?.string == "BAD_RESPONSE_TOPIC")
    }

    @Test("the default topic may be named as well")
    func defaultTopic() throws {
        let outcome = try answer("{\(Self.body)}", .init(responseTopic: Self.updates))
        #expect(outcome.receipts.first?.form.topic == Self.updates)
    }

    @Test("no route hears the request, whatever its filter, and no device is heard by it")
    func routes() throws {
        var subject = try MindUnderTest(
            """
            routes:
              - { name: all, topic: "{all...}" }
            rules:
              - { name: any, on: all, when: "true" }
            """)
        let before = subject.mind.entityCount
        let outcome = subject.hear(Self.store, "{\(Self.body)}")
        #expect(outcome.decisions.isEmpty && outcome.memories.count == 1)
        #expect(subject.mind.entityCount == before)
        let other = subject.hear("jamey/edge-1/memory/storey", "{}")
        #expect(!other.decisions.isEmpty)
    }

    @Test("it is always recorded, so a repetition is known, also without any rule set")
    func recorded() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        let isAlwaysRecorded = subject.mind.alwaysRecords(Self.store)
        #expect(isAlwaysRecorded)
        var bare = Mind(settings: MindUnderTest.settings)
        let message = Message(topic: Self.store, payload: Array("{\(Self.body)}".utf8))
        let event = Event(sequence: 1, at: subject.at, body: .message(message))
        let outcome = bare.perceive(event)
        #expect(outcome.memories.count == 1)
    }

    @Test("the same log gives the same memories and the same mind")
    func deterministic() throws {
        var live = try MindUnderTest(pressRules(overheat))
        var replayed = live
        for body in ["{\(Self.body)}", "{", "{}"] {
            let first = live.hear(Self.store, body)
            let message = Message(
                topic: Self.store, payload: Array(body.utf8), qos: .atLeastOnce)
            replayed.at = live.at
            let event = Event(
                sequence: replayed.mind.sequence + 1, at: live.at, body: .message(message))
            let second = replayed.mind.perceive(event, isLogged: true)
            #expect(second == first)
        }
        #expect(live.mind.checkpoint() == replayed.mind.checkpoint())
    }

    @Test("a control request makes no time pass: what falls due later fires as it would have")
    func control() throws {
        let rules = pressRules(
            """
              - name: silent
                on: press-telemetry
                absent: 60s
            """)
        var subject = try MindUnderTest(rules)
        _ = subject.hear(telemetry, #"{"temp":1}"#)
        var plain = subject
        let late = subject.at + .seconds(90)
        let event = Event(
            sequence: subject.mind.sequence + 1, at: late,
            body: .control(.change(.pin(7, true), author: "ann")))
        let outcome = subject.mind.perceive(event)
        #expect(outcome.decisions.isEmpty && outcome.publications.isEmpty && outcome.isRecorded)
        #expect(outcome.changes == [.pin(7, true)])
        #expect(subject.mind.sequence == event.sequence && subject.mind.now == late)
        let after = subject.tick(after: .seconds(100))
        let expected = plain.tick(after: .seconds(100))
        #expect(after.decisions.count == 1)
        #expect(after.decisions.map(\.at) == expected.decisions.map(\.at))
    }
}
