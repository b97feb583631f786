import CEL
import Core

extension Mind {
    /// Judges what was proposed on a guard's topic, and carries the answer out.
    mutating func judgeProposal(
        _ match: Router.Match, _ message: Message, _ document: Result<JSONDocument, JSONError>,
        of event: Event, into outcome: inout Outcome
    ) {
        guard let route = ruleset?.routes[match.route],
            case .guarded(let pattern, let approved, let denied) = route.kind
        else { return }
        let captures = Dictionary(uniqueKeysWithValues: zip(pattern.captureNames, match.captures))
        let command = try? approved.expand { captures[$0] }
        let proposal = Self.proposal(document, message, command: command)
        let entity = match.entity ?? message.topic
        let asked = rulesToAsk(about: try? document.get(), message, match, entity: entity)
        let judgement = judge(
            proposal, match, message, asking: asked, entity: entity, of: event,
            ordinal: outcome.decisions.count, fallbackAction: captures["verb"])
        outcome.count(judgement.verdict)
        take(judgement.samples, about: judgement.record.entity, at: event.at, into: &outcome)
        feel(judgement, of: event, into: &outcome)
        let json = judgement.record.json
        outcome.decisions.append(judgement.record.decision(json))
        enterEpisode(judgement.record, by: event, into: &outcome)
        if judgement.verdict.isApproved, let command {
            outcome.publications.append(Publication(topic: settings.resultsTopic, payload: json))
            outcome.publications.append(
                carriedOut(message, on: command, by: judgement.record.decisionID))
        } else {
            refuse(message, json, on: try? denied.expand { captures[$0] }, into: &outcome)
        }
    }

    /// Remembers a proposal for the windows of rules, denied or not.
    private mutating func take(
        _ samples: [RuleSamples], about entity: String, at now: Timestamp,
        into outcome: inout Outcome
    ) {
        guard !samples.isEmpty else { return }
        let slot = proposed.hear(entity, at: now)
        var taken: Set<Int> = []
        applySamples(
            samples, slot, at: now, taken: &taken, to: \.proposedMemory, into: &outcome)
        while proposed.isOverfull || (proposedMemory.isOverfull && proposed.count > 1) {
            if let oldest = proposed.oldestSlot { proposedMemory.forget(oldest) }
            _ = proposed.forgetOldest()
        }
    }

    /// Asks rules about a proposal. Nothing is kept of it here.
    ///
    /// - Parameter rules: those of the route that are not false for sure, ascending.
    mutating func judge(
        _ proposal: Result<Proposal, Verdict.Failure>, _ match: Router.Match, _ message: Message,
        asking rules: [Int], entity: String, of event: Event, ordinal: Int,
        fallbackAction: String?
    ) -> Judgement {
        guard let ruleset else { preconditionFailure("routes come from a rule set") }
        let route = ruleset.routes[match.route]
        let state = entities.find(entity).map { entities[$0] }
        var verdict = Verdict(
            threshold: route.threshold, isApprovedByDefault: route.isApprovedByDefault)
        let kept = proposedMemory.states(of: proposed.find(entity))
        func sites(_ index: Int) -> [SiteState] { kept.first { $0.rule == index }?.sites ?? [] }
        var samples: [RuleSamples] = []
        var action = fallbackAction
        switch proposal {
        case .success(let proposal):
            action = proposal.action ?? action
            let scene = Scene(
                workbench.machine(), event: event, message: message,
                payload: .value(proposal.payload), entity: entity,
                state: state, route: route, captures: match.captures)
            scene.soul = soul(of: entity, at: event.at)
            ask(rules, scene, at: event.at, sites, into: &verdict)
            samples = scene.samples(
                for: stateful[match.route].sited, of: ruleset.rules, at: event.at, sites: sites)
            count(verdict, asking: rules)
        case .failure(let failure):
            // No rule was asked.
            verdict.failures.append(failure)
        }
        let record = VerdictRecord(
            decisionID: settings.decisionID(event.sequence, ordinal), at: event.at,
            route: route.name, entity: entity, action: action, verdict: verdict,
            ruleset: ruleset.digest,
            inputs: InputsDigest.of(
                event, message, entity: entity, state: state, kept: kept,
                soul: souls.find(entity)),
            sequence: event.sequence, trust: trust(of: entity, at: event.at))
        return Judgement(verdict: verdict, record: record, samples: samples)
    }

