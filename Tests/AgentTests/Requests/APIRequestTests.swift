import Broker
import Core
import Glibc
import Store
import Testing

@testable import Agent

/// `api/requests` at an agent on a real store, whose link and answers the test moves.
@Suite("Requests to the API by MQTT")
struct APIRequestTests {
    private let files: SimFiles
    private let path: String
    private let requests: HeldRequests
    private let subject: AgentUnderTest

    init() throws {
        files = try SimFiles()
        path = files.new()
        requests = HeldRequests()
        subject = try AgentUnderTest(path, requesting: requests)
        subject.connect()
    }

    private static let status = #"{"method":"GET","path":"/status"}"#

    private func message(
        _ body: String, _ properties: MessageProperties? = nil, retain: Bool = false,
        packetID: UInt16 = 1
    ) -> Message {
        Message(
            topic: "jamey/n/api/requests", payload: Array(body.utf8), qos: .atLeastOnce,
            retain: retain, packetID: packetID, properties: properties)
    }

    /// Asks, answers, and returns the answers that were published since.
    private func ask(
        _ body: String, _ properties: MessageProperties? = nil, retain: Bool = false,
        answer: String = #"{"status":200}"#
    ) -> [Publication] {
        let before = subject.link.published.count
        subject.turn(messages: [message(body, properties, retain: retain)])
        requests.release(answer)
        subject.turn()
        return subject.link.published.dropFirst(before).filter {
            $0.topic == "jamey/n/api/responses" || !$0.topic.hasPrefix("jamey/n/")
        }
    }

    private func code(_ publications: [Publication]) -> String? {
        publications.first.flatMap { try? JSONScanner.scan($0.payload) }?["code"]?.string
    }

    @Test("a request is handed over with its body and its token, and nothing of it is recorded")
    func handedOver() throws {
        let sequence = subject.agent.mind.sequence
        subject.turn(
            messages: [
                message(
                    Self.status,
                    MessageProperties(user: [
                        .init(name: "other", value: "x"), .init(name: "token", value: "jamey_1"),
                        .init(name: "token", value: "jamey_2"),
                    ]))
            ])
        let held = try #require(requests.held.first)
        #expect(held.token == "jamey_1" && held.body["path"]?.string == "/status")
        #expect(subject.agent.mind.sequence == sequence)
        #expect(try StoreReader(path: path).status().lastEvent?.sequence == sequence)
    }

