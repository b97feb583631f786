import Core

extension Mind {
    mutating func raise(
        _ transition: Transition, _ observation: Observation, _ slot: Int, of event: Event,
        into outcome: inout Outcome
    ) {
        let index = transition.ruleIndex
        guard let rules = ruleset?.rules, !isFiring(index, in: slot) else { return }
        guard !alerts.isFull else {
            if unraisedRules.insert(index).inserted {
                outcome.rejections.append(.tooManyAlerts(rules[index].name))
            }
            return
        }
        let alert = FiringAlert(
            ruleIndex: index, rule: rules[index].name, severity: rules[index].severity,
            route: plans[observation.route].name, since: event.at,
            decisionID: settings.decisionID(event.sequence, outcome.decisions.count))
        let topic = settings.alertTopic(rule: alert.rule, entity: observation.entity)
        entities.update(slot) { $0.firing.append(alert) }
        alerts.raised(topic)
        ruleCounts[index].raised += 1
        let record = AlertRecord(
            decisionID: alert.decisionID, isFiring: true, rule: alert.rule,
            severity: alert.severity, route: alert.route, entity: observation.entity,
            at: event.at, raisedBy: nil, message: transition.message, value: transition.value,
            sequence: event.sequence, ruleset: ruleset?.digest ?? "",
            trust: trustTold(of: observation.entity, at: event.at))
        outcome.tell(record, on: topic, inFull: !judgesOnly)
        enterEpisode(
            alert, of: observation.entity, saying: transition.message, by: event, into: &outcome)
        outcome.publications += transition.publications
        follow(transition, rules, alert, slot, observation.entity, of: event, into: &outcome)
    }

    /// What else a rule does when it raises an alert.
    private mutating func follow(
        _ transition: Transition, _ rules: [Rule], _ alert: FiringAlert, _ slot: Int,
        _ entity: String, of event: Event, into outcome: inout Outcome
    ) {
        let index = transition.ruleIndex
        if rules[index].timing.cooldown > .zero {
            memory.update(index, of: slot) { $0.raisedAt = alert.since }
        }
        for var memory in transition.memories {
            memory.decisionID = alert.decisionID
            memory.importance = alert.severity.importance
            outcome.memories.append(memory)
        }
        feel(about: entity, with: alert, rules[index], of: event, into: &outcome)
    }

    /// True also where another route of the same message raised it a moment ago.
    private func isFiring(_ rule: Int, in slot: Int) -> Bool {
        entities.firing(of: slot).contains { $0.ruleIndex == rule }
    }

    mutating func resolve(
        _ transition: Transition, _ observation: Observation, _ slot: Int, of event: Event,
        into outcome: inout Outcome
    ) {
        let alert = entities.update(slot) { state in
            state.firing.firstIndex { $0.ruleIndex == transition.ruleIndex }
                .map { state.firing.remove(at: $0) }
        }
        guard let alert else { return }
        ruleCounts[transition.ruleIndex].resolved += 1
        end(
            alert, of: observation.entity, message: transition.message, value: transition.value,
            event: event, into: &outcome)
    }

    /// Resolves the alerts of an entity that is forgotten, because others were heard since.
    mutating func forgetOldest(of event: Event, into outcome: inout Outcome) {
        if let slot = entities.oldestSlot {
            memory.forget(slot)
            baselines.forget(slot)
            rollUps.forget(
                slot, entities.name(of: slot), at: event.at, into: &outcome.rollUps)
        }
        guard let forgotten = entities.forgetOldest() else { return }
        for alert in forgotten.firing {
            ruleCounts[alert.ruleIndex].resolved += 1
            end(
                alert, of: forgotten.name, message: "forgotten: too many entities", value: .null,
                event: event, into: &outcome)
        }
        closeEpisode(of: forgotten.name, by: event, into: &outcome)
    }

    /// Resolves the alerts whose rule is gone, or acts no longer on the route that raised them, or
    /// whose route hears others now: nothing heard there could end them. Gives the rest their new
    /// place.
    mutating func resolveOrphans(
        since old: RuleSet?, of event: Event, into outcome: inout Outcome
    ) {
        let changed = changedRoutes(since: old)
        let places = alertPlaces().filter { !changed.contains($0.key) }
        var slots: [Int] = []
        entities.forEachFromOldest { slot, state in
            if !state.firing.isEmpty { slots.append(slot) }
        }
        for slot in slots {
            let (firing, name) = (entities.firing(of: slot), entities[slot].name)
            var kept: [FiringAlert] = []
            for var alert in firing {
                if let place = places[alert.route]?[alert.rule] {
                    alert.ruleIndex = place
                    kept.append(alert)
                } else {
                    let isChanged = changed.contains(alert.route)
                    end(
                        alert, of: name,
                        message: isChanged ? "the route has changed" : "the rule acts no longer",
                        value: .null, event: event, into: &outcome)
                    if isChanged { forgetRaising(alert.rule, slot) }
                }
            }
            entities.update(slot) { $0.firing = kept }
        }
    }

