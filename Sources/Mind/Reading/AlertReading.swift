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
    /// The alerts that fire, the newest first.
    ///
    /// One pass over all of them, which keeps no more than it needs.
    /// - Parameters:
    ///   - place: the last one of the page before; nil for the first page.
    ///   - limit: 1...`Limits.alertsMax`
    public func firingAlerts(
        after place: AlertPlace? = nil, limit: Int = Limits.alertsMax
    ) -> [AlertReading] {
        guard alertsFiring > 0 else { return [] }
        var page = AlertPage(after: place, limit: limit)
        // About the order that is wanted, so that what is found first is what is kept.
        entities.forEachSlotFromNewest { slot in
            for alert in entities.firing(of: slot).reversed() {
                page.add(alert, of: entities.name(of: slot))
            }
        }
        return page.alerts
    }

    /// The alert of a rule about an entity; nil where none fires.
    public func firingAlert(of rule: String, about entity: String) -> AlertReading? {
        guard let slot = entities.find(entity),
            let alert = entities.firing(of: slot).first(where: { $0.rule.hasSameBytes(as: rule) })
        else { return nil }
        return AlertReading(alert, of: entity)
    }
}

/// Where an alert stands in the list of those that fire, the newest first.
public struct AlertPlace: Comparable, Sendable {
    public let since: Timestamp
    /// That began it.
    public let decisionID: String

    public init(since: Timestamp, decisionID: String) {
        self.since = since
        self.decisionID = decisionID
    }

    public init(_ alert: AlertReading) {
        self.init(since: alert.since, decisionID: alert.decisionID)
    }

    public static func < (one: AlertPlace, other: AlertPlace) -> Bool {
        guard one.since == other.since else { return one.since > other.since }
        return one.decisionID.utf8.lexicographicallyPrecedes(other.decisionID.utf8)
    }
}

/// The first alerts behind one, the newest first, whatever order they come in; the less work the
/// more of the newest come first.
private struct AlertPage {
    private let start: AlertPlace?
    private let limit: Int
    private var found: [AlertReading] = []
    /// The last that is wanted, once there are enough.
    private var last: AlertPlace?

    init(after start: AlertPlace?, limit: Int) {
        self.start = start
        self.limit = limit
    }

    mutating func add(_ alert: FiringAlert, of entity: String) {
        let place = AlertPlace(since: alert.since, decisionID: alert.decisionID)
        if let start, place <= start { return }
        if let last, place >= last { return }
        found.append(AlertReading(alert, of: entity))
        // They are sorted when there are twice as many as are wanted, not at each one; from then on
        // only those count that are newer than the last of these.
        guard found.count >= 2 * limit else { return }
        found = alerts
        last = found.last.map { AlertPlace($0) }
    }

    /// At most as many as are wanted.
    var alerts: [AlertReading] {
        Array(found.sorted { AlertPlace($0) < AlertPlace($1) }.prefix(limit))
    }
}
