import CEL
import Core

/// The rules of a route that keep something about entities.
struct StatefulRules: Sendable {
    /// Those whose calls remember: they take in every message.
    let sited: [Int]
    /// Those that any message of an entity keeps silent, readable or not.
    let heartbeats: [Int]

    init(_ rules: [Int], of ruleset: RuleSet) {
        sited = rules.filter { !ruleset.rules[$0].sites.isEmpty }
        heartbeats = rules.filter {
            let rule = ruleset.rules[$0]
            return rule.timing.absent != nil && rule.when.literal == .bool(true)
        }
    }
}

extension Mind {
    /// Fires the timers that fell due, in their order. Part of every event.
    mutating func advance(to event: Event) -> Outcome {
        var outcome = Outcome(isRecorded: false)
        var left = Int.max
        // A tick can be followed by another; a message must find everything done.
        if case .tick = event.body { left = Limits.timersPerTick }
        while left > 0, fireNext(before: event, into: &outcome) { left -= 1 }
        return outcome
    }

    mutating func fireNext(before event: Event, into outcome: inout Outcome) -> Bool {
        if let due = memory.nextDue, due <= event.at, due <= alerts.nextDue ?? due,
            due <= episodes.nextDue ?? due, let (key, timer, due) = memory.nextFired(at: event.at)
        {
            // It has left its mark, whether or not anything is told.
            outcome.isRecorded = true
            let moment = Event(sequence: event.sequence, at: due, body: .tick)
            fire(key, timer, of: moment, into: &outcome)
            return true
        }
        if let due = episodes.nextDue, due <= alerts.nextDue ?? due,
            closeNextEpisode(by: event, into: &outcome)
        {
            return true
        }
        guard let cleared = alerts.nextCleared(at: event.at) else { return false }
        outcome.publications.append(
            Publication(topic: cleared.topic, payload: [], retain: true))
        return true
    }

    /// What the rule tells is told of the last message that the entity sent on the route.
    private mutating func fire(
        _ key: RuleMemory.TimerKey, _ timer: RuleState.Timer, of event: Event,
        into outcome: inout Outcome
    ) {
        guard let ruleset else { preconditionFailure("timers are of rules") }
        let state = entities[key.slot]
        let route = ruleset.routes[timer.route]
        let document = state.latest(on: route.name)?.document
        let captures = router.resolve(timer.topic).first { $0.route == timer.route }?.captures
        let scene = Scene(
            workbench.machine(), event: event,
            message: Message(topic: timer.topic, payload: document?.bytes ?? []),
            payload: document.map { .document($0) } ?? .value(.null), entity: state.name,
            state: state, route: route, captures: captures ?? [])
        if plans[timer.route].asksSouls { scene.soul = soul(of: state.name, at: event.at) }
        scene.begin(
            ruleset.rules[key.rule].variables,
            recalling: RuleRecall(
                sites: ruleset.rules[key.rule].sites,
                kept: memory.sites(of: key.rule, slot: key.slot), now: event.at, isNew: false),
            ruleset.rules[key.rule].baselines)
        scene.baselines = baselineRecall(on: timer.route, slot: key.slot, nil, at: event.at)
        let observation = Observation(route: timer.route, entity: state.name, topic: timer.topic)
        let isFiring = timer.wait != .resolve
        let transition = transition(
            key.rule, of: ruleset.rules, isFiring: isFiring, scene, of: event, into: &outcome)
        if isFiring {
            raise(transition, observation, key.slot, of: event, into: &outcome)
        } else {
            resolve(transition, observation, key.slot, of: event, into: &outcome)
        }
    }

    /// What an unreadable message says: that the entity is there.
    func observeHeartbeat(_ observation: inout Observation, at now: Timestamp) {
        guard let ruleset else { return }
        let slot = entities.find(observation.entity)
        let firing = slot.map { entities.firing(of: $0) } ?? []
        let states = memory.states(of: slot)
        for index in stateful[observation.route].heartbeats {
            let isFiring = firing.contains { $0.ruleIndex == index }
            let rule = ruleset.rules[index]
            let step = rule.timing.step(
                holds: true, isFiring: isFiring, wait: nil,
                raisedAt: states.first { $0.rule == index }?.raisedAt, at: now)
            if isFiring {
                observation.transitions.append(
                    Transition(ruleIndex: index, isFiring: false, message: rule.description))
            }
            if let wait = step.wait { observation.waits.append((index, wait)) }
        }
    }

