import Core

/// The open minutes of entities, by the entity's slot in its table.
///
/// All that is open about one entity is of the same minute. A doubly linked list runs through the
/// entities with an open minute in the order of opening, so the oldest are closed first. Bounded
/// by `Limits.rollUpFieldsMax` for a route, and `Limits.rollUpBytesMax` for all; the mind forgets
/// entities where it is too much.
struct RollUpMemory: Sendable {
    private struct Entity: Sendable {
        /// In the order in which they were first heard.
        var routes: [RouteRollUp] = []
        var bytes = 0
        /// Which one is open.
        var minute = RollUpMemory.closed
        var older = RollUpMemory.none
        var newer = RollUpMemory.none

        /// Where a route stands: of nearly every entity, there is one.
        @inline(__always)
        func place(of route: Int) -> Int? {
            for place in routes.indices where routes[place].route == route { return place }
            return nil
        }
    }

    private static let closed = Int64.min
    private static let none: Int32 = -1

    private var entities: [Entity] = []
    private var oldest = none
    private var newest = none
    /// The sum of the routes' own estimates.
    private(set) var bytes = 0
    /// Smaller in tests.
    var bytesMax = Limits.rollUpBytesMax

    var isOverfull: Bool { bytes > bytesMax }

    /// Takes a message in.
    ///
    /// - Parameters:
    ///   - name: the entity's.
    ///   - closed: Where an older minute of the entity goes.
    /// - Returns: false where not every number of it found room.
    mutating func take(
        _ document: JSONDocument, on route: Int, _ plans: [RoutePlan], of slot: Int,
        _ name: String, at now: Timestamp, into closed: inout [RollUp]
    ) -> Bool {
        while entities.count <= slot { entities.append(Entity()) }
        let minute = now.minute
        let open = entities[slot].minute
        if open != minute, open != Self.closed {
            close(slot, name, in: minute, into: &closed)
        }
        let place =
            entities[slot].place(of: route)
            ?? add(RouteRollUp(route: route, name: plans[route].name), to: slot)
        return document.withView { view in
            var taken = entities[slot].routes[place].take(view)
            var isWhole = true
            if taken.isMore, entities[slot].routes[place].isFull {
                isWhole = false
            } else if taken.isMore {
                let more = entities[slot].routes[place].takeMore(view)
                isWhole = more.isWhole
                if more.isAny { taken.isAny = true }
                count(slot)
            }
            if taken.isAny, entities[slot].minute == Self.closed {
                entities[slot].minute = minute
                link(slot)
            }
            return isWhole
        }
    }

    /// The entity whose minute has been open for longest, where that is over for a minute at least:
    /// the entity fell silent.
    func silentSlot(at now: Timestamp) -> Int? {
        guard oldest != Self.none, entities[Int(oldest)].minute < now.minute - 1 else { return nil }
        return Int(oldest)
    }

    /// Closes what is open about an entity, if anything is.
    mutating func close(
        _ slot: Int, _ name: String, at now: Timestamp, into closed: inout [RollUp]
    ) {
        close(slot, name, in: now.minute, into: &closed)
    }

    /// Forgets all about an entity; what is open is closed first.
    mutating func forget(
        _ slot: Int, _ name: String, at now: Timestamp, into closed: inout [RollUp]
    ) {
        guard slot < entities.count else { return }
        close(slot, name, in: now.minute, into: &closed)
        bytes -= entities[slot].bytes
        entities[slot] = Entity()
    }

    /// Gives routes their places in another rule set.
    ///
    /// - Parameter place: The new place of each route by its name. What is open about others is
    ///   closed in its time.
    mutating func renumber(_ place: (String) -> Int?) {
        for slot in entities.indices where !entities[slot].routes.isEmpty {
            for index in entities[slot].routes.indices {
                entities[slot].routes[index].route =
                    place(entities[slot].routes[index].name) ?? -1
            }
            dropOrphans(slot)
        }
    }

    // MARK: One entity

    /// - Returns: Where it stands.
    private mutating func add(_ route: RouteRollUp, to slot: Int) -> Int {
        entities[slot].routes.append(route)
        count(slot)
        return entities[slot].routes.count - 1
    }

