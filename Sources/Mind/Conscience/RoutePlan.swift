import Core

/// What the path asks about a route for every message, without the texts and patterns that would be
/// counted as references each time.
struct RoutePlan: Sendable {
    enum Kind: Sendable { case telemetry, guarded, evaluate }

    let kind: Kind
    let name: String
    let record: Route.Record
    /// Whether any rule of it wants to know what is believed about an entity.
    let asksSouls: Bool
    /// Its messages are rolled up.
    let makesRollUps: Bool

    init(_ route: Route, asksSouls: Bool) {
        switch route.kind {
        case .telemetry: kind = .telemetry
        case .guarded: kind = .guarded
        case .evaluate: kind = .evaluate
        }
        name = route.name
        record = route.record
        makesRollUps = kind == .telemetry && route.makesRollUps
        self.asksSouls = asksSouls
    }
}

extension Rule {
    /// Whether any of its expressions can ask for trust or mood.
    var asksSouls: Bool {
        expressions.contains { expression in
            expression.slots.contains { RuleEnvironment.Name(slot: $0)?.isOfSoul ?? false }
        }
    }
}
