import Core
import Testing

@testable import Mind

@Suite("Requests to judge")
struct EvaluateTests {
    private let rules = pressRules(
        """
          - name: no-stop
            stance: oppose
            when: has(payload.action) && payload.action == "stop"
          - { name: ok, stance: support, when: 'has(payload.action) && payload.action == "go"' }
        """)

    private func answer(
        _ body: String, _ properties: MessageProperties? = nil, retain: Bool = false
    ) throws -> Outcome {
        var subject = try MindUnderTest(rules)
        return subject.hear(MindUnderTest.evaluate, body, retain: retain, properties)
    }

    @Test("a bare request is answered bare on the default topic, and nothing is carried out")
    func bare() throws {
        let outcome = try answer(#"{"action":"stop","user_id":"ann"}"#)
        #expect(outcome.topics == [MindUnderTest.results])
        let answer = json(outcome.publications[0].payload)
        #expect(answer["approved"] == .bool(false))
        #expect(answer["route"]?.string == "evaluate")
        #expect(answer["entity"]?.string == "ann")
        #expect(outcome.publications[0].properties == nil)
        #expect(outcome.publications[0].payload == outcome.decisions[0].json)
    }

    @Test("without a rule that applies a request is approved")
    func byDefault() throws {
        #expect(try answer("{}").documents.first?["approved"] == .bool(true))
    }

    @Test("by MQTT 5 the answer goes to the response topic with its correlation data")
    func version5() throws {
        let outcome = try answer(
            #"{"action":"go","entity":"press-7"}"#,
            .init(responseTopic: "answers/ann", correlationData: [0, 255]))
        #expect(outcome.topics == [MindUnderTest.results, "answers/ann"])
        #expect(outcome.publications[1].properties == .init(correlationData: [0, 255]))
        #expect(outcome.publications[1].payload == outcome.decisions[0].json)
        #expect(outcome.decisions[0].entity == "press-7")
    }

    @Test("by MQTT 3.1.1 the body says where the answer goes, and its correlation is echoed")
    func version3() throws {
        let outcome = try answer(#"{"action":"go","reply_to":"a/b","correlation_id":"c-1"}"#)
        #expect(outcome.topics == [MindUnderTest.results, "a/b"])
        let answer = json(outcome.publications[1].payload)
        #expect(answer["correlation_id"]?.string == "c-1")
        #expect(answer["approved"] == .bool(true))
        #expect(json(outcome.publications[0].payload)["correlation_id"] == nil)
        let number = try self.answer(#"{"correlation_id":7}"#)
        #expect(json(number.publications[0].payload)["correlation_id"]?.int == 7)
        let other = try self.answer(#"{"correlation_id":[7],"reply_to":5}"#)
        #expect(other.topics == [MindUnderTest.results])
        #expect(json(other.publications[0].payload)["correlation_id"] == nil)
    }

    @Test("a request in an envelope is answered in one")
    func wrapped() throws {
        let outcome = try answer(
            #"{"message_id":"m","payload":{"action":"stop"},"#
                + #""metadata":{"reply_to":"a/b","correlation_id":"c"}}"#)
        #expect(outcome.topics == [MindUnderTest.results, "a/b"])
        let answer = json(outcome.publications[1].payload)
        #expect(answer["payload"]?["approved"] == .bool(false))
        #expect(answer["metadata"]?["correlation_id"]?.string == "c")
        #expect(answer["topic"]?.string == "a/b")
        #expect(answer["message_id"]?.string == "log-2")
        #expect(answer["timestamp"]?.string == "2023-11-14T22:13:21.000Z")
        #expect(json(outcome.publications[0].payload)["approved"] == .bool(false))
        let alone = try self.answer(#"{"timestamp":"t","payload":{"action":"go"}}"#)
        #expect(alone.topics == [MindUnderTest.results])
        #expect(json(alone.publications[0].payload)["metadata"] == .object(JSONObject()))
    }

    @Test("in an envelope the body may say where the answer goes, where the metadata does not")
    func wrappedReply() throws {
        func answers(_ metadata: String) throws -> [String?] {
            let outcome = try answer(
                #"{"message_id":"m","payload":{"action":"go","reply_to":"a/b","#
                    + #""correlation_id":"c"},"metadata":\#(metadata)}"#)
            let document = json(try #require(outcome.publications.last).payload)
            return [outcome.topics.last, document["metadata"]?["correlation_id"]?.string]
        }
        #expect(try answers("{}") == ["a/b", "c"])
        #expect(try answers("5") == ["a/b", "c"])
        #expect(try answers(#"{"reply_to":"d"}"#) == ["d", "c"])
        #expect(try answers(#"{"correlation_id":"e"}"#) == ["a/b", "e"])
        #expect(try answers(#"{"reply_to":5,"correlation_id":[7]}"#) == ["a/b", "c"])
        #expect(try answers(#"{"reply_to":"d","correlation_id":"e"}"#) == ["d", "e"])
    }

    @Test("MQTT 5's response topic counts before the body's")
    func both() throws {
        let outcome = try answer(#"{"reply_to":"a/b"}"#, .init(responseTopic: "c/d"))
        #expect(outcome.topics == [MindUnderTest.results, "c/d"])
    }

    @Test("the results topic is told once, whoever asks for it")
    func once() throws {
        let outcome = try answer(
            "{}", .init(responseTopic: MindUnderTest.results, correlationData: [3]))
        #expect(outcome.topics == [MindUnderTest.results])
        #expect(outcome.publications[0].properties == .init(correlationData: [3]))
    }

    @Test(
        "a request that cannot be judged is answered with its error",
        arguments: [
            ("{", "MALFORMED_JSON"), ("5", "NOT_AN_OBJECT"),
            (#"{"action":1}"#, "ACTION_NOT_TEXT"), (#"{"action":""}"#, "ACTION_LENGTH"),
        ])
    func errors(body: String, code: String) throws {
        let outcome = try answer(body, .init(responseTopic: "a", correlationData: [1]))
        #expect(outcome.topics == ["a"])
        #expect(outcome.decisions.isEmpty && outcome.isRecorded)
        #expect(outcome.publications[0].properties == .init(correlationData: [1]))
        let answer = json(outcome.publications[0].payload)
        #expect(answer["code"]?.string == code)
        #expect(answer["error"]?.string?.isEmpty == false)
    }

    @Test("an error is answered in the form of the request")
    func errorForm() throws {
        let bare = try answer(#"{"action":1,"correlation_id":"c"}"#)
        let document = json(bare.publications[0].payload)
        #expect(document["code"]?.string == "ACTION_NOT_TEXT")
        #expect(document["correlation_id"]?.string == "c")
        let wrapped = try answer(#"{"message_id":"m","payload":{"action":""}}"#)
        let payload = json(wrapped.publications[0].payload)["payload"]
        #expect(payload?["code"]?.string == "ACTION_LENGTH")
    }

    @Test("a retained request is refused, or it would come back at every connect")
    func retained() throws {
        let outcome = try answer("{}", retain: true)
        #expect(json(outcome.publications[0].payload)["code"]?.string == "RETAINED_REQUEST")
    }

    @Test(
        "answers are not sent where they could do harm",
        arguments: [
            "cmd/press-7/start", "cmd/press-7/start/proposed", "cmd/x/y/denied", "$SYS/x",
            "$share/g/t", "jamey/edge-1", "jamey/edge-1/status", "jamey/edge-1/\u{301}x",
            "$\u{301}x", "a/+", "a/#", "a\0b", "", telemetry,
        ])
    func badTopic(topic: String) throws {
        let outcome = try answer(#"{"action":"go"}"#, .init(responseTopic: topic))
        #expect(outcome.topics == [MindUnderTest.results])
        let answer = json(outcome.publications[0].payload)
        #expect(answer["code"]?.string == "BAD_RESPONSE_TOPIC")
        #expect(outcome.decisions.isEmpty)
    }

    @Test("topics that only look like the agent's own are fine", arguments: ["jamey/edge-10", "x"])
    func goodTopic(topic: String) throws {
        #expect(try answer("{}", .init(responseTopic: topic)).topics.last == topic)
    }

    @Test("an answer is never input again, wherever a route listens")
    func heard() throws {
        var subject = try MindUnderTest(
            """
            routes:
              - { name: rest, topic: "rest/{more...}" }
            rules:
              - { name: alone, topic: "alone/{device}/state", when: "true" }
            """)
        for (topic, isFine) in [
            ("rest/1/2", false), ("rest", true), ("alone/d/state", false), ("alone/d", true),
        ] {
            for properties in [MessageProperties(responseTopic: topic), nil] {
                let body = properties == nil ? "{\"reply_to\":\"\(topic)\"}" : "{}"
                let outcome = subject.hear(MindUnderTest.evaluate, body, properties)
                #expect((outcome.topics.last == topic) == isFine)
                #expect((outcome.decisions.isEmpty) == !isFine)
            }
        }
    }

    @Test("a denied proposer is not answered where a route would hear the answer")
    func deniedProposer() throws {
        var subject = try MindUnderTest(rules)
        for (topic, isFine) in [("answers/ann", true), (telemetry, false)] {
            let outcome = subject.hear(proposed, "{}", .init(responseTopic: topic))
            #expect(outcome.topics.contains(topic) == isFine)
            #expect(outcome.decisions.count == 1)
        }
    }

    @Test("a guard's topics are protected in whatever form they are written")
    func templates() throws {
        var subject = try MindUnderTest(
            """
            routes:
              - name: g
                guard:
                  propose: "ask/{rest...}"
                  approved: "do/x-{rest...}"
                  denied: "no/{rest...}/\u{301}end"
            """)
        for (topic, isFine) in [
            ("do/x-1/2/3", false), ("ask/1", false), ("no/1/2", false), ("do", false),
            ("does", true),
        ] {
            let outcome = subject.hear(MindUnderTest.evaluate, "{}", .init(responseTopic: topic))
            #expect((outcome.topics.last == topic) == isFine)
        }
    }

    @Test("a name that is too long is nobody's")
    func longName() throws {
        let name = String(repeating: "x", count: Limits.entityNameBytesMax + 1)
        let outcome = try answer(#"{"entity":"\#(name)","user_id":"ann"}"#)
        #expect(outcome.decisions.map(\.entity) == ["ann"])
        #expect(try answer(#"{"entity":"\#(name)"}"#).decisions.map(\.entity) == [""])
    }
}
