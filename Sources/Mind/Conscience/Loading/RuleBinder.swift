import CEL
import Core

/// Connects rules to routes and checks what depends on both.
enum RuleBinder {
    /// - Returns: the rules without errors, in order; the routes of the table then list them.
    static func bind(_ drafts: [RuleDraft], to table: inout RouteTable) -> [Rule] {
        var rules: [Rule] = []
        // They come first: a rule may be on a route that a later rule makes.
        let made = addRoutes(of: drafts, to: &table)
        for (index, draft) in drafts.enumerated() {
            let routes = routes(of: draft, made: made[index], in: table)
            check(draft, on: routes.map { table.routes[$0] })
            guard var rule = draft.rule else { continue }
            if draft.onError == nil {
                rule.onError = routes.contains { table.routes[$0].isProposal } ? .deny : .ignore
            }
            if rule.mode != .off {
                for route in routes { table.attach(rule: rules.count, to: route) }
            }
            rules.append(rule)
        }
        numberBaselines(of: &rules, drafts)
        return rules
    }

    /// Makes the routes of the rules that have a topic of their own.
    /// - Returns: the index of each, by that of its rule.
    static func addRoutes(of drafts: [RuleDraft], to table: inout RouteTable) -> [Int: Int] {
        var names: [String: YAMLValue] = [:]
        var made: [Int: Int] = [:]
        for (index, draft) in drafts.enumerated() {
            if let first = names[draft.name] {
                draft.nameValue.report(
                    "a second rule is named '\(draft.name)'",
                    hint: "the first is at \(first.log.file):\(first.position.line)")
                continue
            }
            names[draft.name] = draft.nameValue
            guard case .topic(let pattern?) = draft.target else { continue }
            made[index] = table.addImplicit(draft.name, topic: pattern, at: draft.nameValue)
        }
        return made
    }

    /// Gives every field that is learned about a number, the same wherever it is asked for.
    private static func numberBaselines(of rules: inout [Rule], _ drafts: [RuleDraft]) {
        var numbers: [FieldPath: Int] = [:]
        for rule in rules.indices {
            for call in rules[rule].baselines.indices {
                guard let path = rules[rule].baselines[call].path else { continue }
                let number = numbers[path] ?? numbers.count
                numbers[path] = number
                rules[rule].baselines[call].field = number
            }
        }
        guard numbers.count > Limits.baselineFieldsMax else { return }
        drafts.first { !$0.baselines.isEmpty }?.baselines.first?.report(
            "the rules ask for baselines of \(numbers.count) fields; at most "
                + "\(Limits.baselineFieldsMax) are learned about")
    }

    /// Indices of the routes, each once, ascending.
    private static func routes(
        of draft: RuleDraft, made: Int?, in table: RouteTable
    ) -> [Int] {
        switch draft.target {
        case .unknown: return []
        case .topic: return made.map { [$0] } ?? []
        case .everyProposal: return table.proposalIndices
        case .routes(let values):
            var found: Set<Int> = []
            for value in values {
                guard let name = value.text() else { continue }
                if let index = table.index(of: name) {
                    found.insert(index)
                } else if !table.isDeclared(name) {
                    reportUnknown(name, value, table)
                }
            }
            return found.sorted()
        }
    }

    private static func reportUnknown(_ name: String, _ value: YAMLValue, _ table: RouteTable) {
        let near = nearestName(to: name, among: table.allNames)
        let known = table.allNames.prefix(8).joined(separator: ", ")
        value.report(
            "unknown route '\(name)'",
            hint: near.map { "did you mean '\($0)'?" } ?? "there are: \(known)")
    }

    private static func check(_ draft: RuleDraft, on routes: [Route]) {
        for action in draft.actions {
            for route in routes {
                guard let pattern = route.kind.pattern else { continue }
                action.value.checkCaptures(of: action.topic, in: pattern)
            }
        }
        guard !routes.isEmpty else { return }
        // A route at fault may have the captures.
        if draft.names(all: routes) { RuleCaptures.check(draft.captures, on: routes) }
        TimingReader.check(draft, on: routes)
        let judges = routes.contains(where: \.isProposal)
        if judges, draft.stance == nil {
            let name = routes.first(where: \.isProposal)?.name ?? ""
            draft.nameValue.report(
                "missing key 'stance': '\(name)' judges proposals",
                hint: "support, oppose or veto")
        }
        let isStance = draft.stance?.isOne(of: Rule.Stance.self) ?? false
        if !judges, isStance, let stance = draft.stance {
            stance.report(
                "'stance' means nothing on telemetry, where a rule raises an alert",
                hint: "remove it, or put the rule on a route with a guard")
        }
        if judges, routes.allSatisfy(\.isProposal), let action = draft.firstAction {
            action.report(
                "actions on proposals are not available in this version",
                hint: "put the rule on a telemetry route")
        }
    }
}

extension RuleDraft {
    /// Whether these are all the routes that the rule is on.
    fileprivate func names(all routes: [Route]) -> Bool {
        guard case .routes(let values) = target else { return true }
        return values.allSatisfy { value in
            guard case .scalar(let name, _) = value.node.content else { return false }
            return routes.contains { $0.name == name }
        }
    }
}