    /// Sets and stops the timers that an observation calls for.
    mutating func applyWaits(
        _ observation: Observation, _ slot: Int, into outcome: inout Outcome
    ) {
        for (rule, change) in observation.waits {
            let key = RuleMemory.TimerKey(slot: slot, rule: rule)
            let isFiring = entities.firing(of: slot).contains { $0.ruleIndex == rule }
            switch change {
            case .stop: memory.stopWaiting(key)
            // Another route of the same message may have been faster.
            case .begin(.raise, _) where isFiring: break
            case .begin(.resolve, _) where !isFiring: break
            case .begin(let wait, let due):
                let isSet = memory.wait(
                    wait, until: due, key, route: observation.route, topic: observation.topic)
                if !isSet { tellUnkept(rule, Rejection.tooManyTimers, into: &outcome) }
            }
        }
    }

    /// A rule that met a bound of what is kept meets it again: it is told of once.
    mutating func tellUnkept(
        _ index: Int, _ rejection: (Rule) -> Rejection, into outcome: inout Outcome
    ) {
        guard let rule = ruleset?.rules[index], unkeptRules.insert(index).inserted else { return }
        outcome.rejections.append(rejection(rule))
    }

    /// Takes what an observation has seen into the windows; once where several routes of a message
    /// have the same rule and entity.
    mutating func applySamples(
        _ samples: [RuleSamples], _ slot: Int, at now: Timestamp, taken: inout Set<Int>,
        to memory: WritableKeyPath<Mind, RuleMemory>, into outcome: inout Outcome
    ) {
        guard let ruleset else { return }
        for entry in samples where taken.insert(entry.rule).inserted {
            let isKept = self[keyPath: memory].add(
                entry.samples, to: entry.rule, kinds: ruleset.rules[entry.rule].sites.map(\.kind),
                of: slot, at: now)
            if !isKept { tellUnkept(entry.rule, Rejection.stateFull, into: &outcome) }
        }
    }

    /// Lets the states of rules whose text is the same go on under their new places; timers only on
    /// routes that hear as before: nobody speaks any more for whom they wait on another.
    mutating func carryStates(from old: RuleSet?) {
        guard let old, let ruleset else { return }
        let places = Dictionary(
            ruleset.rules.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: min)
        let routePlaces = Dictionary(
            ruleset.routes.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: min)
        var kept: [Int: Int] = [:]
        for (index, rule) in old.rules.enumerated() where rule.hasState {
            guard let place = places[rule.name], ruleset.rules[place].mode == .active,
                ruleset.rules[place].stateText == rule.stateText
            else { continue }
            kept[index] = place
        }
        func route(_ rule: Int, _ route: Int) -> Int? {
            guard let place = routePlaces[old.routes[route].name], let rule = kept[rule],
                old.routes[route].hears(as: ruleset.routes[place]),
                active[place].containsAscending(rule), plans[place].kind == .telemetry
            else { return nil }
            return place
        }
        memory.renumber(rules: { kept[$0] }, routes: route)
        proposedMemory.renumber(rules: { kept[$0] }, routes: route)
    }
}

extension Scene {
    /// What a message adds to the windows of a route's rules, whatever their conditions say.
    func samples(
        for places: [Int], of rules: [Rule], at now: Timestamp, sites: (Int) -> [SiteState]
    ) -> [RuleSamples] {
        places.map { index in
            begin(index, of: rules, sites(index), at: now)
            let samples = rules[index].sites.map { site in
                (try? evaluate(site.argument)).flatMap { try? Sample($0, for: site.kind) }
            }
            return RuleSamples(rule: index, samples: samples)
        }
    }
}

/// What one message adds to the state of one rule's calls, one entry for each.
struct RuleSamples: Equatable, Sendable {
    var rule: Int
    /// nil where the message has no value for the call.
    var samples: [Sample?]
}

extension Rejection {
    static func tooManyTimers(_ rule: Rule) -> Rejection {
        Rejection(
            code: "TOO_MANY_TIMERS",
            message: "rule '\(rule.name)' waits for nothing more: \(Limits.timersMax) timers are "
                + "set already; told once until the rules change",
            component: "mind", severity: .error)
    }

    static func stateFull(_ rule: Rule) -> Rejection {
        Rejection(
            code: "RULE_STATE_FULL",
            message: "rule '\(rule.name)' begins its windows anew for an entity: rules keep at "
                + "most \(Limits.ruleStateBytesMax) bytes about one; told once until the rules "
                + "change",
            component: "mind", severity: .error)
    }
}
