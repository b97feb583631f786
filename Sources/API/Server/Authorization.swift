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

    /// Whether somebody with a role may use it, where nothing special is asked for.
    static func admits(_ role: Role, to route: APIRoute) -> Bool {
        switch route.access {
        case .anyone: true
        case .role(let needed): role >= needed
        }
    }
}
