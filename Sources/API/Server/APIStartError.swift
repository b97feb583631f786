/// Why the API does not answer somewhere. The agent goes on; say it in the log and in health.
public struct APIStartError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where it would: `127.0.0.1:8642`, `unix:/run/jamey/jamey.sock`.
    public var place: String
    /// What is wrong and what to do.
    public var reason: String
    /// There is no directory for the local socket and none could be made, as without systemd.
    public var isForLackOfDirectory: Bool

    public init(place: String, reason: String, isForLackOfDirectory: Bool = false) {
        self.place = place
        self.reason = reason
        self.isForLackOfDirectory = isForLackOfDirectory
    }

    public var description: String { "\(place): \(reason)" }
}
