import CEL
import Core

/// An alert rule whose `when` changed for an entity.
struct Transition {
    var ruleIndex: Int
    var isFiring: Bool
    var message: String
    var value = JSONValue.null
    var publications: [Publication] = []
    /// Without the decision, which is not made yet.
    var memories: [Memory] = []
}

/// What one route made of a message, before any of it leaves a mark.
struct Observation {
    var route: Int
    var entity: String
    var topic: String
    /// The entity's, where it was heard before.
    var slot: Int?
    var transitions: [Transition] = []
    var waits: [(rule: Int, change: WaitChange)] = []
    var samples: [RuleSamples] = []

    /// Whether it changes more than what is the newest: then the event belongs in the log.
    var hasEffects: Bool {
        !transitions.isEmpty
            || waits.contains { entry in
                if case .begin(.absent, _) = entry.change { return false }
                return true
            }
    }
}

extension Mind {
    /// Asks the route's alert rules, without leaving a mark.
    mutating func observe(
        _ match: Router.Match, _ message: Message, _ document: JSONDocument?, of event: Event,
        entity: String, into outcome: inout Outcome
    ) -> Observation {
        var observation = Observation(
            route: match.route, entity: entity, topic: message.topic,
            slot: entities.find(entity, near: slots[match.place]))
        guard !active[match.route].isEmpty else { return observation }
        guard let document else {
            observeHeartbeat(&observation, at: event.at)
            return observation
        }
        let slot = observation.slot
        let firing = slot.map { entities.firing(of: $0) } ?? []
        let kept = memory.states(of: slot)
        indices[match.route].look(
            at: document, message, match, entity: entity, reported: reportedRules)
        outcome.ruleFailures += indices[match.route].failures
        let likely = indices[match.route].asked
        let asked = rulesToAsk(on: match.route, likely, firing, kept)
        guard !asked.isEmpty || !stateful[match.route].sited.isEmpty else { return observation }
        ask(
            asked, likely, firing, kept, match, message, document, of: event, about: &observation,
            into: &outcome)
        return observation
    }

    /// Asks some rules of a route about a message.
    ///
    /// - Parameters:
    ///   - likely: those of them that the index named.
    ///   - kept: what the rules have kept about the entity.
    private mutating func ask(
        _ asked: [Int], _ likely: [Int], _ firing: [FiringAlert], _ kept: [RuleState],
        _ match: Router.Match, _ message: Message, _ document: JSONDocument, of event: Event,
        about observation: inout Observation, into outcome: inout Outcome
    ) {
        guard let ruleset else { return }
        let sited = stateful[match.route].sited
        let scene = Scene(
            workbench.machine(), event: event, message: message, payload: .document(document),
            entity: observation.entity, state: observation.slot.map { entities[$0] },
            route: ruleset.routes[match.route], captures: match.captures)
        scene.isHeard = true
        if plans[match.route].asksSouls {
            scene.soul = soul(of: observation.entity, at: event.at)
        }
        scene.baselines = baselineRecall(
            on: match.route, slot: observation.slot, document, at: event.at)
        scene.reading(knowing: indices[match.route].foundMembers) {
            for index in asked {
                let own = kept.first { $0.rule == index }
                let isFiring = firing.contains { $0.ruleIndex == index }
                // One that is asked only because it fires fails as the index has counted.
                let isCounted = asked.count > likely.count && !likely.containsAscending(index)
                ask(
                    index, of: ruleset.rules, own, isFiring: isFiring, isCounted: isCounted, scene,
                    of: event, about: &observation, into: &outcome)
            }
            observation.samples = scene.samples(
                for: sited, of: ruleset.rules, at: event.at
            ) { index in
                kept.first { $0.rule == index }?.sites ?? []
            }
        }
    }

    /// Asks one rule whether its condition holds now, and what follows from that.
    private mutating func ask(
        _ index: Int, of rules: [Rule], _ own: RuleState?, isFiring wasFiring: Bool,
        isCounted: Bool, _ scene: Scene, of event: Event, about observation: inout Observation,
        into outcome: inout Outcome
    ) {
        scene.begin(index, of: rules, own?.sites ?? [], at: event.at)
        let truth = scene.truth(of: rules[index].when)
        guard truth != .failed else {
            guard !isCounted else { return }
            outcome.ruleFailures += 1
            ruleCounts[index].failed += 1
            guard !reportedRules[index] else { return }
            return tell(scene.failure(of: rules[index].when), of: index, into: &outcome)
        }
        let step = rules[index].timing.step(
            holds: truth == .yes, isFiring: wasFiring, wait: own?.timer?.wait,
            raisedAt: own?.raisedAt, at: event.at)
        if let wait = step.wait { observation.waits.append((index, wait)) }
        guard let isFiring = step.isFiring else { return }
        observation.transitions.append(
            transition(index, of: rules, isFiring: isFiring, scene, of: event, into: &outcome))
    }

