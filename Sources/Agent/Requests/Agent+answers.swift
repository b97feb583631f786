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
            guard case .tooLarge = error else { return }
            let instead = Self.answerTooLarge(inPlaceOf: body)
            guard instead.count < body.count else { return }
            answer(form, instead, id: id, of: desk, qos: qos)
        }
    }

    /// Whoever asked the API to change something learns what came of it all the same: by the status
    /// with which such an answer begins.
    private static func answerTooLarge(inPlaceOf body: [UInt8]) -> [UInt8] {
        JSONWriter.object { json in
            if body.starts(with: statusMark) {
                let digits = body.dropFirst(statusMark.count).prefix(3)
                json.member("status", Int(String(decoding: digits, as: UTF8.self)) ?? 0)
            }
            json.member("error", "the broker does not take so large an answer; ask for less")
            json.member("code", "ANSWER_TOO_LARGE")
        }
    }

    private static let statusMark = Array(#"{"status":"#.utf8)
}
