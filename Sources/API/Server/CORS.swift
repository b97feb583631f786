import HTTPTypes
import Hummingbird

/// Lets pages of listed origins ask; those of all others are held back by their browsers.
///
/// What asks beforehand whether it may (a preflight) is answered by `CORSPreflight`.
struct CORS: RouterMiddleware {
    typealias Context = APIContext

    let origins: [String]

    private static let responseFields = "ETag, Location, Retry-After, WWW-Authenticate"

    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard !origins.isEmpty else { return response }
        if let origin = request.origin(of: origins) {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = Self.responseFields
        }
        // Caches must not give one origin's answer to another.
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        return response
    }
}

extension Request {
    /// The origin of the page that asks; nil where it is none of these.
    func origin(of listed: [String]) -> String? {
        headers[.origin].flatMap { listed.contains($0) ? $0 : nil }
    }
}
