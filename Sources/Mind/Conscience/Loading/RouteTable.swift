import Core

/// The routes of a set, with what must hold between them.
struct RouteTable {
    /// In file order; `evaluate` stands where it is configured, else behind the others.
    private(set) var routes: [Route] = []
    /// Where each name was first used; names of broken routes too, so that `on:` is not blamed.
    private var names: [String: YAMLValue] = [:]
    private var places: [String: Int] = [:]

    init(drafts: [RouteDraft]) {
        for draft in drafts { add(draft) }
        GuardLoops.report(among: drafts)
        guard names[RouteReader.evaluateName] == nil else { return }
        append(
            Route(
                name: RouteReader.evaluateName, kind: .evaluate, entity: nil, record: .all,
                threshold: 0, isApprovedByDefault: true, rules: []))
    }

    private mutating func add(_ draft: RouteDraft) {
        guard isNew(draft.name, at: draft.nameValue, what: "route") else { return }
        if let route = draft.route { append(route) }
    }

    /// Whether a name is free; where it is not, that is recorded.
    private mutating func isNew(_ name: String, at value: YAMLValue, what: String) -> Bool {
        if let first = names[name] {
            value.report(
                "a second \(what) is named '\(name)'",
                hint: "the first is at \(first.log.file):\(first.position.line)")
            return false
        }
        names[name] = value
        return true
    }

    private mutating func append(_ route: Route) {
        places[route.name] = routes.count
        routes.append(route)
    }

    /// Makes the telemetry route of a rule that has `topic:`.
    /// - Returns: its index; nil where the name is taken, which was recorded.
    mutating func addImplicit(_ name: String, topic: TopicPattern, at value: YAMLValue) -> Int? {
        guard name != RouteReader.evaluateName,
            isNew(name, at: value, what: "route (every rule with 'topic' makes one)")
        else {
            if name == RouteReader.evaluateName {
                value.report("a rule with 'topic' cannot be named 'evaluate'")
            }
            return nil
        }
        append(
            Route(
                name: name, kind: .telemetry(topic: topic), entity: topic.onlyEntity, record: .all,
                threshold: 0, isApprovedByDefault: false, rules: []))
        return routes.count - 1
    }

    func isDeclared(_ name: String) -> Bool {
        names[name] != nil || name == RouteReader.evaluateName
    }

    /// nil for an unknown route, and for one whose own errors were recorded.
    func index(of name: String) -> Int? { places[name] }

    var allNames: [String] { routes.map(\.name) }

    /// Every guard, and `evaluate`.
    var proposalIndices: [Int] { routes.indices.filter { routes[$0].isProposal } }

    mutating func attach(rule: Int, to route: Int) { routes[route].rules.append(rule) }
}

extension Route {
    /// Whether its messages are judged, rather than heard.
    var isProposal: Bool {
        switch kind {
        case .telemetry: false
        case .guarded, .evaluate: true
        }
    }
}
