import Core

extension Mind {
    /// What the rules of a route may ask about an entity's message.
    ///
    /// - Parameter document: nil where a timer asks once more about the last one.
    func baselineRecall(
        on route: Int, slot: Int?, _ document: JSONDocument?, at now: Timestamp
    ) -> BaselineRecall {
        guard !baselinePlans[route].isEmpty else { return BaselineRecall() }
        return BaselineRecall(
            baselinePlans[route], baselines.baseline(of: slot, on: route), document, at: now)
    }

    /// Learns from a message, where rules of its route ask for what is learned.
    mutating func learn(
        _ document: JSONDocument?, on route: Int, of slot: Int, at now: Timestamp,
        into outcome: inout Outcome
    ) {
        guard let document, !baselinePlans[route].isEmpty else { return }
        let isKept = baselines.learn(
            document, baselinePlans[route], on: route, of: slot, at: now)
        guard !isKept, fullBaselines.insert(route).inserted else { return }
        outcome.rejections.append(.baselinesFull(plans[route].name))
    }

    /// Lets what was learned on the routes that still ask for it go on, whatever became of rules.
    mutating func carryBaselines(from old: RuleSet?, _ oldPlans: [BaselinePlan]) {
        guard let old, let ruleset else { return }
        let places = Dictionary(
            ruleset.routes.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: min)
        baselines.renumber(oldPlans, baselinePlans) { places[old.routes[$0].name] }
    }
}

extension Rejection {
    static func baselinesFull(_ route: String) -> Rejection {
        Rejection(
            code: "BASELINES_FULL",
            message: "what was learned about an entity on route '\(route)' begins anew: at most "
                + "\(Limits.baselineEntityBytesMax) bytes are kept about one; told once until the "
                + "rules change",
            component: "mind", severity: .error)
    }
}
