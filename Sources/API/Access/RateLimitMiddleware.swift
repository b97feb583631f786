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

    private struct Buckets: Sendable {
        var requests: RateLimiter<Party>
        /// Of the dashboard's own files: one page is made of some thirty.
        var files: RateLimiter<AddressBlock>
    }

    private let buckets: Mutex<Buckets>
    private let authenticator: Authenticator
    private let access: AccessLog
    private let clock: any TimeSource

    init(
        rate: APISettings.Rate, _ authenticator: Authenticator, access: AccessLog,
        clock: any TimeSource
    ) {
        self.authenticator = authenticator
        let pages = Limits.rateOfFiles
        buckets = Mutex(
            Buckets(
                requests: RateLimiter(perSecond: rate.perSecond, burst: rate.burst),
                files: RateLimiter(
                    perSecond: rate.perSecond * Double(pages), burst: rate.burst * pages)))
        self.access = access
        self.clock = clock
    }

    private static let files = "/dashboard/"

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
        let block = AddressBlock(source.address)
        let now = clock.monotonic()
        let delay: Duration?
        if request.uri.path.hasPrefix(Self.files) {
            delay = buckets.withLock { $0.files.take(for: block, at: now) }
        } else {
            let header = AuthenticationMiddleware.authorization(of: request)
            let digest = authenticator.knownDigest(in: header, from: source)
            let party = Party(block: block, digest: digest)
            delay = buckets.withLock { $0.requests.take(for: party, at: now) }
        }
        guard let delay else { return }
        access.refused(from: source, reason: "TOO_MANY_REQUESTS")
        throw .tooMany(after: delay)
    }
}
