import Core
import HTTPTypes
import Hummingbird

/// What happens, as it happens.
enum EventHandlers {
    /// `GET /events`: server-sent events, from now on or behind `Last-Event-ID`.
    static func events(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        if case .mqtt = context.source {
            throw .badRequest(
                "events are there by HTTP only; by MQTT there are conscience/results and alerts",
                code: "NOT_BY_MQTT")
        }
        let row = try lastRow(request)
        let seat = try await services.events.enter(
            EventHolder(context), isWelcome: welcome(context, services))
        var headers: HTTPFields = [
            .contentType: ServerSentEvent.type, .cacheControl: "no-store",
        ]
        // A proxy that collects an answer before it passes it on would show nothing.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(status: .ok, headers: headers, body: seat.body(after: row))
    }

    /// The last decision that the listener knows.
    private static func lastRow(_ request: Request) throws(APIError) -> Int64? {
        let field = request.headers.first { $0.name.canonicalName == "last-event-id" }
        guard let text = field?.value, !text.isEmpty else { return nil }
        guard let row = Int64(digits: text) else {
            throw .badRequest(
                "'Last-Event-ID' is the id of an event that was heard",
                code: "BAD_LAST_EVENT_ID")
        }
        return row
    }

    /// A stream ends with what opened it: a key or its secret, a token or the key that signed it.
    private static func welcome(
        _ context: APIContext, _ services: APIServices
    ) -> @Sendable () -> Bool {
        guard let principal = context.principal else { return { true } }
        let authenticator = services.authenticator
        return { authenticator.fault(of: principal) == nil }
    }
}
