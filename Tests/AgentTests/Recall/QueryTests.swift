import Broker
import Core
import Store
import Testing

@testable import Agent

/// `memory/query` at an agent on a real store, whose link and reader the test moves.
@Suite("Queries for memories")
struct QueryTests {
    private let files: SimFiles
    private let path: String
    private let recall: HeldRecall
    private let subject: AgentUnderTest

    init() throws {
        files = try SimFiles()
        path = files.new()
        recall = HeldRecall(store: path)
        subject = try AgentUnderTest(path, recalling: recall)
        subject.connect()
    }

    private func request(
        _ topic: String, _ body: String, qos: QoS = .atLeastOnce, packetID: UInt16 = 1,
        _ properties: MessageProperties? = nil, retain: Bool = false
    ) -> Message {
        Message(
            topic: "jamey/n/memory/" + topic, payload: Array(body.utf8), qos: qos, retain: retain,
            packetID: packetID, properties: properties)
    }

    private func store(_ bodies: String...) {
        subject.turn(
            messages: bodies.enumerated().map {
                request("store", $0.element, packetID: UInt16($0.offset + 1))
            })
    }

    /// Asks, lets the answer go, and returns what was published since.
    private func ask(
        _ body: String, _ properties: MessageProperties? = nil, retain: Bool = false
    ) -> [Publication] {
        let before = subject.link.published.count
        subject.turn(messages: [request("query", body, properties, retain: retain)])
        recall.release()
        subject.turn()
        return subject.link.published.dropFirst(before).filter {
            !$0.topic.hasPrefix("jamey/n/events/")
        }
    }

