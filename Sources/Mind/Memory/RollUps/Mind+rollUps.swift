import Core

extension Mind {
    /// Takes a recorded message into the open minute of its entity.
    mutating func rollUp(
        _ document: JSONDocument?, _ observation: Observation, _ slot: Int, of event: Event,
        into outcome: inout Outcome
    ) {
        guard !judgesOnly, let document, plans[observation.route].makesRollUps else { return }
        let isWhole = rollUps.take(
            document, on: observation.route, plans, of: slot, observation.entity, at: event.at,
            into: &outcome.rollUps)
        guard !isWhole, fullRollUps.insert(observation.route).inserted else { return }
        outcome.rejections.append(.rollUpsFull(plans[observation.route].name))
    }

    /// Closes some minutes of entities that fell silent. Part of every recorded event.
    mutating func closeSilent(at now: Timestamp, into outcome: inout Outcome) {
        for _ in 0..<Limits.rollUpsClosedPerEvent {
            guard let slot = rollUps.silentSlot(at: now) else { return }
            rollUps.close(slot, entities.name(of: slot), at: now, into: &outcome.rollUps)
        }
    }

    /// Lets open minutes go on under the routes' new places.
    mutating func carryRollUps() {
        let places = Dictionary(
            plans.enumerated().filter(\.element.makesRollUps).map { ($0.element.name, $0.offset) },
            uniquingKeysWith: min)
        rollUps.renumber { places[$0] }
    }
}

extension Rejection {
    static func rollUpsFull(_ route: String) -> Rejection {
        Rejection(
            code: "ROLLUPS_FULL",
            message: "not every number on route '\(route)' is rolled up: at most "
                + "\(Limits.rollUpFieldsMax) of an entity are, with names of at most "
                + "\(Limits.rollUpNameBytesMax) bytes; told once until the rules change",
            component: "memory")
    }
}
