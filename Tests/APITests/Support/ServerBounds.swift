import Core

@testable import API

/// What the server bears, as a test wants it.
struct ServerBounds: Sendable {
    var connections = ConnectionTally.Bounds()
    var patience = ConnectionPatience()
    var unsentBytesMax = Limits.apiUnsentBytesMax
    /// By whose time it goes; nil: by the fixture's clock, as the agent does.
    var clock: (any TimeSource)?
}
