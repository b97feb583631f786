import Core
import Mind

/// `api/requests`, and what else is configured: requests to the routes of the HTTP API. They are
/// answered away from the loop; a message that carries one is not recorded, what it changes is
/// (docs/api.md, "By MQTT").
extension Agent {
    /// On which topic of requests a message below the root has come; nil where it is none.
    func requestTopic(of message: Message) -> RequestTopic? {
        let name = message.topic.utf8.dropFirst(vitals.topics.prefix.count)
        return settings.requestTopics.first { $0.name.utf8.elementsEqual(name) }
    }

    /// Takes a request, or answers why not. Its answer leaves when it is there.
    func hearRequest(_ message: Message, on topic: RequestTopic) {
        guard let requesting else { return }
        counters.apiRequests += 1
        if requests.isFull { return refuseRequest(message) }
        let document = Result { () throws(JSONError) in try JSONDocument(message.payload) }
        let request = Request(document, properties: message.properties)
        do throws(RequestError) {
            try check(request, message, document)
            let number = requests.add(request.form(defaultTopic: responsesTopic))
            requesting.ask(
                ForwardedRequest(
                    number: number, body: request.body, token: message.properties?.token,
                    topic: topic))
        } catch { refuse(request, error) }
    }

    /// Publishes what was answered since the last turn.
    func answerRequests() {
        guard let requesting else { return }
        for answered in requesting.take() {
            guard let form = requests.take(answered.number) else { continue }
            // Rules that came meanwhile may have given the topic away.
            guard mind.mayAnswer(on: form.topic, asking: .api) else { continue }
            answerRequest(form, answered.body, answered.number)
        }
    }

    /// The link is gone, and with it whoever waits.
    func forgetRequests() {
        requests.linkLost()
        requesting?.forget()
    }

    private var responsesTopic: String { mind.settings.defaultTopic(of: .api) }

    private func check(
        _ request: Request, _ message: Message, _ document: Result<JSONDocument, JSONError>
    ) throws(RequestError) {
        if case .failure(let error) = document { throw RequestError(error) }
        guard !message.retain else { throw .retained }
        if let topic = request.answerTopic, !mind.mayAnswer(on: topic, asking: .api) {
            throw .badResponseTopic(topic)
        }
    }

    /// Too many wait. A flood is not answered by a flood.
    private func refuseRequest(_ message: Message) {
        guard requests.takeOverload() else {
            counters.apiRequestsRefused += 1
            return
        }
        let document = Result { () throws(JSONError) in try JSONDocument(message.payload) }
        refuse(
            Request(document, properties: message.properties), .requestsOverloaded,
            qos: .atMostOnce)
    }

    private func refuse(_ request: Request, _ error: RequestError, qos: QoS = .atLeastOnce) {
        counters.apiRequestsRefused += 1
        var request = request
        if let topic = request.answerTopic, !mind.mayAnswer(on: topic, asking: .api) {
            request.answerTopic = nil
        }
        answerRequest(
            request.form(defaultTopic: responsesTopic), error.json, requests.number(), qos: qos)
    }

    private func answerRequest(
        _ form: AnswerForm, _ body: [UInt8], _ number: Int, qos: QoS = .atLeastOnce
    ) {
        // Queries are numbered by themselves.
        answer(form, body, id: "\(settings.bootID)-api-\(number)", of: \.requests, qos: qos)
    }
}

extension MessageProperties {
    /// Who asks, where a client says so beside the payload.
    fileprivate var token: String? { user.first { $0.name == "token" }?.value }
}

extension RequestError {
    fileprivate static let requestsOverloaded = RequestError(
        code: "OVERLOADED", message: "too many requests wait; try again later")
}
