import Core

extension Mind {
    /// Takes in what a device or a person published, on every route that wants it.
    ///
    /// Nothing is marked before it is known whether the event belongs in the log, so that what is
    /// not recorded leaves the mind as it was.
    mutating func hear(_ message: Message, of event: Event, into outcome: inout Outcome) {
        let matches = router.resolve(message.topic)
        guard !matches.isEmpty else {
            outcome.isUnrouted = true
            return
        }
        let document = read(message, into: &outcome)
        defer { if case .success(let document) = document { tape = document.recycled() } }
        var observations: [Observation] = []
        for match in matches {
            switch plans[match.route].kind {
            case .telemetry:
                guard let entity = match.entity else {
                    outcome.rejections.append(.unusableEntityName(message.topic))
                    continue
                }
                let document = try? document.get()
                let observation = observe(
                    match, message, document, of: event, entity: entity, into: &outcome)
                let isWanted = wantsRecord(match, entity, document, at: event.at)
                if isWanted || observation.hasEffects { outcome.isRecorded = true }
                observations.append(observation)
            case .guarded:
                judgeProposal(match, message, document, of: event, into: &outcome)
            case .evaluate:
                answer(match, message, document, of: event, into: &outcome)
            }
        }
        outcome.settle()
        guard outcome.isRecorded else { return }
        apply(observations, of: event, into: &outcome)
    }

    /// The payload as JSON; what is none is told of, and judged as such by each route.
    private mutating func read(
        _ message: Message, into outcome: inout Outcome
    ) -> Result<JSONDocument, JSONError> {
        var spare = JSONTape()
        swap(&spare, &tape)
        do throws(JSONError) {
            return .success(try JSONDocument(message.payload, reusing: spare))
        } catch {
            outcome.rejections.append(
                Rejection(
                    code: error.code.rawValue,
                    message: "the payload on '\(message.topic.prefix(200))' is not JSON: \(error)",
                    component: "mind"))
            return .failure(error)
        }
    }

    /// Whether a telemetry route's record policy wants this message in the log.
    private func wantsRecord(
        _ match: Router.Match, _ entity: String, _ document: JSONDocument?,
        at time: Timestamp
    ) -> Bool {
        switch plans[match.route].record {
        case .all: return true
        case .none: return false
        case .changed:
            guard let document, let latest = latest(of: entity, on: plans[match.route].name) else {
                return true
            }
            return !latest.isSame(as: document)
        case .every(let interval):
            guard let latest = latest(of: entity, on: plans[match.route].name) else { return true }
            return time >= latest.recordedAt + interval
        }
    }

    private func latest(of entity: String, on route: String) -> LatestPayload? {
        entities.find(entity).flatMap { entities[$0].latest(on: route) }
    }
}

extension Rejection {
    static func unusableEntityName(_ topic: String) -> Rejection {
        Rejection(
            code: "UNUSABLE_ENTITY_NAME",
            message: "the entity of '\(topic.prefix(200))' has no name of 1 to "
                + "\(Limits.entityNameBytesMax) bytes; the message was not judged",
            component: "mind")
    }
}