    /// What is proposed, or why it cannot be judged.
    /// - Parameter command: the topic that would carry it out, if one can be made.
    private static func proposal(
        _ document: Result<JSONDocument, JSONError>, _ message: Message, command: String?
    ) -> Result<Proposal, Verdict.Failure> {
        guard !message.retain else {
            return .failure(
                Proposal.refusal(
                    "RETAINED_PROPOSAL",
                    "the broker kept this proposal and sends it on every connect; publish it "
                        + "without the retain flag"))
        }
        guard command != nil else {
            return .failure(
                Proposal.refusal(
                    "UNUSABLE_TOPIC",
                    "no topic for the command can be made of this proposal's topic"))
        }
        return Result { () throws(Verdict.Failure) in
            switch document {
            case .success(let document): return try Proposal(document.value)
            case .failure(let error): throw Proposal.refusal(error.code.rawValue, error.message)
            }
        }
    }

    /// The active rules of a route, without those that are false for sure: they have nothing to
    /// say.
    ///
    /// - Parameters:
    ///   - document: nil where it could not be read.
    ///   - root: the node of it that is proposed.
    mutating func rulesToAsk(
        about document: JSONDocument?, root: Int = 0, _ message: Message, _ match: Router.Match,
        entity: String
    ) -> [Int] {
        guard let document else { return active[match.route] }
        indices[match.route].look(
            at: document, root: root, message, match, entity: entity, reported: reportedRules)
        return indices[match.route].asked
    }

    private func ask(
        _ rules: [Int], _ scene: Scene, at now: Timestamp, _ sites: (Int) -> [SiteState],
        into verdict: inout Verdict
    ) {
        guard let ruleset else { return }
        for index in rules {
            let rule = ruleset.rules[index]
            guard let stance = rule.stance else { continue }
            scene.begin(index, of: ruleset.rules, sites(index), at: now)
            do throws(EvaluationError) {
                switch scene.truth(of: rule.when) {
                case .yes: break
                case .no: continue
                case .failed: throw scene.failure(of: rule.when)
                }
                verdict.contributions.append(
                    Verdict.Contribution(
                        rule: rule.name, stance: stance, weight: rule.weight,
                        strength: try scene.strength(rule.strength), message: rule.description))
                // A message that fails takes nothing from what the rule has to say.
                guard let message = rule.message else { continue }
                let last = verdict.contributions.count - 1
                verdict.contributions[last].message = try scene.text(of: message)
            } catch {
                verdict.failures.append(
                    Verdict.Failure(
                        rule: rule.name, code: "RULE_FAILED", message: error.boundedMessage,
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

    /// Tells of a denial: on the results topic, on the guard's, and where the proposer asked for
    /// an answer by MQTT 5, since nobody else will give one.
    private func refuse(
        _ message: Message, _ json: [UInt8], on denied: String?, into outcome: inout Outcome
    ) {
        var results = Publication(topic: settings.resultsTopic, payload: json)
        var answer: Publication?
        if let topic = message.properties?.responseTopic, mayAnswer(on: topic) {
            let correlation = message.properties?.correlationData
            let properties = correlation.map { MessageProperties(correlationData: $0) }
            if topic == settings.resultsTopic {
                results.properties = properties
            } else {
                answer = Publication(topic: topic, payload: json, properties: properties)
            }
        }
        outcome.publications.append(results)
        if let denied { outcome.publications.append(Publication(topic: denied, payload: json)) }
        if let answer { outcome.publications.append(answer) }
    }

    /// Whether a requester may have the agent publish there: on the default topic of the request;
    /// but never where a guard's approved commands go, nor elsewhere below the agent's own root,
    /// nor where a route would hear the answer as if a device or a person had said it
    /// (decision 0010).
    public func mayAnswer(on topic: String, asking kind: RequestKind = .evaluate) -> Bool {
        if topic == settings.defaultTopic(of: kind) { return true }
        guard (try? TopicName.validate(topic)) != nil, topic.utf8.first != UInt8(ascii: "$"),
            !topic.isAtOrBelow(settings.root), !router.hears(topic)
        else { return false }
        return !guardedFilters.contains { $0.matches(topic) }
    }
}

/// A verdict and the decision that records it.
struct Judgement {
    var verdict: Verdict
    var record: VerdictRecord
    /// What the proposal adds to the windows of rules, where it is one to be carried out.
    var samples: [RuleSamples]
}

extension Outcome {
    mutating func count(_ verdict: Verdict) {
        ruleFailures += verdict.failures.filter { $0.rule != nil }.count
    }
}

extension String {
    /// By bytes, as brokers compare.
    fileprivate func isAtOrBelow(_ root: String) -> Bool {
        guard utf8.starts(with: root.utf8) else { return false }
        let next = utf8.dropFirst(root.utf8.count).first
        return next == nil || next == UInt8(ascii: "/")
    }
}
