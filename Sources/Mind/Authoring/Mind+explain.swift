import CEL
import Core

extension Mind {
    /// Looks at a message as it would be judged, and leaves no mark.
    ///
    /// Timers that fall due before it fire first. Rules see what they have kept of earlier ones.
    /// - Parameter last: A JSON document that becomes the working memory of the entity.
    /// - Precondition: A rule set has taken effect.
    public func explain(
        _ message: Message, at time: Timestamp, last: [UInt8]? = nil
    ) -> Explanation {
        var mind = self
        let event = Event(sequence: sequence + 1, at: time, body: .message(message))
        _ = mind.advance(to: event)
        let document = try? JSONDocument(message.payload)
        let matches = mind.router.resolve(message.topic)
        let memory = last.flatMap { try? JSONDocument($0) }
        var routes: [Explanation.Route] = []
        for match in matches {
            let entity = mind.entityName(of: match, message, document)
            if let memory, !entity.isEmpty {
                let slot = mind.entities.hear(entity, at: time)
                _ = mind.entities.update(slot) { $0.remember(memory, on: "", at: time) }
            }
            routes.append(mind.explain(match, entity, message, document, of: event))
        }
        return Explanation(routes: routes, outcome: mind.perceive(event))
    }

    /// Whom a message is judged about, by the kind of its route; nobody where the name is empty.
    private func entityName(
        of match: Router.Match, _ message: Message, _ document: JSONDocument?
    ) -> String {
        switch plans[match.route].kind {
        case .telemetry: match.entity ?? ""
        case .guarded: match.entity ?? message.topic
        case .evaluate: document.map { Request($0.value, properties: nil).entity } ?? ""
        }
    }

    private func explain(
        _ match: Router.Match, _ entity: String, _ message: Message, _ document: JSONDocument?,
        of event: Event
    ) -> Explanation.Route {
        guard let ruleset else { preconditionFailure("routes come from a rule set") }
        let route = ruleset.routes[match.route]
        var payload = document.map(Scene.Payload.document) ?? .value(.null)
        var root = 0
        if plans[match.route].kind == .evaluate, let document {
            let request = Request(document.value, properties: message.properties)
            payload = .value(request.body)
            root = request.root(in: document)
        }
        let scene = scene(match, entity, message, payload, of: event)
        scene.baselines = baselineRecall(
            on: match.route, slot: entities.find(entity), document, at: event.at)
        // One of its own, which has seen nothing: rules that fail are asked.
        var index = RuleIndex(active[match.route], of: ruleset, on: route)
        if let document {
            index.look(
                at: document, root: root, message, match, entity: entity,
                reported: reportedRules.map { _ in false })
        }
        let asked = document == nil ? [] : index.asked
        let kept = kept(on: match.route, about: entity)
        let standings = standings(about: entity)
        return Explanation.Route(
            name: route.name, kind: plans[match.route].kind.text, entity: entity,
            captures: zip(route.captureNames, match.captures).map { ($0, $1) },
            rules: route.rules.map { index in
                let sites = kept.first { $0.rule == index }?.sites ?? []
                scene.begin(index, of: ruleset.rules, sites, at: event.at)
                let isAsked = asked.containsAscending(index)
                var rule = scene.explain(ruleset.rules[index], isAsked: isAsked, route)
                rule.standing = standings[index] ?? rule.standing
                return rule
            })
    }

    private func scene(
        _ match: Router.Match, _ entity: String, _ message: Message, _ payload: Scene.Payload,
        of event: Event
    ) -> Scene {
        guard let ruleset else { preconditionFailure("routes come from a rule set") }
        let scene = Scene(
            Machine(), event: event, message: message, payload: payload, entity: entity,
            state: entities.find(entity).map { entities[$0] }, route: ruleset.routes[match.route],
            captures: match.captures)
        scene.soul = soul(of: entity, at: event.at)
        scene.isHeard = plans[match.route].kind == .telemetry
        return scene
    }

    /// What rules keep of earlier messages: those that were heard, or those that were proposed.
    private func kept(on route: Int, about entity: String) -> [RuleState] {
        plans[route].kind == .telemetry
            ? memory.states(of: entities.find(entity))
            : proposedMemory.states(of: proposed.find(entity))
    }

