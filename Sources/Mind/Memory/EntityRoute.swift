import Core

/// A route as far as it says whom a message is about: two that find the same entities in the same
/// topics are equal.
///
/// A class, so that of many rule sets that have the same routes each holds no more than references.
final class EntityRoute: Hashable, Sendable {
    let route: Route

    /// nil for `evaluate`: its requests name their entity themselves.
    init?(_ route: Route) {
        guard route.kind.pattern != nil else { return nil }
        self.route = route
    }

    static func == (one: EntityRoute, other: EntityRoute) -> Bool {
        one === other
            || one.route.hears(as: other.route) && one.route.isGuard == other.route.isGuard
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(route.kind.pattern?.text)
        hasher.combine(route.entity?.text)
        hasher.combine(route.isGuard)
    }
}

extension Route {
    var isGuard: Bool { if case .guarded = kind { true } else { false } }
}