    /// The routes that have the name of an earlier one and hear other topics, or name others.
    private func changedRoutes(since old: RuleSet?) -> Set<String> {
        guard let old, let ruleset else { return [] }
        let earlier = Dictionary(
            old.routes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let changed = ruleset.routes.filter { route in
            earlier[route.name].map { !$0.hears(as: route) } ?? false
        }
        return Set(changed.map(\.name))
    }

    /// Lets a rule that goes on begin anew with an entity whose alert was resolved for it: neither
    /// does a cooldown hold the next one back, nor what was to end this one end that.
    private mutating func forgetRaising(_ rule: String, _ slot: Int) {
        for state in memory.states(of: slot) where ruleset?.rules[state.rule].name == rule {
            memory.stopWaiting(RuleMemory.TimerKey(slot: slot, rule: state.rule))
            memory.update(state.rule, of: slot) { $0.raisedAt = nil }
        }
    }

    /// The rules that raise alerts now: for each telemetry route, by name.
    func alertPlaces() -> [String: [String: Int]] {
        guard let ruleset else { return [:] }
        var places: [String: [String: Int]] = [:]
        for (route, rules) in zip(ruleset.routes, active) {
            guard case .telemetry = route.kind else { continue }
            places[route.name] = Dictionary(
                rules.map { (ruleset.rules[$0].name, $0) }, uniquingKeysWith: min)
        }
        return places
    }

    private mutating func end(
        _ alert: FiringAlert, of entity: String, message: String, value: JSONValue,
        event: Event, into outcome: inout Outcome
    ) {
        let topic = settings.alertTopic(rule: alert.rule, entity: entity)
        let record = AlertRecord(
            decisionID: settings.decisionID(event.sequence, outcome.decisions.count),
            isFiring: false, rule: alert.rule, severity: alert.severity,
            route: alert.route, entity: entity, at: event.at, raisedBy: alert.decisionID,
            message: message, value: value, sequence: event.sequence,
            ruleset: ruleset?.digest ?? "", trust: trustTold(of: entity, at: event.at))
        outcome.tell(record, on: topic, inFull: !judgesOnly)
        leaveEpisode(alert, of: entity, at: event.at)
        if let overflow = alerts.resolved(topic, at: event.at) {
            outcome.publications.append(Publication(topic: overflow, payload: [], retain: true))
        }
    }
}

extension Mind {
    /// What an alert's record says; of no interest where that is not wanted.
    private func trustTold(of entity: String, at time: Timestamp) -> Double {
        judgesOnly ? 0 : trust(of: entity, at: time)
    }
}

/// An alert that began or ceased, as `alerts/{rule}/{entity}` and the decisions tell it.
struct AlertRecord {
    var decisionID: String
    var isFiring: Bool
    var rule: String
    var severity: Rule.Severity
    var route: String
    var entity: String
    /// Since when it is in this state.
    var at: Timestamp
    /// The decision that began it, where this one ends it.
    var raisedBy: String?
    var message: String
    var value: JSONValue
    var sequence: EventSequence
    var ruleset: String
    var trust: Double
}

extension Outcome {
    /// Records an alert's change and publishes it, retained.
    ///
    /// - Parameter inFull: false where only the decision is wanted, in outline.
    mutating func tell(_ record: AlertRecord, on topic: String, inFull: Bool) {
        let json = inFull ? record.json : record.outline
        decisions.append(
            Decision(
                id: record.decisionID, kind: .alert, at: record.at,
                eventSequence: record.sequence, route: record.route, entity: record.entity,
                isPositive: record.isFiring, json: json))
        if inFull { publications.append(Publication(topic: topic, payload: json, retain: true)) }
    }
}

extension Rejection {
    static func tooManyAlerts(_ rule: String) -> Rejection {
        Rejection(
            code: "TOO_MANY_ALERTS",
            message: "rule '\(rule)' raised no alert: \(Limits.alertsMax) are firing already; "
                + "told once until the rules change",
            component: "mind", severity: .error)
    }
}
