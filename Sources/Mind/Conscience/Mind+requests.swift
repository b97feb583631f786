import Core

extension Mind {
    /// Answers a request to judge; nothing is carried out.
    mutating func answer(
        _ match: Router.Match, _ message: Message, _ document: Result<JSONDocument, JSONError>,
        of event: Event, into outcome: inout Outcome
    ) {
        let request = Request(document, properties: message.properties)
        do throws(Verdict.Failure) {
            let proposal = try check(request, message, document)
            let read = try? document.get()
            let asked = rulesToAsk(
                about: read, root: read.map(request.root) ?? 0, message, match,
                entity: request.entity)
            let judgement = judge(
                .success(proposal), match, message, asking: asked, entity: request.entity,
                of: event, ordinal: outcome.decisions.count, fallbackAction: nil)
            outcome.count(judgement.verdict)
            let json = judgement.record.json
            outcome.decisions.append(judgement.record.decision(json))
            reply(to: request, json, judgement.record.decisionID, at: event.at, into: &outcome)
        } catch {
            let body = RequestError(code: error.code, message: error.message).json
            let id = settings.decisionID(event.sequence, outcome.decisions.count)
            var request = request
            if let topic = request.answerTopic, !mayAnswer(on: topic) { request.answerTopic = nil }
            outcome.publications.append(
                request.form(defaultTopic: settings.resultsTopic)
                    .publication(body, id: id, at: event.at))
        }
    }

    /// Why a request would be answered with an error, whatever the rules are; nil of one that they
    /// judge.
    public func refusal(ofRequest message: Message) -> RequestError? {
        let document = Result { () throws(JSONError) in try JSONDocument(message.payload) }
        do throws(Verdict.Failure) {
            _ = try check(
                Request(document, properties: message.properties), message, document)
            return nil
        } catch {
            return RequestError(code: error.code, message: error.message)
        }
    }

    /// What is proposed.
    /// - Throws: why the request cannot be judged; it is answered with that.
    private func check(
        _ request: Request, _ message: Message, _ document: Result<JSONDocument, JSONError>
    ) throws(Verdict.Failure) -> Proposal {
        if case .failure(let error) = document {
            throw Proposal.refusal(error.code.rawValue, error.message)
        }
        guard !message.retain else {
            throw Proposal.refusal(
                "RETAINED_REQUEST", "publish requests without the retain flag")
        }
        guard case .object = request.body else {
            throw Proposal.refusal("NOT_AN_OBJECT", "a proposal is a JSON object")
        }
        if let topic = request.answerTopic, !mayAnswer(on: topic) {
            throw Proposal.refusal(
                "BAD_RESPONSE_TOPIC",
                "answers are not sent to '\(topic.prefix(200))': choose a topic outside of the "
                    + "agent's root and of every route")
        }
        return try Proposal(request.body)
    }

    /// Every decision is told on the results topic; the requester's own topic hears it as well.
    private func reply(
        to request: Request, _ json: [UInt8], _ decisionID: String, at time: Timestamp,
        into outcome: inout Outcome
    ) {
        if let topic = request.answerTopic, topic != settings.resultsTopic {
            outcome.publications.append(Publication(topic: settings.resultsTopic, payload: json))
        }
        outcome.publications.append(
            request.form(defaultTopic: settings.resultsTopic)
                .publication(json, id: decisionID, at: time))
    }
}

extension Outcome {
    /// What a request to judge has come to.
    public var answer: Decision? {
        decisions.last { $0.kind == .verdict && $0.route == RouteReader.evaluateName }
    }
}
