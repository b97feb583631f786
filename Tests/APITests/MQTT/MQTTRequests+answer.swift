import Agent
import Core
import Testing

@testable import API

extension MQTTRequests {
    /// The answer to one request, as the loop takes it.
    func answer(
        to body: String, token: String? = nil, on topic: RequestTopic = .standard()
    ) async throws -> JSONValue {
        let document = try JSONScanner.scan(Array(body.utf8))
        ask(ForwardedRequest(number: 7, body: document, token: token, topic: topic))
        var answers: [ForwardedAnswer] = []
        try await Condition.becomesTrue("an answer to \(body)") {
            answers += take()
            return !answers.isEmpty
        }
        #expect(answers.map(\.number) == [7])
        return try JSONScanner.scan(answers[0].body)
    }
}
