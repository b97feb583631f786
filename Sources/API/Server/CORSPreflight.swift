import HTTPTypes
import Hummingbird

/// Tells browsers what pages of listed origins may ask for: without credentials, which a preflight
/// has none of, and within the rate of its address as everything else.
struct CORSPreflight: RouterMiddleware {
    typealias Context = APIContext

    let origins: [String]

    private static let fields: HTTPFields = [
        .accessControlAllowMethods: "GET, HEAD, POST, PUT, DELETE",
        .accessControlAllowHeaders:
            "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID, X-Message",
        // Seconds that a browser may remember this.
        .accessControlMaxAge: "600",
    ]

    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .options, request.headers.contains(.accessControlRequestMethod),
            request.origin(of: origins) != nil
        else { return try await next(request, context) }
        return APIResponse.noContent(headers: Self.fields)
    }
}