    /// Those that may have become true, and those that may have ceased to be; in their order.
    private func rulesToAsk(
        on route: Int, _ likely: [Int], _ firing: [FiringAlert], _ kept: [RuleState]
    ) -> [Int] {
        guard !firing.isEmpty || !kept.isEmpty else { return likely }
        var asked = likely
        func add(_ rule: Int) {
            guard active[route].containsAscending(rule) else { return }
            if !likely.containsAscending(rule) { asked.append(rule) }
        }
        for alert in firing { add(alert.ruleIndex) }
        for state in kept where state.timer?.wait == .raise { add(state.rule) }
        guard asked.count > likely.count else { return likely }
        asked.sort()
        // A rule that fires may wait as well.
        var last = -1
        asked.removeAll { rule in
            defer { last = rule }
            return rule == last
        }
        return asked
    }

    /// Writes down what was observed: the entity was heard, its values are the newest.
    ///
    /// - Parameter taken: The rules whose windows have taken the message in, by entity.
    mutating func apply(
        _ observation: Observation, _ document: JSONDocument?, of event: Event,
        taken: inout [String: Set<Int>], into outcome: inout Outcome
    ) {
        let slot = entities.hear(observation.entity, foundAt: observation.slot, at: event.at)
        for transition in observation.transitions {
            if transition.isFiring {
                raise(transition, observation, slot, of: event, into: &outcome)
            } else {
                resolve(transition, observation, slot, of: event, into: &outcome)
            }
        }
        if !observation.waits.isEmpty { applyWaits(observation, slot, into: &outcome) }
        if !observation.samples.isEmpty {
            applySamples(
                observation.samples, slot, at: event.at,
                taken: &taken[observation.entity, default: []], to: \.memory, into: &outcome)
        }
        learn(document, on: observation.route, of: slot, at: event.at, into: &outcome)
        rollUp(document, observation, slot, of: event, into: &outcome)
        let route = plans[observation.route].name
        let isComplete = entities.update(slot) { state in
            state.remember(document, on: route, at: event.at)
        }
        if !isComplete { tellFull(observation.entity, into: &outcome) }
        while entities.isOverfull
            || ((memory.isOverfull || baselines.isOverfull || rollUps.isOverfull)
                && entities.count > 1)
        {
            forgetOldest(of: event, into: &outcome)
        }
    }

    /// An entity that is too large stays so: it is told of once.
    private mutating func tellFull(_ entity: String, into outcome: inout Outcome) {
        if fullEntities.count >= Limits.entitiesMax { fullEntities.removeAll() }
        guard fullEntities.insert(ExactText(entity)).inserted else { return }
        outcome.rejections.append(.workingMemoryFull(entity))
    }

    /// What a rule says and does when its `when` changed; a failing expression is reported and
    /// leaves out its own part only.
    mutating func transition(
        _ index: Int, of rules: [Rule], isFiring: Bool, _ scene: Scene, of event: Event,
        into outcome: inout Outcome
    ) -> Transition {
        var transition = Transition(
            ruleIndex: index, isFiring: isFiring, message: rules[index].description)
        do throws(EvaluationError) {
            if let message = rules[index].message {
                transition.message = try scene.text(of: message)
            }
            if let value = rules[index].value { transition.value = try scene.json(of: value) }
        } catch {
            report(error, of: index, into: &outcome)
        }
        guard isFiring else { return transition }
        for action in rules[index].actions {
            do throws(EvaluationError) {
                transition.publications.append(try scene.publication(of: action))
            } catch {
                report(error, of: index, into: &outcome)
            }
        }
        for action in rules[index].memories {
            do throws(EvaluationError) {
                transition.memories.append(
                    try scene.memory(of: action, by: rules[index].name, event))
            } catch {
                report(error, of: index, into: &outcome)
            }
        }
        return transition
    }

    /// A rule that fails, fails for every message: it is told of once, and counted always.
    private mutating func report(
        _ error: EvaluationError, of index: Int, into outcome: inout Outcome
    ) {
        outcome.ruleFailures += 1
        ruleCounts[index].failed += 1
        if !reportedRules[index] { tell(error, of: index, into: &outcome) }
    }

    private mutating func tell(
        _ error: EvaluationError, of index: Int, into outcome: inout Outcome
    ) {
        guard let rule = ruleset?.rules[index] else { return }
        reportedRules[index] = true
        outcome.rejections.append(
            Rejection(
                code: "RULE_FAILED",
                message: "rule '\(rule.name)' (\(rule.file):\(rule.line)) cannot be judged: "
                    + "\(error.boundedMessage); told once until the rules change",
                component: "mind"))
    }
}

extension Rejection {
    static func workingMemoryFull(_ entity: String) -> Rejection {
        Rejection(
            code: "WORKING_MEMORY_FULL",
            message: "not every field of '\(entity)' is remembered: at most "
                + "\(Limits.entityFieldsMax) fields and \(Limits.entityBytesMax) bytes are; "
                + "told once until the rules change",
            component: "memory")
    }
}
