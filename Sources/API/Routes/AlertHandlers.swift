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
        // One more than asked for, to see whether another page follows.
        let firing = try await services.ask { $0.firingAlerts(after: last, limit: limit + 1) }
        let page = Array(firing.prefix(limit))
        let alerts = try await services.store.read { (reader) throws(ReadError) in
            try Self.page(of: page, reader)
        }
        let isMore = alerts.count < firing.count
        let next = isMore ? page.prefix(alerts.count).last.map { AlertPlace($0).cursor } : nil
        return APIResponse.json(PageView.json("alerts", alerts, next: next))
    }

    private static func place(_ query: QueryParameters) throws(APIError) -> AlertPlace? {
        guard let text = try query.text("cursor") else { return nil }
        guard let place = AlertPlace(text) else { throw QueryParameters.badCursor }
        return place
    }

    /// As many as an answer may have bytes. An alert that begins anew is another decision, to which
    /// nothing was said yet.
    static func page(
        of alerts: [AlertReading], _ reader: StoreReader,
        bytesMax: Int = Limits.apiListBytesMax
    ) throws(ReadError) -> [[UInt8]] {
        let said = try reader.acknowledgements(of: alerts.map(\.decisionID))
        var page: [[UInt8]] = []
        var bytes = 0
        for alert in alerts where bytes < bytesMax {
            let found = try reader.decisions(DecisionQuery(id: alert.decisionID, limit: 1))
            let view = AlertView(
                alert: alert, decision: found.first?.decision.json,
                acknowledgement: said[alert.decisionID])
            page.append(view.json)
            bytes += page.last?.count ?? 0
        }
        return page
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
