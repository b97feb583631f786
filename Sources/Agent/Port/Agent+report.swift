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

    /// The alerts that fire, those of the entity first that was heard longest ago.
    public func firingAlerts() -> [AlertReading] { mind.firingAlerts }
}
