import Core

/// What the path asks about a route for every message, without the texts and patterns that would be
/// counted as references each time.
struct RoutePlan: Sendable {
    enum Kind: Sendable { case telemetry, guarded, evaluate }

    let kind: Kind
    let name: String
    let record: Route.Record
    /// Its messages are rolled up.
    let makesRollUps: Bool

    init(_ route: Route) {
        switch route.kind {
        case .telemetry: kind = .telemetry
        case .guarded: kind = .guarded
        case .evaluate: kind = .evaluate
        }
        name = route.name
        record = route.record
        makesRollUps = kind == .telemetry && route.makesRollUps
    }
}
