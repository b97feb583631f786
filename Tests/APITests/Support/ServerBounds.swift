import Core

@testable import API

/// What the server bears, as a test wants it.
struct ServerBounds: Sendable {
    var connections = ConnectionTally.Bounds()
    /// More than any test begins: its clock stands still, so that none comes back.
    var handshakes = HandshakeRate.Bounds(
        perAddress: APISettings.Rate(perSecond: 1_000_000, burst: 1_000_000),
        ofLoopback: APISettings.Rate(perSecond: 1_000_000, burst: 1_000_000))
    /// Long, so that no test runs into it by accident where many run at once.
    var patience = ConnectionPatience(head: .seconds(600), request: .seconds(600))
    var unsentBytesMax = Limits.apiUnsentBytesMax
    /// By whose time it goes; nil: by the fixture's clock, as the agent does.
    var clock: (any TimeSource)?
}
