import Core
import Testing

@Suite("Messages")
struct MessageTests {
    @Test("qualities of service are ordered")
    func order() {
        #expect(QoS.atMostOnce < .atLeastOnce)
        #expect(QoS.atLeastOnce < .exactlyOnce)
    }

    @Test("properties are empty until one is set")
    func properties() {
        #expect(MessageProperties().isEmpty)
        #expect(!MessageProperties(responseTopic: "a").isEmpty)
        #expect(!MessageProperties(correlationData: []).isEmpty)
        #expect(!MessageProperties(contentType: "text/plain").isEmpty)
        #expect(!MessageProperties(user: [.init(name: "a", value: "b")]).isEmpty)
    }

    @Test("what is not said is left at its plain value")
    func defaults() {
        let message = Message(topic: "a", payload: [1])
        #expect(message.qos == .atMostOnce && !message.retain && message.packetID == 0)
        #expect(message.isDuplicate == nil && message.properties == nil)
        let publication = Publication(topic: "a", payload: [1])
        #expect(publication.qos == .atLeastOnce && !publication.retain)
        #expect(Outcome() == Outcome(isRecorded: true))
        let rejection = Rejection(code: "X", message: "m", component: "c")
        #expect(rejection.severity == .warning)
        let event = Event(sequence: 1, at: Timestamp(microseconds: 1), body: .message(message))
        #expect(event.body != .tick)
    }
}