    @Test("the answer goes to the default topic, or where MQTT 5 or 3.1.1 asks for it")
    func topics() throws {
        #expect(ask(Self.status).map(\.topic) == ["jamey/n/api/responses"])
        let five = ask(
            Self.status,
            MessageProperties(responseTopic: "me/answers", correlationData: [1, 2]))
        #expect(five.map(\.topic) == ["me/answers"])
        #expect(five.first?.properties?.correlationData == [1, 2])
        let three = ask(
            #"{"method":"GET","path":"/","reply_to":"me/old","correlation_id":"c7"}"#)
        #expect(three.map(\.topic) == ["me/old"])
        let text = String(decoding: three.first?.payload ?? [], as: UTF8.self)
        #expect(text == #"{"status":200,"correlation_id":"c7"}"#)
    }

    @Test("a wrapped request is answered in its envelope, named apart from queries")
    func wrapped() throws {
        let answers = ask(
            #"{"message_id":"m1","payload":\#(Self.status),"metadata":{"correlation_id":4}}"#)
        let json = try JSONScanner.scan(try #require(answers.first).payload)
        #expect(json["message_id"]?.string == "b-api-1")
        #expect(json["payload"]?["status"]?.int == 200)
        #expect(json["metadata"]?["correlation_id"]?.int == 4)
    }

    @Test("what is retained, no JSON, or to be answered where nobody may be, is not handed over")
    func refused() {
        #expect(code(ask(Self.status, retain: true)) == "RETAINED_REQUEST")
        #expect(code(ask("{")) == "MALFORMED_JSON")
        for topic in ["jamey/n/conscience/evaluate", "jamey/n/api/requests", "a/+", "$SYS/x"] {
            let answers = ask(Self.status, MessageProperties(responseTopic: topic))
            #expect(code(answers) == "BAD_RESPONSE_TOPIC", "\(topic)")
            #expect(answers.map(\.topic) == ["jamey/n/api/responses"], "\(topic)")
        }
        #expect(subject.agent.counters.apiRequests == 6)
        #expect(subject.agent.counters.apiRequestsRefused == 6)
    }

    @Test("so many wait at most; of a flood few are told so")
    func overload() throws {
        let count = Limits.mqttRequestsMax + 40
        subject.turn(
            messages: (1...count).map { message(Self.status, packetID: UInt16($0)) })
        #expect(requests.held.count == Limits.mqttRequestsMax)
        let told = subject.told("api/responses")
        #expect(told.count == Limits.overloadsToldPerBurst)
        #expect(told.allSatisfy { $0["code"]?.string == "OVERLOADED" })
        requests.release()
        subject.turn()
        let waiting = subject.agent.requests.waiting
        #expect(waiting == Limits.mqttRequestsMax, "answers count until the broker has them")
    }

    @Test("when the link is gone nobody is answered, and nothing waits")
    func linkLost() {
        subject.turn(messages: [message(Self.status)])
        #expect(subject.agent.requests.waiting == 1)
        subject.turn(.lost(reason: "gone"))
        #expect(subject.agent.requests.waiting == 0 && requests.forgotten == 1)
        requests.release()
        subject.connect()
        subject.turn()
        #expect(subject.told("api/responses").isEmpty)
    }

    @Test("a stop waits for the answers that are on the way, and closes what answers")
    func stop() {
        subject.turn(messages: [message(Self.status)])
        subject.agent.stop()
        subject.turn()
        #expect(subject.told("api/responses").isEmpty && !subject.agent.isStopped)
        requests.release()
        subject.turn()
        #expect(subject.told("api/responses").count == 1 && !requests.isClosed)
        for _ in 0..<2 {
            subject.turn()
            subject.clock.advance(Limits.farewellTimeMax)
        }
        subject.turn()
        #expect(subject.agent.isStopped && requests.isClosed)
    }

    @Test("an answer larger than the broker takes says so")
    func tooLarge() throws {
        subject.link.payloadBytesMax = 200
        let large = #"{"status":422,"body":"\#(String(repeating: "x", count: 500))"}"#
        let told = ask(Self.status, answer: large)
        #expect(code(told) == "ANSWER_TOO_LARGE")
        let payload = try #require(told.first?.payload)
        #expect(try JSONScanner.scan(payload)["status"]?.int == 422)
    }

    @Test("the topic is subscribed to only where there is an API to ask")
    func subscription() throws {
        let topic = "jamey/n/api/requests"
        let requests = [RequestTopic.standard()]
        #expect(SubscriptionSet(root: "jamey/n", filters: [], requests: requests).has(topic))
        #expect(!SubscriptionSet(root: "jamey/n", filters: []).has(topic))
        let without = try AgentUnderTest(files.new())
        without.connect()
        without.turn(messages: [message(Self.status)])
        without.turn()
        #expect(without.told("api/responses").isEmpty)
    }

    @Test("each configured topic is heard, and told with what it may do; others are not")
    func configured() throws {
        let topics = [
            RequestTopic("api/viewers", role: .viewer, trust: .viewer),
            RequestTopic("ops", role: .operator),
        ]
        let held = HeldRequests()
        let other = try AgentUnderTest(
            files.new(), requesting: held, settings: { $0.requestTopics = topics })
        other.connect()
        for name in ["api/viewers", "ops"] {
            #expect(other.agent.subscribed.has("jamey/n/" + name))
        }
        #expect(!other.agent.subscribed.has("jamey/n/api/requests"))
        let names = ["ops", "api/requests", "api/viewers", "api/viewers/x", "OPS"]
        other.turn(
            messages: names.enumerated().map { place, name in
                Message(
                    topic: "jamey/n/" + name, payload: Array(Self.status.utf8),
                    qos: .atLeastOnce, retain: false, packetID: UInt16(place + 1))
            })
        #expect(held.held.map(\.topic) == [topics[1], topics[0]])
        held.release()
        other.turn()
        #expect(other.told("api/responses").count == 2)
    }

    @Test("no answer is published where requests are taken")
    func answerTopics() throws {
        let held = HeldRequests()
        let other = try AgentUnderTest(
            files.new(), requesting: held,
            settings: {
                $0.requestTopics = [.standard(), RequestTopic("api/viewers", role: .viewer)]
            })
        other.connect()
        other.turn(
            messages: [
                message(Self.status, MessageProperties(responseTopic: "jamey/n/api/viewers"))
            ])
        #expect(held.held.isEmpty)
        #expect(other.told("api/responses").map { $0["code"]?.string } == ["BAD_RESPONSE_TOPIC"])
    }

    private func isReadable(_ descriptor: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) == 1
    }

    @Test("answers of other threads are taken in their order, and the loop is woken for them")
    func box() throws {
        let box = AnswerBox()
        let descriptor = try #require(box.descriptor)
        #expect(box.take().isEmpty && !isReadable(descriptor))
        box.put(ForwardedAnswer(number: 2, body: [1]))
        box.put(ForwardedAnswer(number: 1, body: [2]))
        #expect(isReadable(descriptor))
        #expect(box.take().map(\.number) == [2, 1])
        #expect(box.take().isEmpty && !isReadable(descriptor))
    }
}
