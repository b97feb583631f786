import Core
import HTTPTypes
import Hummingbird
import Synchronization

/// Puts who asks into the context, holds them to their rate, and has the audit chain know what
/// became of it: who came, who was sent away, and who changed something.
///
/// Whether they may do what they ask for is decided behind it, by the table (`Authorization`).
/// Routes for anyone answer anyone, also with credentials that are not good: a probe with an old
/// key is to be heard. Good ones are told more by probes, so that bad ones count as attempts there;
/// what is the same for everybody (`APIRoute.dependsOnWhoAsks`) looks at none.
final class AuthenticationMiddleware: RouterMiddleware {
    typealias Context = APIContext

    private let authenticator: Authenticator
    private let limiter: Mutex<RateLimiter<String>>
    private let settings: APISettings
    private let access: AccessLog
    private let clock: any TimeSource

    init(
        _ authenticator: Authenticator, settings: APISettings, access: AccessLog,
        clock: any TimeSource
    ) {
        self.authenticator = authenticator
        limiter = Mutex(
            RateLimiter(
                perSecond: settings.rate.perSecond, burst: settings.rate.burst))
        self.settings = settings
        self.access = access
        self.clock = clock
    }

    /// - Throws: `UNAUTHENTICATED`, `LOCKED_OUT`, `TOO_MANY_REQUESTS`, `UNAVAILABLE`, and what the
    ///   rest throws.
    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        guard let route = context.route ?? APIRoute(of: request, at: context.endpointPath) else {
            // No route, and nothing to be told there.
            return try await next(request, context)
        }
        if route.access(to: request, settings) == .anyone {
            context.principal = visitor(request, context, route)
            // Or somebody with many tokens would have as many rates at each address.
            if let visitor = context.principal, Self.authorization(of: request) != nil {
                try check(visitor, from: context.source)
            }
            return try await next(request, context)
        }
        let principal = try principal(request, context, route)
        try check(principal, from: context.source)
        context.principal = principal
        let response = try await answer(request, context, route, principal, next)
        if response.status.code < 300, route.isNotedAsChange(request) {
            access.changed(principal, from: context.source, what: route.pattern)
        }
        return response
    }

    private func principal(
        _ request: Request, _ context: APIContext, _ route: APIRoute
    ) throws(APIError) -> Principal {
        let header = Self.authorization(of: request)
        // By the broker, which decides who may ask without credentials.
        if header == nil, let trusted = context.principal {
            access.authenticated(trusted, from: context.source)
            return trusted
        }
        return try authenticator.authenticate(
            header: header, source: context.source, at: clock.now(), asking: route.pattern
        ).get().held(to: context.roleMax)
    }

    /// Who asks for what is for anyone; nil: it does not matter.
    private func visitor(
        _ request: Request, _ context: APIContext, _ route: APIRoute
    ) -> Principal? {
        // Or a made-up token would cost a signature at the rate of the dashboard's files.
        guard route.dependsOnWhoAsks else { return context.principal }
        if Self.authorization(of: request) != nil {
            return try? principal(request, context, route)
        }
        // Nobody has to be let in here, and nobody is noted.
        if case .unix(let uid) = context.source { return .local(uid) }
        return context.principal
    }

    /// With the refusal of a role that is too low noted on its way out.
    private func answer(
        _ request: Request, _ context: APIContext, _ route: APIRoute, _ principal: Principal,
        _ next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as APIError where error.status == .forbidden {
            access.refused(
                name: principal.name, from: context.source, what: route.pattern,
                reason: error.code)
            throw error
        }
    }

    /// Two fields would be two people: the empty text is no credential.
    static func authorization(of request: Request) -> String? {
        let fields = request.headers[fields: .authorization]
        return fields.count > 1 ? "" : fields.first?.value
    }

    private func check(_ principal: Principal, from source: API.Source) throws(APIError) {
        if case .unix = source { return }
        let now = clock.monotonic()
        guard let delay = limiter.withLock({ $0.take(for: principal.name, at: now) }) else {
            return
        }
        access.refused(name: principal.name, from: source, reason: "TOO_MANY_REQUESTS")
        throw .tooMany(after: delay)
    }
}
