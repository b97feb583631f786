import Core

/// What was learned about entities, by the entity's slot in its table.
///
/// Bounded by `Limits.baselineEntityBytesMax` for one entity and `Limits.baselineBytesMax` for all;
/// the mind forgets entities where it is too much.
struct BaselineMemory: Sendable {
    private struct Entity: Sendable {
        /// Ascending by route.
        var routes: [RouteBaseline] = []
        var bytes = 0
    }

    private var entities: [Entity] = []
    /// The sum of the baselines' own estimates.
    private(set) var bytes = 0
    /// Smaller in tests.
    var bytesMax = Limits.baselineBytesMax
    var entityBytesMax = Limits.baselineEntityBytesMax

    var isOverfull: Bool { bytes > bytesMax }

    /// What was learned about an entity on a route; nil where nothing was.
    func baseline(of slot: Int?, on route: Int) -> RouteBaseline? {
        guard let slot, slot < entities.count else { return nil }
        let place = entities[slot].routes.firstPlace { $0.route >= route }
        let isThere =
            place < entities[slot].routes.count && entities[slot].routes[place].route == route
        return isThere ? entities[slot].routes[place] : nil
    }

    /// All that was learned about an entity, ascending by route.
    func baselines(of slot: Int) -> [RouteBaseline] {
        slot < entities.count ? entities[slot].routes : []
    }

    /// Learns from a message, in place.
    ///
    /// - Returns: false where the entity has too much: what it has of this route is gone then.
    mutating func learn(
        _ document: JSONDocument, _ plan: BaselinePlan, on route: Int, of slot: Int,
        at now: Timestamp
    ) -> Bool {
        let place = place(of: route, plan, slot: slot)
        let before = entities[slot].routes[place].estimatedBytes
        entities[slot].routes[place].learn(document, plan, at: now)
        let growth = entities[slot].routes[place].estimatedBytes - before
        if growth != 0 { grow(slot, by: growth) }
        guard entities[slot].bytes > entityBytesMax else { return true }
        grow(slot, by: -entities[slot].routes.remove(at: place).estimatedBytes)
        return false
    }

    /// Keeps what a checkpoint held, or another rule set left.
    mutating func insert(_ baseline: RouteBaseline, of slot: Int) {
        while entities.count <= slot { entities.append(Entity()) }
        let place = entities[slot].routes.firstPlace { $0.route >= baseline.route }
        entities[slot].routes.insert(baseline, at: place)
        grow(slot, by: baseline.estimatedBytes)
    }

    /// Where the baseline of a route stands, made where there is none.
    private mutating func place(of route: Int, _ plan: BaselinePlan, slot: Int) -> Int {
        while entities.count <= slot { entities.append(Entity()) }
        let place = entities[slot].routes.firstPlace { $0.route >= route }
        if place == entities[slot].routes.count || entities[slot].routes[place].route != route {
            insert(RouteBaseline(route: route, plan), of: slot)
        }
        return place
    }

    private mutating func grow(_ slot: Int, by growth: Int) {
        entities[slot].bytes += growth
        bytes += growth
    }

    /// Forgets all about an entity.
    mutating func forget(_ slot: Int) {
        guard slot < entities.count else { return }
        bytes -= entities[slot].bytes
        entities[slot] = Entity()
    }

    /// Gives routes their places in another rule set.
    ///
    /// - Parameter route: The new place of each route; what was learned on the others is dropped.
    mutating func renumber(
        _ oldPlans: [BaselinePlan], _ plans: [BaselinePlan], route: (Int) -> Int?
    ) {
        let old = entities
        entities = []
        bytes = 0
        for (slot, entity) in old.enumerated() {
            for baseline in entity.routes {
                guard let place = route(baseline.route), !plans[place].isEmpty else { continue }
                insert(
                    RouteBaseline(
                        route: place, plans[place], from: baseline, oldPlans[baseline.route]),
                    of: slot)
            }
        }
    }
}
