import CEL
import Core

extension Mind {
    /// Judges what was proposed on a guard's topic, and carries the answer out.
    mutating func judgeProposal(
        _ match: Router.Match, _ message: Message, _ document: Result<JSONValue, JSONError>,
        of event: Event, into outcome: inout Outcome
    ) {
        guard let route = ruleset?.routes[match.route],
            case .guarded(let pattern, let approved, let denied) = route.kind
        else { return }
        let judgement = judge(
            document, match, message, entity: match.entity ?? message.topic, of: event,
            ordinal: outcome.decisions.count, fallbackAction: Self.verb(pattern, match))
        outcome.count(judgement.verdict)
        outcome.record(judgement.record, on: settings.resultsTopic)
        let captures = Dictionary(uniqueKeysWithValues: zip(pattern.captureNames, match.captures))
        let template = judgement.verdict.isApproved ? approved : denied
        // Captures of a received topic always make a valid one; the rule set was checked for names.
        guard let topic = try? template.expand({ captures[$0] }) else { return }
        if judgement.verdict.isApproved {
            outcome.publications.append(
                carriedOut(message, on: topic, by: judgement.record.decisionID))
        } else {
            outcome.publications.append(
                Publication(topic: topic, payload: judgement.record.json))
            refuse(message, judgement.record, into: &outcome)
        }
    }

    /// Asks every active rule of a route about a proposal.
    func judge(
        _ document: Result<JSONValue, JSONError>, _ match: Router.Match, _ message: Message,
        entity: String, of event: Event, ordinal: Int, fallbackAction: String?
    ) -> Judgement {
        guard let ruleset else { preconditionFailure("routes come from a rule set") }
        let route = ruleset.routes[match.route]
        let state = entities.find(entity).map { entities[$0] }
        var verdict = Verdict(
            threshold: route.threshold, isApprovedByDefault: route.isApprovedByDefault)
        var action = fallbackAction
        do throws(Verdict.Failure) {
            let proposal = try Self.proposal(document, message)
            action = proposal.action ?? action
            let scene = Scene(
                event: event, message: message, payload: proposal.payload, entity: entity,
                state: state, route: route, captures: match.captures)
            ask(active[match.route], scene, into: &verdict)
        } catch {
            verdict.failures.append(error)
        }
        let record = VerdictRecord(
            decisionID: settings.decisionID(event.sequence, ordinal), at: event.at,
            route: route.name, entity: entity, action: action, verdict: verdict,
            ruleset: ruleset.digest,
            inputs: InputsDigest.of(event, message, entity: entity, state: state),
            sequence: event.sequence, trust: (state?.trust ?? .prior).value)
        return Judgement(verdict: verdict, record: record)
    }

    /// What is proposed, or why it cannot be judged.
    private static func proposal(
        _ document: Result<JSONValue, JSONError>, _ message: Message
    ) throws(Verdict.Failure) -> Proposal {
        guard !message.retain else {
            throw Proposal.refusal(
                "RETAINED_PROPOSAL",
                "the broker kept this proposal and sends it on every connect; publish it "
                    + "without the retain flag")
        }
        switch document {
        case .success(let payload): return try Proposal(payload)
        case .failure(let error): throw Proposal.refusal(error.code.rawValue, error.message)
        }
    }

    private func ask(_ rules: [Int], _ scene: Scene, into verdict: inout Verdict) {
        guard let ruleset else { return }
        for index in rules {
            let rule = ruleset.rules[index]
            guard let stance = rule.stance else { continue }
            scene.begin(rule)
            do throws(EvaluationError) {
                guard try scene.truth(of: rule.when) else { continue }
                verdict.contributions.append(
                    Verdict.Contribution(
                        rule: rule.name, stance: stance, weight: rule.weight,
                        strength: try scene.strength(rule.strength),
                        message: try rule.message.map { expression throws(EvaluationError) in
                            try scene.text(of: expression)
                        } ?? rule.description))
            } catch {
                verdict.failures.append(
                    Verdict.Failure(
                        rule: rule.name, code: "RULE_FAILED", message: error.message,
                        denies: rule.onError == .deny))
            }
        }
    }

    /// An approved proposal, byte for byte, with the decision's name.
    private func carriedOut(
        _ message: Message, on topic: String, by decisionID: String
    ) -> Publication {
        var properties = message.properties ?? MessageProperties()
        properties.user.removeAll { $0.name == "decision_id" }
        properties.user.append(.init(name: "decision_id", value: decisionID))
        return Publication(
            topic: topic, payload: message.payload, qos: .atLeastOnce, properties: properties)
    }

    /// Whoever asked for an answer by MQTT 5 hears of the denial; nobody else will answer.
    private func refuse(
        _ message: Message, _ record: VerdictRecord, into outcome: inout Outcome
    ) {
        guard let topic = message.properties?.responseTopic, mayAnswer(on: topic) else { return }
        outcome.publications.append(
            Publication(
                topic: topic, payload: record.json,
                properties: MessageProperties(
                    correlationData: message.properties?.correlationData)))
    }

    /// Whether a requester may have the agent publish there: never where a guard's approved
    /// commands go, nor below the agent's own root, nor where proposals are read.
    func mayAnswer(on topic: String) -> Bool {
        guard (try? TopicName.validate(topic)) != nil, !topic.hasPrefix("$"),
            topic != settings.root, !topic.hasPrefix(settings.root + "/")
        else { return topic == settings.resultsTopic }
        return !guardedFilters.contains { $0.matches(topic) }
    }

    private static func verb(_ pattern: TopicPattern, _ match: Router.Match) -> String? {
        pattern.captureNames.firstIndex(of: "verb").map { match.captures[$0] }
    }
}

/// A verdict and the decision that records it.
struct Judgement {
    var verdict: Verdict
    var record: VerdictRecord
}

extension Outcome {
    mutating func record(_ record: VerdictRecord, on topic: String) {
        let json = record.json
        decisions.append(record.decision(json))
        publications.append(Publication(topic: topic, payload: json))
    }

    mutating func count(_ verdict: Verdict) {
        ruleFailures += verdict.failures.filter { $0.rule != nil }.count
    }
}
