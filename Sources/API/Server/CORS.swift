import HTTPTypes
import Hummingbird

/// Lets pages of listed origins ask; those of all others are held back by their browsers.
struct CORS: RouterMiddleware {
    typealias Context = APIContext

    let origins: [String]

    private static let methods = "GET, HEAD, POST, PUT, DELETE"
    private static let requestFields =
        "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID"
    private static let responseFields = "ETag, Location, Retry-After, WWW-Authenticate"
    /// Seconds that a browser may remember the answer to a preflight.
    private static let maxAge = "600"

    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard !origins.isEmpty else { return try await next(request, context) }
        var response: Response
        if let origin = listedOrigin(of: request) {
            response =
                Self.isPreflight(request)
                ? APIResponse.noContent(headers: Self.preflight) : try await next(request, context)
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = Self.responseFields
        } else {
            response = try await next(request, context)
        }
        // Caches must not give one origin's answer to another.
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        return response
    }

    private func listedOrigin(of request: Request) -> String? {
        request.headers[.origin].flatMap { origins.contains($0) ? $0 : nil }
    }

    private static func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers.contains(.accessControlRequestMethod)
    }

    private static let preflight: HTTPFields = [
        .accessControlAllowMethods: methods, .accessControlAllowHeaders: requestFields,
        .accessControlMaxAge: maxAge,
    ]
}