    private mutating func close(
        _ slot: Int, _ name: String, in minute: Int64, into closed: inout [RollUp]
    ) {
        guard entities[slot].minute != Self.closed else { return }
        for place in entities[slot].routes.indices {
            let fields = entities[slot].routes[place].close()
            guard !fields.isEmpty else { continue }
            closed.append(
                RollUp(
                    entity: name, route: entities[slot].routes[place].name,
                    period: entities[slot].minute, closed: minute, fields: fields))
        }
        entities[slot].minute = Self.closed
        unlink(slot)
        dropOrphans(slot)
    }

    private mutating func dropOrphans(_ slot: Int) {
        entities[slot].routes.removeAll { $0.route < 0 && !$0.isOpen }
        count(slot)
    }

    /// Renews the account of bytes.
    private mutating func count(_ slot: Int) {
        let now = entities[slot].routes.reduce(0) { $0 + $1.estimatedBytes }
        bytes += now - entities[slot].bytes
        entities[slot].bytes = now
    }

    // MARK: Order of opening

    private mutating func link(_ slot: Int) {
        let slot32 = Int32(truncatingIfNeeded: slot)
        entities[slot].older = newest
        entities[slot].newer = Self.none
        if newest == Self.none { oldest = slot32 } else { entities[Int(newest)].newer = slot32 }
        newest = slot32
    }

    private mutating func unlink(_ slot: Int) {
        let (older, newer) = (entities[slot].older, entities[slot].newer)
        if older == Self.none { oldest = newer } else { entities[Int(older)].newer = newer }
        if newer == Self.none { newest = older } else { entities[Int(newer)].older = older }
        entities[slot].older = Self.none
        entities[slot].newer = Self.none
    }
}

// MARK: Checkpoint

extension RollUpMemory {
    /// What is kept about the entities of a table, in the order of its forgetting.
    func encode(to encoder: inout CheckpointEncoder, of table: EntityTable) {
        var places: [Int: Int] = [:]
        table.forEachFromOldest { slot, _ in
            places[slot] = places.count
            guard slot < entities.count else { return encoder.count(0) }
            encoder.count(entities[slot].routes.count)
            for route in entities[slot].routes { route.encode(to: &encoder) }
        }
        var open: [(place: Int, minute: Int64)] = []
        var slot = Int(oldest)
        while slot >= 0 {
            guard let place = places[slot] else {
                preconditionFailure("minutes are of entities")
            }
            open.append((place, entities[slot].minute))
            slot = Int(entities[slot].newer)
        }
        encoder.count(open.count)
        for (place, minute) in open {
            encoder.count(place)
            encoder.int(minute)
        }
    }

    /// - Parameter table: A restored one, whose slots stand in the order of its forgetting.
    init(
        from decoder: inout CheckpointDecoder, of table: EntityTable, _ plans: [RoutePlan]
    ) throws(CheckpointError) {
        for slot in 0..<table.count {
            entities.append(Entity())
            for _ in 0..<(try decoder.count()) {
                let route = try RouteRollUp(from: &decoder)
                let isPlan = route.route < 0 ? route.isOpen : plans.makesRollUps(route.route)
                guard isPlan,
                    !entities[slot].routes.contains(where: { $0.name.hasSameBytes(as: route.name) })
                else { throw decoder.damaged }
                entities[slot].routes.append(route)
            }
            count(slot)
        }
        var last = Self.closed
        for _ in 0..<(try decoder.count()) {
            let (slot, minute) = (try decoder.size(), try decoder.int())
            guard slot < entities.count, entities[slot].minute == Self.closed, minute > Self.closed,
                minute >= last, entities[slot].routes.contains(where: \.isOpen)
            else { throw decoder.damaged }
            last = minute
            entities[slot].minute = minute
            link(slot)
        }
        let isListed = entities.allSatisfy { entity in
            entity.minute != Self.closed || !entity.routes.contains(where: \.isOpen)
        }
        guard isListed else { throw decoder.damaged }
    }
}

extension [RoutePlan] {
    /// Whether messages on a route are rolled up.
    func makesRollUps(_ route: Int) -> Bool {
        indices.contains(route) && self[route].makesRollUps
    }
}
