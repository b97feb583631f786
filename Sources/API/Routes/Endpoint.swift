import HTTPTypes
import Hummingbird

/// One route of the table: asks whether it may be used, collects the body, asks whether it still
/// may, calls its handler, and asks once more before it tells what the handler has found.
struct Endpoint: HTTPResponder {
    typealias Context = APIContext
    typealias Handler =
        @Sendable (Request, APIContext, APIServices) async throws(APIError) -> Response

    let route: APIRoute
    let services: APIServices
    let bodies: BodyLimit
    let handler: Handler

    func respond(to request: Request, context: APIContext) async throws -> Response {
        var context = context
        context.route = route
        try Authorization.check(request, for: route, in: context, services.settings)
        // A stream that nobody reads is not begun.
        if request.method == .head, route == .events {
            return Response(status: .ok, headers: [.contentType: ServerSentEvent.type])
        }
        let known = context
        return try await bodies.collect(
            request, as: route.body, upTo: route.bodyBytesMax(of: request), from: known
        ) { request in
            // A body may be long in coming, and what its sender has shown be revoked meanwhile:
            // whoever has half of it sent already must not act with the other half.
            let checkAgain = services.checkAgain(known)
            if route.body != .none { try checkAgain() }
            let response = try await handler(request, known, services)
            // So may an answer be. Whoever has changed something is told so all the same.
            if route.method == .get, route.access(to: request, services.settings) != .anyone {
                try checkAgain()
            }
            return response
        }
    }
}
