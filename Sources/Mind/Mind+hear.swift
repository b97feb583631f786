import Core

extension Mind {
    /// Takes in what a device or a person published, on every route that wants it.
    ///
    /// Nothing is marked before it is known whether the event belongs in the log, so that what is
    /// not recorded leaves the mind as it was.
    mutating func hear(_ message: Message, of event: Event, into outcome: inout Outcome) {
        let matches = router.resolve(message.topic)
        guard !matches.isEmpty else {
            if message.topic.hasSameBytes(as: settings.storeTopic) {
                return remember(message, of: event, into: &outcome)
            }
            outcome.isUnrouted = true
            return
        }
        let (document, failure) = read(message, into: &outcome)
        defer { if let document { tape = document.recycled() } }
        // Nearly always one route, and one of telemetry.
        if matches.count == 1, plans[matches[0].route].kind == .telemetry {
            guard
                let observed = listen(matches[0], message, document, of: event, into: &outcome)
            else { return }
            outcome.settle()
            guard outcome.isRecorded else { return }
            var taken: [String: Set<Int>] = [:]
            return apply(observed, document, of: event, taken: &taken, into: &outcome)
        }
        var observations: [Observation] = []
        for match in matches {
            switch plans[match.route].kind {
            case .telemetry:
                let observed = listen(match, message, document, of: event, into: &outcome)
                if let observed { observations.append(observed) }
            case .guarded:
                judgeProposal(
                    match, message, Self.result(document, failure), of: event, into: &outcome)
            case .evaluate:
                answer(match, message, Self.result(document, failure), of: event, into: &outcome)
            }
        }
        outcome.settle()
        guard outcome.isRecorded else { return }
        var taken: [String: Set<Int>] = [:]
        for observation in observations {
            apply(observation, document, of: event, taken: &taken, into: &outcome)
        }
    }

    /// Asks a telemetry route's rules, and whether the message belongs in the log.
    /// - Returns: nil for a message of nobody.
    private mutating func listen(
        _ match: Router.Match, _ message: Message, _ document: JSONDocument?, of event: Event,
        into outcome: inout Outcome
    ) -> Observation? {
        guard let entity = match.entity else {
            outcome.rejections.append(.unusableEntityName(message.topic))
            return nil
        }
        let observation = observe(
            match, message, document, of: event, entity: entity, into: &outcome)
        if let slot = observation.slot { slots.set(slot, for: match.place) }
        if !outcome.isRecorded,
            observation.hasEffects || wantsRecord(match, entity, document, at: event.at)
        {
            outcome.isRecorded = true
        }
        return observation
    }

    static func result(
        _ document: JSONDocument?, _ failure: JSONError?
    ) -> Result<JSONDocument, JSONError> {
        if let document { return .success(document) }
        guard let failure else { preconditionFailure("what is no document has its failure") }
        return .failure(failure)
    }

    /// The payload as JSON; what is none is told of, and judged as such by each route.
    mutating func read(
        _ message: Message, into outcome: inout Outcome
    ) -> (document: JSONDocument?, failure: JSONError?) {
        do throws(JSONError) {
            return (try JSONDocument(message.payload, reusing: &tape), nil)
        } catch {
            outcome.rejections.append(
                Rejection(
                    code: error.code.rawValue,
                    message: "the payload on '\(message.topic.prefix(200))' is not JSON: \(error)",
                    component: "mind"))
            return (nil, error)
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
