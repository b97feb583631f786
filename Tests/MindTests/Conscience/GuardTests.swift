import Core
import Testing

@testable import Mind

@Suite("Guards")
struct GuardTests {
    private let open = pressRules(stance("a", "support"))
    private let closed = pressRules(stance("a", "oppose"))

    @Test("an approved proposal is carried out byte for byte, with the decision's name")
    func approved() throws {
        var subject = try MindUnderTest(open)
        let payload = #"{ "action" : "start",   "x":1.50 }"#
        let properties = MessageProperties(
            responseTopic: "answers/1", correlationData: [1, 2], contentType: "application/json",
            user: [
                .init(name: "decision_id", value: "forged"), .init(name: "traceparent", value: "t"),
                .init(name: "decision_id", value: "forged too"),
            ])
        let outcome = subject.hear(proposed, payload, properties)
        let command = try #require(outcome.published(on: "cmd/press-7/start").first)
        #expect(text(command.payload) == payload)
        #expect(command.qos == .atLeastOnce && !command.retain)
        #expect(command.properties?.responseTopic == "answers/1")
        #expect(command.properties?.correlationData == [1, 2])
        #expect(command.properties?.contentType == "application/json")
        #expect(
            command.properties?.user == [
                .init(name: "traceparent", value: "t"), .init(name: "decision_id", value: "log-2"),
            ])
        #expect(outcome.topics == [MindUnderTest.results, "cmd/press-7/start"])
        #expect(outcome.isRecorded)
    }

    @Test("a proposal without properties gets one only")
    func plain() throws {
        var subject = try MindUnderTest(open)
        let outcome = subject.hear(proposed, "{}")
        let properties = outcome.published(on: "cmd/press-7/start").first?.properties
        #expect(properties == .init(user: [.init(name: "decision_id", value: "log-2")]))
        #expect(outcome.documents.first?["action"]?.string == "start")
    }

    @Test("a denial is told on the results, on the denied topic and to whoever asked")
    func denied() throws {
        var subject = try MindUnderTest(closed)
        let outcome = subject.hear(
            proposed, "{}", .init(responseTopic: "answers/1", correlationData: [9]))
        #expect(
            outcome.topics == [MindUnderTest.results, "cmd/press-7/start/denied", "answers/1"])
        #expect(Set(outcome.publications.map(\.payload)).count == 1)
        #expect(outcome.publications[2].properties == .init(correlationData: [9]))
        #expect(outcome.decisions.map(\.isPositive) == [false])
    }

    @Test("who asks for the answer on the results topic hears it there once")
    func onResults() throws {
        var subject = try MindUnderTest(closed)
        let outcome = subject.hear(
            proposed, "{}",
            .init(responseTopic: MindUnderTest.results, correlationData: [9]))
        #expect(outcome.topics == [MindUnderTest.results, "cmd/press-7/start/denied"])
        #expect(outcome.publications[0].properties == .init(correlationData: [9]))
    }

    @Test("a denial is not told where nobody may have the agent publish")
    func deniedToForbidden() throws {
        var subject = try MindUnderTest(closed)
        let outcome = subject.hear(proposed, "{}", .init(responseTopic: "cmd/press-8/stop"))
        #expect(outcome.topics == [MindUnderTest.results, "cmd/press-7/start/denied"])
    }

    @Test("a retained proposal is denied")
    func retained() throws {
        var subject = try MindUnderTest(open)
        let outcome = subject.hear(proposed, "{}", retain: true)
        #expect(outcome.documents.first?.errorCodes == ["RETAINED_PROPOSAL"])
        #expect(outcome.published(on: "cmd/press-7/start").isEmpty)
    }

    @Test(
        "what cannot be read is denied, with the reason",
        arguments: [
            ("{", "MALFORMED_JSON"), ("", "MALFORMED_JSON"),
            (#"{"a":1,"a":2}"#, "DUPLICATE_KEY"), (#"{"a":1e999}"#, "NUMBER_OUT_OF_RANGE"),
            (String(repeating: "[", count: 100), "JSON_TOO_DEEP"),
            (#"{"action":5}"#, "ACTION_NOT_TEXT"), (#"{"action":null}"#, "ACTION_NOT_TEXT"),
            (#"{"action":""}"#, "ACTION_LENGTH"),
        ])
    func unreadable(payload: String, code: String) throws {
        var subject = try MindUnderTest(open)
        let outcome = subject.hear(proposed, payload)
        let document = try #require(outcome.documents.first)
        #expect(document.errorCodes == [code])
        #expect(document["approved"] == .bool(false))
        #expect(document["errors"]?.array?[0]["rule"] == nil)
        #expect(document["explanation"]?.string?.hasPrefix("denied because \(code): ") == true)
        #expect(outcome.topics == [MindUnderTest.results, "cmd/press-7/start/denied"])
    }

    @Test("an action has 1 to 10,000 characters, whatever their size")
    func actionLength() throws {
        var subject = try MindUnderTest(open)
        for (count, isFine) in [(1, true), (10_000, true), (10_001, false)] {
            let action = String(repeating: "😀", count: count)
            let document = subject.hear(proposed, #"{"action":"\#(action)"}"#).documents[0]
            #expect(document["approved"] == .bool(isFine))
            #expect(document.errorCodes == (isFine ? [] : ["ACTION_LENGTH"]))
        }
    }

    @Test("a proposal need not be an object, nor have an action")
    func anyJSON() throws {
        var subject = try MindUnderTest(open)
        for payload in ["5", "null", "[1]", #""start""#, "{}"] {
            #expect(subject.hear(proposed, payload).decisions.map(\.isPositive) == [true])
        }
    }

    @Test("where no topic for the command can be made, the proposal is denied")
    func unusableTopic() throws {
        var subject = try MindUnderTest(
            """
            routes:
              - name: g
                guard:
                  propose: "ask/{device}/{verb}"
                  approved: "{device}/{verb}/do/it"
                  denied: "{device}/{verb}/no/it"
                entity: "{device}"
            rules:
              - { name: a, on: g, stance: support, when: 'true' }
            """)
        let outcome = subject.hear("ask/$SYS/x", "{}", .init(responseTopic: "answers"))
        #expect(outcome.documents.first?.errorCodes == ["UNUSABLE_TOPIC"])
        #expect(outcome.decisions.map(\.isPositive) == [false])
        #expect(outcome.topics == [MindUnderTest.results, "answers"])
        #expect(subject.hear("ask/a/x", "{}").topics == [MindUnderTest.results, "a/x/do/it"])
    }

    @Test("an entity without a usable name is judged under its topic")
    func longName() throws {
        var subject = try MindUnderTest(open)
        let name = String(repeating: "n", count: Limits.entityNameBytesMax + 1)
        let outcome = subject.hear("cmd/\(name)/start/proposed", "{}")
        #expect(outcome.decisions.map(\.entity) == ["cmd/\(name)/start/proposed"])
        #expect(outcome.decisions.map(\.isPositive) == [true])
    }

    @Test("proposals leave working memory as it is")
    func memory() throws {
        var subject = try MindUnderTest(
            pressRules(
                stance("a", "support", when: "device.last.temp == 20 && !has(device.last.action)")))
        _ = subject.hear(telemetry, #"{"temp":20}"#)
        for _ in 0..<3 {
            let outcome = subject.hear(proposed, #"{"action":"x","temp":99}"#)
            #expect(outcome.decisions.map(\.isPositive) == [true])
        }
        #expect(subject.mind.entityCount == 1)
    }

    @Test("topics are told apart by their bytes, whichever came first")
    func exactTopics() throws {
        var subject = try MindUnderTest(open)
        let composed = "cmd/\u{E9}/start/proposed"
        let decomposed = "cmd/e\u{301}/start/proposed"
        _ = subject.hear(composed, "{}")
        let topic = subject.hear(decomposed, "{}").topics.last ?? ""
        #expect(Array(topic.utf8) == Array("cmd/e\u{301}/start".utf8))
    }
}
