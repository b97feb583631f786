import HTTPTypes
import Hummingbird

/// Tells browsers to be careful with every answer, and answers HEAD without a body.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = APIContext

    /// Whether TCP speaks TLS.
    let isEncrypted: Bool

    /// Nothing that is answered is a page, but for the dashboard, which says so itself.
    private static let policy = "default-src 'none'; frame-ancestors 'none'"

    private static let fixed: [HTTPField] = [
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ].compactMap { name, value in
        HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
    }

    /// What an answer has to have beside its own.
    static func fields(beside own: HTTPFields = [:]) -> [HTTPField] {
        var fields = fixed
        if !own.contains(.contentSecurityPolicy) {
            fields.append(HTTPField(name: .contentSecurityPolicy, value: policy))
        }
        if !own.contains(.cacheControl) {
            fields.append(HTTPField(name: .cacheControl, value: "no-store"))
        }
        return fields
    }

    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for field in Self.fields(beside: response.headers) {
            response.headers[field.name] = field.value
        }
        if isEncrypted, case .address = context.source {
            response.headers[.strictTransportSecurity] = "max-age=31536000"
        }
        return request.method == .head ? response.createHeadResponse() : response
    }
}
