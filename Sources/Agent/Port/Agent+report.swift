import Core
import Mind

extension Agent {
    /// How the agent is now.
    public func report() -> AgentReport {
        let now = time.monotonic()
        let readings = readings(at: now)
        return AgentReport(
            state: vitals.state, reason: vitals.reason, since: vitals.since,
            bootID: settings.bootID, version: settings.version, node: settings.node,
            root: settings.root, ruleset: mind.ruleset?.digest,
            componentsJSON: components(at: now), commitAge: readings.commitAge,
            outboxDepth: outbox.depth, uptime: readings.uptime,
            hasBeenOnline: vitals.hasBeenOnline, readings: readings)
    }

    /// The alerts that fire, the newest first.
    ///
    /// - Parameters:
    ///   - place: the last one of the page before; nil for the first page.
    ///   - limit: 1...`Limits.alertsMax`; ask for one more to know whether there is more.
    public func firingAlerts(
        after place: AlertPlace? = nil, limit: Int = Limits.alertsMax
    ) -> [AlertReading] {
        mind.firingAlerts(after: place, limit: limit)
    }
}
