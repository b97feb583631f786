import Broker
import Core

/// Answers that leave past the outbox: they are gone with the link.
extension Agent {
    /// Publishes an answer, or that it is too large.
    /// - Parameters:
    ///   - id: names the answer in its envelope.
    ///   - desk: hears of its PUBACK.
    func answer(
        _ form: AnswerForm, _ body: [UInt8], id: String,
        of desk: ReferenceWritableKeyPath<Agent, AnswerDesk>, qos: QoS = .atLeastOnce
    ) {
        var publication = form.publication(body, id: id, at: time.now())
        // Nobody reads PUBACKs while nothing can be stored.
        publication.qos = isReadingStopped ? .atMostOnce : qos
        do {
            let packetID = try link.publish(publication)
            self[keyPath: desk].sent(packetID: packetID)
        } catch {
            guard case .tooLarge = error, body != RequestError.answerTooLarge.json else { return }
            answer(form, RequestError.answerTooLarge.json, id: id, of: desk, qos: qos)
        }
    }
}

extension RequestError {
    static let answerTooLarge = RequestError(
        code: "ANSWER_TOO_LARGE",
        message: "the broker does not take so large an answer; ask for fewer with 'limit'")
}
