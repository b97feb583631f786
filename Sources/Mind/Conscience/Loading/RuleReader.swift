import CEL
import Core

/// Reads one entry of `rules:`.
struct RuleReader {
    private static let keys =
        [
            "name", "description", "weight", "stance", "on", "topic", "variables", "when",
            "strength", "message", "messageExpression", "on_error", "mode", "severity", "actions",
        ] + TimingReader.keys

    private let map: YAMLMapping
    private var expressions: ExpressionReader

    /// - Returns: nil where it has no name; every other fault leaves a draft without a rule.
    static func read(_ value: YAMLValue) -> RuleDraft? {
        guard let map = value.mapping(keys: keys) else { return nil }
        var reader = RuleReader(map: map, expressions: ExpressionReader())
        let before = map.log.errors.count
        let nameValue = map.required("name")
        let name = nameValue?.name(forbidding: "/+#")
        let target = reader.target()
        var rule = reader.rule(named: name ?? "")
        let actions = ActionReader(expressions: reader.expressions).read(map["actions"])
        rule?.actions = actions.publications.map(\.action)
        rule?.memories = actions.memories
        rule?.feelings = actions.feelings
        let sites = reader.expressions.sites.checked()
        rule?.sites = sites
        rule?.baselines = reader.expressions.sites.baselines
        if map.log.errors.count > before { rule = nil }
        guard let name, let nameValue else { return nil }
        return RuleDraft(
            name: name, nameValue: nameValue, target: target, stance: map["stance"],
            onError: map["on_error"],
            actions: actions.publications.map {
                .init(value: $0.topicValue, topic: $0.action.topic)
            },
            firstAction: actions.first, timingKeys: TimingReader.keys(of: map),
            sites: reader.expressions.sites.places,
            baselines: reader.expressions.sites.baselinePlaces,
            captures: reader.expressions.captures.uses, rule: rule)
    }

    /// Only what says which messages it is asked about, for the routes that rules make.
    /// - Returns: nil where it has no name; never with a rule.
    static func readTarget(_ value: YAMLValue) -> RuleDraft? {
        guard let map = value.mapping(keys: keys) else { return nil }
        let reader = RuleReader(map: map, expressions: ExpressionReader())
        let nameValue = map.required("name")
        let name = nameValue?.name(forbidding: "/+#")
        let target = reader.target()
        guard let name, let nameValue else { return nil }
        return RuleDraft(
            name: name, nameValue: nameValue, target: target, stance: nil, onError: nil,
            actions: [], firstAction: nil, timingKeys: [], sites: [], baselines: [], captures: [],
            rule: nil)
    }

    private func target() -> RuleDraft.Target {
        switch (map["on"], map["topic"]) {
        case (nil, nil): return .everyProposal
        case (let on?, nil):
            guard case .sequence = on.node.content else { return .routes([on]) }
            let names = on.list() ?? []
            if names.isEmpty { on.report("'on' must name at least one route") }
            return names.isEmpty ? .unknown : .routes(names)
        case (nil, let topic?): return .topic(topic.pattern())
        case (_?, _?):
            map.refuse("topic", "a rule has either 'on' or 'topic', not both")
            return .unknown
        }
    }

    /// nil where a part that has no default is missing or at fault.
    private mutating func rule(named name: String) -> Rule? {
        let descriptionLength = 1...Limits.ruleDescriptionCharactersMax
        let description = map["description"]?.text(length: descriptionLength)
        let weight = map["weight"]?.number(in: 0...Limits.ruleWeightMax)
        let stance = map["stance"]?.choice(Rule.Stance.self)
        let variables = variables()
        let timing = TimingReader.read(map)
        let condition = condition()
        let strength = strength()
        let message = message()
        let onError = map["on_error"]?.choice(Rule.OnError.self)
        let mode = map["mode"]?.choice(Rule.Mode.self)
        let severity = map["severity"]?.choice(Rule.Severity.self)
        guard let condition, let strength else { return nil }
        return Rule(
            name: name, description: description ?? "", weight: weight ?? 1, stance: stance,
            variables: variables, when: condition, strength: strength, message: message,
            onError: onError ?? .deny, mode: mode ?? .active, severity: severity ?? .warning,
            actions: [], timing: timing, file: map.log.file, line: map.position.line)
    }

    /// `when`; without it, `absent` is about every message.
    private func condition() -> CEL.Expression? {
        guard map.contains("absent"), map["when"] == nil else {
            return map.required("when").flatMap { expressions.expression($0, giving: .truth) }
        }
        return try? CEL.Expression("true")
    }

    /// In order: each sees the ones before it.
    private mutating func variables() -> [Rule.Variable] {
        guard let items = map["variables"]?.list() else { return [] }
        guard items.count <= Limits.ruleVariablesMax else {
            map["variables"]?.report("more than \(Limits.ruleVariablesMax) variables in one rule")
            return []
        }
        var variables: [Rule.Variable] = []
        for item in items {
            guard let entry = item.mapping(keys: ["name", "expression"]) else { continue }
            let nameValue = entry.required("name")
            let expression = entry.required("expression").flatMap {
                expressions.expression($0, giving: .anything)
            }
            guard let nameValue, let name = nameValue.identifier() else { continue }
            // Known even where its expression is at fault, so that its uses are not blamed too.
            guard expressions.declare(name, as: expression) else {
                nameValue.report("a second variable is named '\(name)'")
                continue
            }
            guard let expression else { continue }
            variables.append(Rule.Variable(name: name, expression: expression))
        }
        return variables
    }

    private func strength() -> Rule.Strength? {
        guard let value = map["strength"] else { return .constant(1) }
        if case .scalar(let text, .plain) = value.node.content, Double(text) != nil {
            return value.number(in: 0...1).map { .constant($0) }
        }
        return expressions.expression(value, giving: .share).map { .expression($0) }
    }

    /// `messageExpression` as it is, or `message` as a constant.
    private func message() -> CEL.Expression? {
        if map.contains("message") {
            map.refuse("messageExpression", "a rule has one of 'message' and 'messageExpression'")
            return map["message"].flatMap { expressions.constant($0) }
        }
        return map["messageExpression"].flatMap { expressions.expression($0, giving: .text) }
    }
}