    /// What the rules in effect have come to about an entity that was heard, by their places.
    private func standings(about entity: String) -> [Int: Explanation.Standing] {
        guard let slot = entities.find(entity) else { return [:] }
        var standings: [Int: Explanation.Standing] = [:]
        for alert in entities.firing(of: slot) {
            standings[alert.ruleIndex, default: .init()].firingSince = alert.since
        }
        let dues = memory.waiting.filter { $0.key.slot == slot }
        for state in memory.states(of: slot) {
            standings[state.rule, default: .init()].raisedAt = state.raisedAt
            guard let timer = state.timer else { continue }
            standings[state.rule, default: .init()].wait = timer.wait.explained
            let due = dues.first { $0.key.rule == state.rule }?.due
            standings[state.rule, default: .init()].due = due
        }
        return standings
    }
}

extension Mind {
    /// What timers decide that fall due before an event, before it is judged itself.
    public func decidedByTimers(before event: Event) -> [Decision] {
        // What a person asks is carried out first.
        if case .control = event.body { return [] }
        var mind = self
        return mind.advance(to: event).decisions
    }

    /// What a rule has come to about an entity.
    public func standing(of rule: String, about entity: String) -> Explanation.Standing {
        let index = ruleset?.rules.firstIndex { $0.name == rule }
        return index.flatMap { standings(about: entity)[$0] } ?? Explanation.Standing()
    }

    /// The rules of the route where a rule's timer was set, about what the entity said last there:
    /// what a timer tells is told of that. nil where the rule waits for nothing.
    ///
    /// - Parameter time: when the timer falls due.
    public func explainWaiting(
        _ rule: String, about entity: String, at time: Timestamp
    ) -> Explanation.Route? {
        guard let ruleset, let slot = entities.find(entity),
            let waiting = ruleset.rules.firstIndex(where: { $0.name == rule }),
            let timer = memory.states(of: slot).first(where: { $0.rule == waiting })?.timer
        else { return nil }
        let route = ruleset.routes[timer.route]
        let captures = router.matches(timer.topic).first { $0.route == timer.route }?.captures
        let scene = scene(heardBy: timer, slot, captures ?? [], at: time)
        let standings = standings(about: entity)
        return Explanation.Route(
            name: route.name, kind: plans[timer.route].kind.text, entity: entity,
            captures: zip(route.captureNames, captures ?? []).map { ($0, $1) },
            rules: route.rules.map { index in
                let rule = ruleset.rules[index]
                let recall = RuleRecall(
                    sites: rule.sites, kept: memory.sites(of: index, slot: slot), now: time,
                    isNew: false)
                scene.begin(
                    rule.variables, recalling: rule.sites.isEmpty ? nil : recall, rule.baselines)
                var explained = scene.explain(rule, isAsked: true, route)
                explained.standing = standings[index] ?? explained.standing
                return explained
            })
    }

    /// What rules see when a timer falls due.
    private func scene(
        heardBy timer: RuleState.Timer, _ slot: Int, _ captures: [String], at time: Timestamp
    ) -> Scene {
        guard let ruleset else { preconditionFailure("timers are of rules") }
        let (state, route) = (entities[slot], ruleset.routes[timer.route])
        let document = state.latest(on: route.name)?.document
        let scene = Scene(
            Machine(), event: Event(sequence: sequence + 1, at: time, body: .tick),
            message: Message(topic: timer.topic, payload: document?.bytes ?? []),
            payload: document.map { .document($0) } ?? .value(.null), entity: state.name,
            state: state, route: route, captures: captures)
        scene.soul = soul(of: state.name, at: time)
        scene.baselines = baselineRecall(on: timer.route, slot: slot, nil, at: time)
        return scene
    }
}

extension RuleState.Wait {
    fileprivate var explained: Explanation.Standing.Wait {
        switch self {
        case .raise: .raise
        case .resolve: .resolve
        case .absent: .absent
        }
    }
}

extension RoutePlan.Kind {
    fileprivate var text: String {
        switch self {
        case .telemetry: "telemetry"
        case .guarded: "guard"
        case .evaluate: "evaluate"
        }
    }
}
