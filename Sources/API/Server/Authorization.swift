import Core
import Hummingbird

/// Whether somebody may use a route: the one place that compares who asks with the table.
enum Authorization {
    /// - Throws: `UNAUTHENTICATED` where nobody is known, `FORBIDDEN` where the role is too low.
    static func check(
        _ request: Request, for route: APIRoute, by principal: Principal?,
        _ settings: APISettings
    ) throws(APIError) {
        switch route.access(to: request, settings) {
        case .anyone: return
        case .role(let needed):
            guard let principal else { throw .unauthenticated }
            guard principal.role >= needed else { throw .forbidden }
        }
    }
}
