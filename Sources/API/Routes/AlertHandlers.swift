import Agent
import Core
import Hummingbird
import Mind
import Store

/// Alerts that fire.
enum AlertHandlers {
    /// `GET /alerts`: the newest first, with what was said to them.
    static func alerts(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor"])
        let limit = try query.limit()
        let last = try place(query)
        let firing = try await services.ask { $0.firingAlerts() }
            .filter { alert in last.map { AlertPlace(alert) > $0 } ?? true }
            .sorted { AlertPlace($0) < AlertPlace($1) }
        let page = Array(firing.prefix(limit))
        let views = try await services.store.read {
            (reader) throws(ReadError) -> [AlertView] in try Self.views(of: page, reader)
        }
        let isMore = page.count < firing.count
        return APIResponse.json(
            PageView.json(
                "alerts", views.map(\.json),
                next: isMore ? page.last.map { AlertPlace($0).cursor } : nil))
    }

    private static func place(_ query: QueryParameters) throws(APIError) -> AlertPlace? {
        guard let text = try query.text("cursor") else { return nil }
        guard let place = AlertPlace(text) else { throw QueryParameters.badCursor }
        return place
    }

    /// An alert that begins anew is another decision, to which nothing was said yet.
    private static func views(
        of alerts: [AlertReading], _ reader: StoreReader
    ) throws(ReadError) -> [AlertView] {
        let said = try reader.acknowledgements(of: alerts.map(\.decisionID))
        var views: [AlertView] = []
        for alert in alerts {
            let found = try reader.decisions(DecisionQuery(id: alert.decisionID, limit: 1))
            views.append(
                AlertView(
                    alert: alert, decision: found.first?.decision.json,
                    acknowledgement: said[alert.decisionID]))
        }
        return views
    }

    /// `POST /alerts/{rule}/{entity}/ack`: says that somebody has seen the one that fires.
    static func acknowledgeAlert(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let (rule, entity) = (try context.segment("rule"), try context.segment("entity"))
        let fields = try await request.bodyFields(isOptional: true).fields
        let note: String
        do throws(RequestError) {
            note = try fields.text("note", bytes: 0...Limits.acknowledgementNoteBytesMax) ?? ""
        } catch { throw APIError(error) }
        let actor = context.actor
        let result = try await services.ask {
            $0.acknowledge(rule: rule, entity: entity, note: note, by: actor)
        }
        switch result {
        case .failure(let error): throw APIError(error)
        case .success(let acknowledgement):
            services.noteChange(by: context)
            return APIResponse.json(AlertView.json(acknowledgement))
        }
    }
}
