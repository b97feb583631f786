import HTTPTypes
import Hummingbird

/// One route of the table: asks whether it may be used, collects the body, and calls its handler.
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
            try await handler(request, known, services)
        }
    }
}
