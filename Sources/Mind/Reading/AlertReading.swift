import Core

/// An alert that fires, as it is shown. What it said, and the value that it saw, are in its
/// decision.
public struct AlertReading: Equatable, Sendable {
    public let rule: String
    public let entity: String
    /// Of the rule when it began.
    public let severity: Rule.Severity
    /// The route whose message began it.
    public let route: String
    public let since: Timestamp
    /// The decision that began it.
    public let decisionID: String

    init(_ alert: FiringAlert, of entity: String) {
        rule = alert.rule
        self.entity = entity
        severity = alert.severity
        route = alert.route
        since = alert.since
        decisionID = alert.decisionID
    }
}

extension Mind {
    /// The alerts that fire: those of the entity first that was heard longest ago, of each in the
    /// order in which they began.
    public var firingAlerts: [AlertReading] {
        guard alertsFiring > 0 else { return [] }
        var found: [AlertReading] = []
        found.reserveCapacity(alertsFiring)
        entities.forEachFromOldest { _, state in
            for alert in state.firing { found.append(AlertReading(alert, of: state.name)) }
        }
        return found
    }

    /// The alert of a rule about an entity; nil where none fires.
    public func firingAlert(of rule: String, about entity: String) -> AlertReading? {
        guard let slot = entities.find(entity),
            let alert = entities.firing(of: slot).first(where: { $0.rule.hasSameBytes(as: rule) })
        else { return nil }
        return AlertReading(alert, of: entity)
    }
}
