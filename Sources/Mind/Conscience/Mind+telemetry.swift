import CEL
import Core

/// An alert rule whose `when` changed for an entity.
struct Transition {
    var ruleIndex: Int
    var isFiring: Bool
    var message: String
    var value: JSONValue
    var publications: [Publication]
}

/// What one route made of a message, before any of it leaves a mark.
struct Observation {
    var route: Int
    var entity: String
    /// nil where it could not be read.
    var document: JSONDocument?
    var transitions: [Transition] = []
}

extension Mind {
    /// Asks the route's alert rules, without leaving a mark.
    mutating func observe(
        _ match: Router.Match, _ message: Message, _ document: JSONDocument?, of event: Event,
        entity: String, into outcome: inout Outcome
    ) -> Observation {
        var observation = Observation(route: match.route, entity: entity, document: document)
        guard let document, let ruleset, !active[match.route].isEmpty else { return observation }
        let slot = entities.find(entity)
        let firing = slot.map { entities.firing(of: $0) } ?? []
        let asked = rulesToAsk(on: match.route, document, firing)
        guard !asked.isEmpty else { return observation }
        let state = slot.map { entities[$0] }
        let scene = Scene(
            event: event, message: message, payload: .document(document), entity: entity,
            state: state, route: ruleset.routes[match.route], captures: match.captures)
        for index in asked {
            let wasFiring = firing.contains { $0.ruleIndex == index }
            scene.begin(ruleset.rules[index])
            do throws(EvaluationError) {
                let holds = try scene.truth(of: ruleset.rules[index].when)
                guard holds != wasFiring else { continue }
                observation.transitions.append(
                    transition(index, isFiring: holds, scene, of: event, into: &outcome))
            } catch {
                report(error, of: index, into: &outcome)
            }
        }
        return observation
    }

    /// Those that may have become true, and those that may have ceased to be; in their order.
    private func rulesToAsk(
        on route: Int, _ document: JSONDocument, _ firing: [FiringAlert]
    ) -> [Int] {
        var asked = indices[route].candidates(for: document)
        guard !firing.isEmpty else { return asked }
        for alert in firing where active[route].containsAscending(alert.ruleIndex) {
            if !asked.contains(alert.ruleIndex) { asked.append(alert.ruleIndex) }
        }
        asked.sort()
        return asked
    }

    /// Writes down what was observed: the entity was heard, its values are the newest.
    mutating func apply(_ observation: Observation, of event: Event, into outcome: inout Outcome) {
        let slot = entities.hear(observation.entity, at: event.at)
        for transition in observation.transitions {
            if transition.isFiring {
                raise(transition, observation, slot, of: event, into: &outcome)
            } else {
                resolve(transition, observation, slot, of: event, into: &outcome)
            }
        }
        let route = plans[observation.route].name
        let isComplete = entities.update(slot) { state in
            state.remember(observation.document, on: route, at: event.at)
        }
        if !isComplete { tellFull(observation.entity, into: &outcome) }
        while entities.isOverfull { forgetOldest(of: event, into: &outcome) }
    }

    /// An entity that is too large stays so: it is told of once.
    private mutating func tellFull(_ entity: String, into outcome: inout Outcome) {
        if fullEntities.count >= Limits.entitiesMax { fullEntities.removeAll() }
        guard fullEntities.insert(ExactText(entity)).inserted else { return }
        outcome.rejections.append(.workingMemoryFull(entity))
    }

    /// What a rule says and does when its `when` changed; a failing expression is reported and
    /// leaves out its own part only.
    private mutating func transition(
        _ index: Int, isFiring: Bool, _ scene: Scene, of event: Event, into outcome: inout Outcome
    ) -> Transition {
        guard let rule = ruleset?.rules[index] else { preconditionFailure("rules are in a set") }
        var transition = Transition(
            ruleIndex: index, isFiring: isFiring, message: rule.description, value: .null,
            publications: [])
        do throws(EvaluationError) {
            if let message = rule.message { transition.message = try scene.text(of: message) }
            if let value = rule.value { transition.value = try scene.json(of: value) }
        } catch {
            report(error, of: index, into: &outcome)
        }
        guard isFiring else { return transition }
        for action in rule.actions {
            do throws(EvaluationError) {
                transition.publications.append(try scene.publication(of: action))
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
        guard !reportedRules.contains(index), let rule = ruleset?.rules[index] else { return }
        reportedRules.insert(index)
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
