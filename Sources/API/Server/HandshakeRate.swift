import Core
import Synchronization

/// Holds every address to a rate of new connections by TLS, before their handshakes.
///
/// A handshake costs us a signature and is asked for by a few bytes, before anything is known of
/// who asks. A connection has one at most. Without TLS there is no such rate: only this machine can
/// reach such an address, and requests have their own. All listeners share it.
final class HandshakeRate: Sendable {
    struct Bounds: Sendable {
        var perAddress = APISettings.Rate(
            perSecond: Limits.apiHandshakesPerSecond, burst: Limits.apiHandshakesAtOnce)
        /// Of this machine's own.
        var ofLoopback = APISettings.Rate(
            perSecond: Limits.apiHandshakesPerSecondOfLoopback,
            burst: Limits.apiHandshakesAtOnceOfLoopback)
    }

    private struct State: Sendable {
        var others: RateLimiter<AddressBlock>
        var loopback: RateLimiter<AddressBlock>
    }

    private let state: Mutex<State>
    private let clock: any TimeSource

    init(_ bounds: Bounds = Bounds(), clock: any TimeSource) {
        let (others, loopback) = (bounds.perAddress, bounds.ofLoopback)
        state = Mutex(
            State(
                others: RateLimiter(perSecond: others.perSecond, burst: others.burst),
                loopback: RateLimiter(perSecond: loopback.perSecond, burst: loopback.burst)))
        self.clock = clock
    }

    /// Whether an address may begin one more connection, which then counts.
    func mayBegin(from block: AddressBlock) -> Bool {
        let now = clock.monotonic()
        let delay = state.withLock { state in
            block.isLoopback
                ? state.loopback.take(for: block, at: now) : state.others.take(for: block, at: now)
        }
        return delay == nil
    }
}
