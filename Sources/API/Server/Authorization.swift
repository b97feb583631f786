import Core
import Hummingbird

/// Whether somebody may use a route: the one place that compares who asks with the table.
enum Authorization {
    /// - Throws: `UNAUTHENTICATED` where nobody is known, `FORBIDDEN` where the role is too low.
    static func check(
        _ request: Request, for route: APIRoute, in context: APIContext, _ settings: APISettings
    ) throws(APIError) {
        switch route.access(to: request, settings) {
        case .anyone: return
        case .role(let needed):
            guard let principal = context.principal else { throw .unauthenticated }
            // No credentials would help here, those that were shown or others.
            guard context.roleMax >= needed else { throw .forbidden(beyond: context.roleMax) }
            guard principal.role >= needed else { throw .forbidden }
        }
    }
}
