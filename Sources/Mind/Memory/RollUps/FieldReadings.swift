import Core

/// Finds an entity's numbers among the events of a log, by the routes of one rule set and named as
/// roll-ups name them.
public struct FieldReadings {
    /// What one message says on one route.
    public struct Found {
        public var route: String
        /// Whether the route's messages are rolled up.
        public var isRolledUp: Bool
        /// One reading each.
        public var fields: [RollUp.Field]
    }

    private var router: Router
    private let plans: [RoutePlan]
    private let entity: String

    public init(of entity: String, by ruleset: RuleSet) {
        // The root only names the topics of requests, which are of no telemetry route.
        router = Router(ruleset, Mind.Settings(root: "", logID: ""))
        plans = ruleset.routes.map { RoutePlan($0, asksSouls: false) }
        self.entity = entity
    }

    /// Empty for every other event.
    public mutating func readings(in event: Event) -> [Found] {
        guard case .message(let message) = event.body else { return [] }
        let matches = router.resolve(message.topic).filter { match in
            plans[match.route].kind == .telemetry
                && match.entity.map { $0.hasSameBytes(as: entity) } ?? false
        }
        guard !matches.isEmpty, let document = try? JSONDocument(message.payload) else { return [] }
        var rollUp = RouteRollUp(route: 0, name: "")
        document.withView { _ = rollUp.takeMore($0) }
        let fields = rollUp.close()
        guard !fields.isEmpty else { return [] }
        return matches.map { match in
            Found(
                route: plans[match.route].name, isRolledUp: plans[match.route].makesRollUps,
                fields: fields)
        }
    }
}
