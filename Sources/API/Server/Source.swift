import Core

/// Where a request comes from: the peer of the socket, never what a header says.
public enum Source: Hashable, Sendable {
    /// The local socket, with the account at the other end where the kernel tells it.
    case unix(uid: UInt32?)
    /// An IP address, without the port.
    case address(String)
    /// The broker, by a topic of requests as it is configured: `api/requests`.
    case mqtt(topic: String)

    /// As the audit chain names it: `unix`, `127.0.0.1`, `mqtt:api/requests`.
    public var address: String {
        switch self {
        case .unix: "unix"
        case .address(let address): address
        case .mqtt(let topic): "mqtt:" + topic
        }
    }
}