    private func fill() {
        store(
            #"{"layer":"semantic","content":"the seal of pump 2 leaks","entity":"pump-2","#
                + #""tags":["seal"],"user_id":"ann"}"#,
            #"{"layer":"episodic","content":"pump 2 was repaired","entity":"pump-2"}"#,
            #"{"layer":"long-term","content":"press 7 runs hot in summer","entity":"press-7"}"#)
    }

    @Test("what is recalled often is promoted, by one event a minute, which a replay has as well")
    func promotion() throws {
        fill()
        let sequence = subject.agent.mind.sequence
        for _ in 0..<10 { _ = ask(#"{"query":"seal","limit":5}"#) }
        _ = ask(#"{"query":"repaired"}"#)
        #expect(subject.agent.mind.sequence == sequence)
        subject.clock.advance(Limits.recallCountInterval)
        subject.turn()
        #expect(subject.agent.mind.sequence == sequence + 1)
        let reader = try StoreReader(path: path)
        let promoted = try #require(try reader.memory(1))
        #expect(promoted.memory.layer == .longTerm && promoted.recalls == 10)
        #expect(try reader.memory(2)?.memory.layer == .episodic && reader.memory(2)?.recalls == 1)
        var events: [Event] = []
        try reader.forEachEvent(from: sequence + 1) {
            events.append($0)
            return true
        }
        let counts = [RecallCount(id: 1, count: 10), RecallCount(id: 2, count: 1)]
        #expect(events.map(\.body) == [.control(.recalled(counts))])
        subject.clock.advance(Limits.recallCountInterval)
        subject.turn()
        #expect(subject.agent.mind.sequence == sequence + 1, "nothing was recalled since")
    }

    @Test("what was stored is found, with its score, and nothing of the query is recorded")
    func found() throws {
        fill()
        let sequence = subject.agent.mind.sequence
        let answers = ask(#"{"query":"pump lea*","limit":5}"#)
        #expect(answers.map(\.topic) == ["jamey/n/memory/results"])
        let answer = try JSONScanner.scan(answers[0].payload)
        #expect(answer["total"]?.int == 1 && answer["next"] == nil)
        let memory = try #require(answer["memories"]?.array?.first)
        #expect(memory["id"]?.int == 1 && memory["layer"]?.string == "semantic")
        #expect(memory["content"]?.string == "the seal of pump 2 leaks")
        #expect(memory["tags"] == .array([.string("seal")]))
        #expect(memory["entity"]?.string == "pump-2" && memory["user_id"]?.string == "ann")
        #expect(memory["created_at"]?.string?.hasSuffix("Z") == true)
        let score = try #require(memory["score"]?.double)
        #expect(score > 0 && score <= 1)
        #expect(subject.agent.mind.sequence == sequence)
        #expect(try StoreReader(path: path).status().lastEvent?.sequence == sequence)
    }

    @Test("layer, entity, tags and time select; without words the newest come first with score 1")
    func filters() throws {
        fill()
        func ids(_ body: String) throws -> [Int64] {
            let answer = try JSONScanner.scan(ask(body)[0].payload)
            return (answer["memories"]?.array ?? []).compactMap { $0["id"]?.int }
        }
        #expect(try ids("{}") == [3, 2, 1])
        #expect(try ids(#"{"query":null,"layer":"episodic"}"#) == [2])
        #expect(try ids(#"{"entity":"pump-2"}"#) == [2, 1])
        #expect(try ids(#"{"tags":["seal"]}"#) == [1])
        #expect(try ids(#"{"since":"2999-01-01T00:00:00Z"}"#) == [])
        #expect(try ids(#"{"until":"2999-01-01T00:00:00Z","query":"repaired"}"#) == [2])
        let answer = try JSONScanner.scan(ask("{}")[0].payload)
        #expect(answer["memories"]?.array?.first?["score"]?.double == 1)
    }

    @Test("pages follow each other by what each answer says is next")
    func pages() throws {
        fill()
        for query in [#""query":"pump""#, #""entity":"pump-2""#] {
            var ids: [Int64] = []
            var cursor = ""
            for _ in 0..<3 {
                let answer = try JSONScanner.scan(ask("{\(query),\"limit\":1\(cursor)}")[0].payload)
                #expect(answer["total"]?.int == 2)
                ids += (answer["memories"]?.array ?? []).compactMap { $0["id"]?.int }
                guard let next = answer["next"]?.string else { break }
                cursor = ",\"cursor\":\"\(next)\""
            }
            #expect(ids.sorted() == [1, 2])
        }
    }

    @Test("the answer takes the form of the request and goes where it asks")
    func forms() throws {
        fill()
        let five = ask("{}", .init(responseTopic: "answers/ann", correlationData: [0, 255]))
        #expect(five.map(\.topic) == ["answers/ann"])
        #expect(five[0].properties == .init(correlationData: [0, 255]))
        #expect(five[0].qos == .atLeastOnce && !five[0].retain)
        let three = ask(#"{"reply_to":"a/b","correlation_id":"c"}"#)
        #expect(three.map(\.topic) == ["a/b"])
        #expect(try JSONScanner.scan(three[0].payload)["correlation_id"]?.string == "c")
        let wrapped = ask(
            #"{"message_id":"m","payload":{"query":"hot"},"#
                + #""metadata":{"reply_to":"a/b","correlation_id":7}}"#)
        let answer = try JSONScanner.scan(wrapped[0].payload)
        #expect(answer["payload"]?["total"]?.int == 1 && answer["topic"]?.string == "a/b")
        #expect(answer["metadata"]?["correlation_id"]?.int == 7)
        #expect(answer["message_id"]?.string?.hasPrefix("b-") == true)
    }

    @Test(
        "a bad query is answered with its error",
        arguments: [
            ("{", "MALFORMED_JSON"), ("5", "NOT_AN_OBJECT"), (#"{"query":5}"#, "BAD_QUERY"),
            (#"{"layer":"working"}"#, "BAD_LAYER"), (#"{"limit":0}"#, "BAD_LIMIT"),
            (#"{"limit":101}"#, "BAD_LIMIT"), (#"{"limit":"5"}"#, "BAD_LIMIT"),
            (#"{"since":"yesterday"}"#, "BAD_SINCE"), (#"{"until":7}"#, "BAD_UNTIL"),
            (#"{"tags":["",""]}"#, "BAD_TAGS"), (#"{"entity":[]}"#, "BAD_ENTITY"),
            (#"{"cursor":"soon"}"#, "BAD_CURSOR"), (#"{"cursor":5}"#, "BAD_CURSOR"),
            ("{\"query\":\"\(String(repeating: "x", count: 4_097))\"}", "BAD_QUERY"),
        ])
    func bad(body: String, code: String) throws {
        let answers = ask(body, .init(responseTopic: "a", correlationData: [1]))
        #expect(answers.map(\.topic) == ["a"] && answers[0].properties?.correlationData == [1])
        let answer = try JSONScanner.scan(answers[0].payload)
        #expect(answer["code"]?.string == code && answer["error"]?.string?.isEmpty == false)
        #expect(recall.held.isEmpty)
    }

    @Test("a hostile text is looked for, never an error")
    func hostile() throws {
        fill()
        for text in [
            "\\\"", "pump\\\" OR 1=1 --", "NEAR(", "facets : l1", "*", "content:pump", "\\\\",
        ] {
            let answer = try JSONScanner.scan(ask("{\"query\":\"\(text)\"}")[0].payload)
            #expect(answer["memories"]?.array != nil, "\(text)")
        }
    }

    @Test("a retained query is refused")
    func retained() throws {
        let answer = try JSONScanner.scan(ask("{}", retain: true)[0].payload)
        #expect(answer["code"]?.string == "RETAINED_REQUEST")
    }

    @Test(
        "answers go to no route, and nowhere else below the root",
        arguments: [
            "jamey/n", "jamey/n/status", "jamey/n/memory/updates", "jamey/n/memory/store", "$SYS/x",
            "a/#", "t/all/d1",
        ])
    func badTopic(topic: String) throws {
        for (body, properties) in [
            ("{}", MessageProperties(responseTopic: topic)), ("{\"reply_to\":\"\(topic)\"}", nil),
        ] {
            let answers = ask(body, properties)
            #expect(answers.map(\.topic) == ["jamey/n/memory/results"])
            let answer = try JSONScanner.scan(answers[0].payload)
            #expect(answer["code"]?.string == "BAD_RESPONSE_TOPIC")
        }
    }

    @Test("beyond the bound queries are answered with OVERLOADED, and a flood not by a flood")
    func overload() throws {
        let flood = Limits.queriesMax + Limits.overloadsToldPerBurst + 50
        subject.turn(messages: (1...flood).map { request("query", "{}", packetID: UInt16($0)) })
        #expect(recall.held.count == Limits.queriesMax)
        let refused = subject.told("memory/results")
        #expect(refused.count == Limits.overloadsToldPerBurst)
        #expect(refused.allSatisfy { $0["code"]?.string == "OVERLOADED" })
        let counters = subject.agent.counters
        #expect(counters.queries == flood)
        #expect(counters.queriesRefused == flood - Limits.queriesMax)
        recall.release()
        subject.turn()
        // Their answers are on their way, and count until the broker has them.
        #expect(subject.told("memory/results").count == refused.count + Limits.queriesMax)
        subject.turn(messages: [request("query", "{}")])
        #expect(recall.held.isEmpty)
        let answers = subject.link.published.indices.filter {
            subject.link.published[$0].topic == "jamey/n/memory/results"
                && subject.link.published[$0].qos == .atLeastOnce
        }
        for index in answers {
            subject.turn(.confirmed(packetID: UInt16(index + 1), reason: 0))
        }
        #expect(subject.agent.recalls.waiting == 0)
        subject.turn(messages: [request("query", "{}")])
        #expect(recall.held.count == 1)
    }

    @Test("a store that cannot be read is told, and the next query is answered again")
    func unreadable() throws {
        recall.error = .io("no")
        let answer = try JSONScanner.scan(try #require(ask("{}").first).payload)
        #expect(answer["code"]?.string == "STORE_UNREADABLE")
        #expect(subject.codes.contains("MEMORY_UNREADABLE"))
        recall.error = nil
        #expect(try JSONScanner.scan(ask("{}")[0].payload)["total"]?.int == 0)
    }

    @Test("when the link is gone nobody is answered, and nothing waits")
    func linkLost() throws {
        subject.turn(messages: [request("query", "{}")])
        #expect(subject.agent.recalls.waiting == 1)
        recall.release()
        subject.turn(.lost(reason: "gone"))
        #expect(subject.agent.recalls.waiting == 0)
        subject.connect()
        subject.turn()
        #expect(subject.told("memory/results").isEmpty)
    }

    @Test("a stop waits for the answers that are on the way")
    func stop() throws {
        subject.turn(messages: [request("query", "{}")])
        subject.agent.stop()
        subject.turn()
        #expect(subject.told("memory/results").isEmpty && !subject.agent.isStopped)
        recall.release()
        subject.turn()
        #expect(subject.told("memory/results").count == 1)
    }

    @Test("an answer larger than the broker takes says so")
    func tooLarge() throws {
        fill()
        subject.link.payloadBytesMax = 200
        let answer = try JSONScanner.scan(try #require(ask("{}").first).payload)
        #expect(answer["code"]?.string == "ANSWER_TOO_LARGE")
        subject.link.payloadBytesMax = 10
        #expect(ask("{}").isEmpty)
        subject.link.payloadBytesMax = .max
        #expect(try JSONScanner.scan(ask("{}")[0].payload)["total"]?.int == 3)
    }

    @Test("an answer has a bound of bytes, and the rest is on the next page")
    func largeAnswer() throws {
        let text = String(repeating: "x ", count: 2_000)
        for _ in 0..<2 {
            subject.turn(
                messages: (1...60).map {
                    request(
                        "store", #"{"layer":"episodic","content":"\#(text)"}"#,
                        packetID: UInt16($0))
                })
        }
        var ids: [Int64] = []
        var cursor = ""
        while true {
            let payload = ask("{\"limit\":100\(cursor)}")[0].payload
            #expect(payload.count < Limits.queryAnswerBytesMax + 8_192)
            let answer = try JSONScanner.scan(payload)
            ids += (answer["memories"]?.array ?? []).compactMap { $0["id"]?.int }
            guard let next = answer["next"]?.string else { break }
            cursor = ",\"cursor\":\"\(next)\""
        }
        #expect(ids == Array(1...120).reversed())
    }
}
