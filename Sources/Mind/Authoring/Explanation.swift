import CEL
import Core

/// What rules make of one message, rule by rule: what an author asks while writing them.
public struct Explanation: Sendable {
    /// A route that the message's topic has.
    public struct Route: Sendable {
        public var name: String
        /// `telemetry`, `guard` or `evaluate`.
        public var kind: String
        public var entity: String
        /// In the order of the pattern.
        public var captures: [(name: String, value: String)]
        public var rules: [Rule]
    }

    public struct Rule: Sendable {
        public var name: String
        public var file: String
        public var line: Int
        public var mode: String
        /// Whether it would be asked about the message at all.
        public var isAsked: Bool
        /// What is known of the condition without asking: the term that is false, where the rule
        /// is passed over, or the terms that are looked at and are not; nil where it is asked
        /// about every message.
        public var access: [String]?
        public var terms: [Term]
        /// What the whole condition gave: `true`, `false` or an error.
        public var result: String
        /// How it waits: `for 30s`.
        public var timing: [String]
    }

    public struct Term: Sendable {
        public var text: String
        public var result: String
        /// What it looks at, and the value of that.
        public var observed: String?
        public var value: String?
    }

    public var routes: [Route]
    /// What a mind that has heard nothing else concludes; timers have not fired.
    public var outcome: Outcome
}

extension Mind {
    /// Looks at a message as it would be judged, and leaves no mark.
    ///
    /// - Parameter last: A JSON document that becomes the working memory of the entity.
    /// - Precondition: A rule set has taken effect.
    public func explain(
        _ message: Message, at time: Timestamp, last: [UInt8]? = nil
    ) -> Explanation {
        var mind = self
        let event = Event(sequence: sequence + 1, at: time, body: .message(message))
        let document = try? JSONDocument(message.payload)
        let matches = mind.router.resolve(message.topic)
        let memory = last.flatMap { try? JSONDocument($0) }
        var routes: [Explanation.Route] = []
        for match in matches {
            let entity = mind.entityName(of: match, document)
            if let memory, !entity.isEmpty {
                let slot = mind.entities.hear(entity, at: time)
                _ = mind.entities.update(slot) { $0.remember(memory, on: "", at: time) }
            }
            routes.append(mind.explain(match, entity, message, document, of: event))
        }
        return Explanation(routes: routes, outcome: mind.perceive(event))
    }

    private func entityName(of match: Router.Match, _ document: JSONDocument?) -> String {
        if let entity = match.entity { return entity }
        return document.map { Request($0.value, properties: nil).entity } ?? ""
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
        let scene = Scene(
            Machine(), event: event, message: message, payload: payload, entity: entity,
            state: entities.find(entity).map { entities[$0] }, route: route,
            captures: match.captures)
        scene.soul = soul(of: entity, at: event.at)
        scene.isHeard = plans[match.route].kind == .telemetry
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
        return Explanation.Route(
            name: route.name, kind: plans[match.route].kind.text, entity: entity,
            captures: zip(route.captureNames, match.captures).map { ($0, $1) },
            rules: route.rules.map { index in
                scene.begin(index, of: ruleset.rules, [], at: event.at)
                let isAsked = asked.containsAscending(index)
                return explain(ruleset.rules[index], isAsked: isAsked, route, scene)
            })
    }

    private func explain(
        _ rule: Rule, isAsked: Bool, _ route: Route, _ scene: Scene
    ) -> Explanation.Rule {
        Explanation.Rule(
            name: rule.name, file: rule.file, line: rule.line, mode: rule.mode.rawValue,
            isAsked: isAsked, access: scene.access(to: rule, isAsked: isAsked, on: route),
            terms: rule.when.terms.map { term, observed in
                Explanation.Term(
                    text: term.source, result: scene.shown(term), observed: observed?.source,
                    value: observed.map { scene.shown($0) })
            },
            result: scene.shown(rule.when), timing: rule.timing.texts)
    }
}

extension Scene {
    /// By which terms the index knows whether to ask a rule.
    fileprivate func access(to rule: Rule, isAsked: Bool, on route: Route) -> [String]? {
        var fields = FieldTableBuilder(route)
        var terms: [CEL.Expression] = []
        for test in RuleTerms(rule).tests {
            let isLooked = RuleLayout.field(of: test.test, in: &fields) != nil
            if isLooked, terms.last?.source != test.term.source { terms.append(test.term) }
        }
        if !isAsked, let failing = terms.first(where: { truth(of: $0) == .no }) {
            return [failing.source]
        }
        return terms.isEmpty ? nil : terms.map(\.source)
    }

    /// What an expression gives, to be read by people.
    fileprivate func shown(_ expression: CEL.Expression) -> String {
        do throws(EvaluationError) {
            let value = try expression.evaluate(self)
            guard let json = value.json else { return value.kind.typeName }
            return String(decoding: json.encoded(), as: UTF8.self)
                .bounded(to: Limits.ruleMessageBytesMax)
        } catch {
            return "error: \(error.boundedMessage)"
        }
    }
}

extension Rule.Timing {
    fileprivate var texts: [String] {
        var texts: [String] = []
        if hold > .zero { texts.append("for \(hold.text)") }
        if keepFiring > .zero { texts.append("keep_firing_for \(keepFiring.text)") }
        if let absent { texts.append("absent \(absent.text)") }
        if cooldown > .zero { texts.append("cooldown \(cooldown.text)") }
        return texts
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
