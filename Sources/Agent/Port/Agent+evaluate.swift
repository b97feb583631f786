import Core
import Mind
import Store

/// Requests to judge that do not come by the broker.
extension Agent {
    /// Judges what somebody proposes, as a request on `conscience/evaluate` is judged: an event of
    /// the log, with its decision on the disk and on `conscience/results`.
    ///
    /// - Parameters:
    ///   - body: `{"action":…,"context"?,"user_id"?,"entity"?}`, whatever else rules look at, or
    ///     the envelope of topics.md around it. A topic for the answer that it names is not used.
    ///   - actor: stands in the log, as the properties `actor` and `actor_address` of the message.
    ///   - isDryRun: keeps nothing and publishes nothing; the decision is the one that the next
    ///     event would have, with `"dry_run":true` at its end.
    /// - Returns: the decision, as it is recorded; or why it was not judged, and nothing was kept.
    public func evaluate(
        _ body: [UInt8], by actor: Actor, isDryRun: Bool
    ) -> Result<[UInt8], RequestError> {
        Result { () throws(RequestError) in
            try judge(request(body, by: actor), isDryRun: isDryRun)
        }
    }

    /// Properties of a request to judge that say who asks, as the API knows it.
    private static let actorNames = (name: "actor", address: "actor_address")

    /// A request that came by the broker does not say who asks in the API's words.
    func withoutActor(_ message: Message) -> Message {
        guard message.topic.hasSameBytes(as: mind.settings.evaluateTopic) else { return message }
        var message = message
        message.properties?.user.removeAll {
            $0.name == Self.actorNames.name || $0.name == Self.actorNames.address
        }
        return message
    }

    private func request(_ body: [UInt8], by actor: Actor) throws(RequestError) -> Message {
        guard body.count <= Limits.payloadBytesMax else {
            throw RequestError(
                code: "BODY_TOO_LARGE",
                message: "a request has at most \(Limits.payloadBytesMax) bytes")
        }
        let message = Message(
            topic: mind.settings.evaluateTopic, payload: body,
            properties: MessageProperties(
                // Before what the body may say: who asks by HTTP is answered by HTTP, and does not
                // choose where the agent publishes.
                responseTopic: mind.settings.defaultTopic(of: .evaluate),
                user: [
                    .init(name: Self.actorNames.name, value: actor.name),
                    .init(name: Self.actorNames.address, value: actor.address),
                ]))
        if let refusal = mind.refusal(ofRequest: message) { throw refusal }
        return message
    }

    private func judge(_ message: Message, isDryRun: Bool) throws(RequestError) -> [UInt8] {
        guard isDryRun else {
            try requireWorking()
            let event = nextEvent(.message(message))
            return try answer(in: commitAlone(event).outcome).json
        }
        // Copies, which are gone afterwards.
        var (mind, clock) = (self.mind, self.clock)
        let at = clock.at(wall: time.now(), monotonic: time.monotonic())
        let event = Event(sequence: mind.sequence + 1, at: at, body: .message(message))
        let decision = try answer(in: mind.perceive(event))
        return Array(decision.json.dropLast()) + Array(",\"dry_run\":true}".utf8)
    }

    private func answer(in outcome: Outcome) throws(RequestError) -> Decision {
        guard let decision = outcome.answer else {
            throw RequestError(code: "NOT_JUDGED", message: "no rules are in force")
        }
        return decision
    }
}
