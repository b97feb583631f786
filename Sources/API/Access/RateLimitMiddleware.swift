import Core
import Hummingbird
import Synchronization

/// Holds every address to its rate, before anything is done for it.
///
/// Who is known there (`Authenticator.knownDigest`) has a rate of their own: others at the same
/// address, behind the same proxy or on the same topic, must not use it up. The local socket has
/// none: whoever may open it may stop the agent as well.
final class RateLimitMiddleware: RouterMiddleware {
    typealias Context = APIContext

    /// Whose requests count together.
    private struct Party: Hashable, Sendable {
        var block: AddressBlock
        /// Of what is shown; nil of everybody who is not known.
        var digest: [UInt8]?
    }

    private let limiter: Mutex<RateLimiter<Party>>
    private let authenticator: Authenticator
    private let access: AccessLog
    private let clock: any TimeSource

    init(
        rate: APISettings.Rate, _ authenticator: Authenticator, access: AccessLog,
        clock: any TimeSource
    ) {
        self.authenticator = authenticator
        limiter = Mutex(RateLimiter(perSecond: rate.perSecond, burst: rate.burst))
        self.access = access
        self.clock = clock
    }

    /// - Throws: `TOO_MANY_REQUESTS`, and what the rest of the chain throws.
    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        try check(request, from: context.source)
        return try await next(request, context)
    }

    private func check(_ request: Request, from source: API.Source) throws(APIError) {
        if case .unix = source { return }
        let header = AuthenticationMiddleware.authorization(of: request)
        let party = Party(
            block: AddressBlock(source.address),
            digest: authenticator.knownDigest(in: header, from: source))
        let now = clock.monotonic()
        guard let delay = limiter.withLock({ $0.take(for: party, at: now) }) else { return }
        access.refused(from: source, reason: "TOO_MANY_REQUESTS")
        throw .tooMany(after: delay)
    }
}
