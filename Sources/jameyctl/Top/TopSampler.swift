import Core
import Mind

/// Looks at the agent once: four questions, one behind the other, each with little patience.
struct TopSampler: Sendable {
    let client: DaemonClient
    private let clock = SystemTime()

    init(_ client: DaemonClient) { self.client = client }

    /// - Throws: why it was not seen, or is no agent.
    func look(_ order: EntityOrder) throws(Ending) -> TopSample {
        let status = try get("/status").json()
        guard status["status"]?.string != nil else { throw DaemonAnswer.foreign }
        let metrics = MetricText(try get("/metrics").body)
        let (at, time) = (clock.monotonic(), clock.now())
        let alerts = try list("/alerts", "alerts", [("limit", "\(Limits.topAlertsMax)")])
        let devices = try list(
            "/devices", "devices",
            [("limit", "\(Limits.topDevicesMax)"), ("order", order.rawValue)])
        return TopSample(
            at: at, time: time, status: status, metrics: metrics,
            alerts: alerts.compactMap { TopAlert($0) },
            devices: devices.compactMap { TopDevice($0) }, order: order)
    }

    private func list(
        _ path: DaemonPath, _ name: String, _ query: DaemonQuery
    ) throws(Ending) -> [JSONValue] {
        guard let elements = try get(path, query).json()[name]?.array else {
            throw DaemonAnswer.foreign
        }
        return elements
    }

    private func get(_ path: DaemonPath, _ query: DaemonQuery = []) throws(Ending) -> DaemonAnswer {
        var request = DaemonRequest(.get, path, query: query)
        request.patience = Limits.topPatience
        return try client.ask(request)
    }
}
