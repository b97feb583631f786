import Core
import Mind
import Store

/// `memory/query`: read only, looked for away from the loop, and not recorded (decision 0017).
extension Agent {
    /// Takes a query, or answers why not. Its answer leaves when it is found.
    func hearQuery(_ message: Message) {
        counters.queries += 1
        if recalls.desk.isFull { return refuseQuery(message) }
        let document = Result { () throws(JSONError) in try JSONDocument(message.payload) }
        let request = Request(document, properties: message.properties)
        do throws(RequestError) {
            let query = try query(of: request, message, document)
            let form = request.form(defaultTopic: resultsTopic)
            recalling.ask(query, number: recalls.desk.add(form))
        } catch { refuse(request, error) }
    }

    /// Publishes what was found since the last turn, past the outbox: it is gone with the link.
    func answerQueries() {
        for recalled in recalling.take() {
            guard let form = recalls.desk.take(recalled.number) else { continue }
            // Rules that came meanwhile may have given the topic away.
            guard mind.mayAnswer(on: form.topic, asking: .memoryQuery) else { continue }
            switch recalled.result {
            case .success(let page):
                recalls.count(page.memories.map(\.id), at: time.monotonic())
                answer(form, MemoryAnswer.found(page), recalled.number)
            case .failure(let error):
                tell(.recallFailed(error))
                answer(form, RequestError.unreadable(error).json, recalled.number)
            }
        }
    }

    /// Says in the log what was recalled how often, which promotes what is recalled much. A query
    /// by itself leaves no mark; this is one event for all of a minute.
    func tellRecalls(at now: MonotonicTime) throws(CommitError) {
        guard batch.isEmpty, shutdown == .running else { return }
        let counts = recalls.takeCounts(at: now)
        guard !counts.isEmpty else { return }
        let at = clock.at(wall: time.now(), monotonic: now)
        let event = Event(
            sequence: mind.sequence + 1, at: at, body: .control(.recalled(counts)))
        let earlier = mind
        let outcome = mind.perceive(event)
        do throws(CommitError) {
            _ = try store.commit(Batch(event, outcome), synced: false)
            followInShadow(event)
        } catch {
            mind = earlier
            throw error
        }
    }

    /// The link is gone, and with it whoever waits.
    func forgetQueries() {
        recalls.desk.linkLost()
        recalling.forget()
    }

    private var resultsTopic: String { mind.settings.defaultTopic(of: .memoryQuery) }

    private func query(
        of request: Request, _ message: Message, _ document: Result<JSONDocument, JSONError>
    ) throws(RequestError) -> MemoryQuery {
        if case .failure(let error) = document { throw RequestError(error) }
        guard !message.retain else { throw .retained }
        if let topic = request.answerTopic, !mind.mayAnswer(on: topic, asking: .memoryQuery) {
            throw .badResponseTopic(topic)
        }
        return try MemoryQuery(request.body)
    }

    /// Too many wait. A flood is not answered by a flood.
    private func refuseQuery(_ message: Message) {
        guard recalls.desk.takeOverload() else {
            counters.queriesRefused += 1
            return
        }
        let document = Result { () throws(JSONError) in try JSONDocument(message.payload) }
        refuse(Request(document, properties: message.properties), .overloaded, qos: .atMostOnce)
    }

    private func refuse(_ request: Request, _ error: RequestError, qos: QoS = .atLeastOnce) {
        counters.queriesRefused += 1
        var request = request
        if let topic = request.answerTopic, !mind.mayAnswer(on: topic, asking: .memoryQuery) {
            request.answerTopic = nil
        }
        let form = request.form(defaultTopic: resultsTopic)
        answer(form, error.json, recalls.desk.number(), qos: qos)
    }

    private func answer(
        _ form: AnswerForm, _ body: [UInt8], _ number: Int, qos: QoS = .atLeastOnce
    ) {
        answer(form, body, id: "\(settings.bootID)-\(number)", of: \.recalls.desk, qos: qos)
    }
}

extension RequestError {
    fileprivate static let overloaded = RequestError(
        code: "OVERLOADED", message: "too many queries wait; try again later")

    fileprivate static func unreadable(_ error: ReadError) -> RequestError {
        RequestError(
            code: "STORE_UNREADABLE",
            message: "the memories cannot be read now, try again later: \(error)")
    }
}
