import Core
import Hummingbird
import Synchronization

/// Holds every address to its rate, before anything is done for it.
///
/// The local socket has none: whoever may open it may stop the agent as well.
final class RateLimitMiddleware: RouterMiddleware {
    typealias Context = APIContext

    private let limiter: Mutex<RateLimiter<AddressBlock>>
    private let access: AccessLog
    private let clock: any TimeSource

    init(rate: APISettings.Rate, access: AccessLog, clock: any TimeSource) {
        limiter = Mutex(RateLimiter(perSecond: rate.perSecond, burst: rate.burst))
        self.access = access
        self.clock = clock
    }

    /// - Throws: `TOO_MANY_REQUESTS`, and what the rest of the chain throws.
    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        try check(context.source)
        return try await next(request, context)
    }

    private func check(_ source: API.Source) throws(APIError) {
        if case .unix = source { return }
        let block = AddressBlock(source.address)
        let now = clock.monotonic()
        guard let delay = limiter.withLock({ $0.take(for: block, at: now) }) else { return }
        access.refused(from: source, reason: "TOO_MANY_REQUESTS")
        throw .tooMany(after: delay)
    }
}
