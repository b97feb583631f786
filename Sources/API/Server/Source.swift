import Core

/// Where a request comes from: the peer of the socket, never what a header says.
public enum Source: Hashable, Sendable {
    /// The local socket, with the account at the other end where the kernel tells it.
    case unix(uid: UInt32?)
    /// An IP address, without the port.
    case address(String)
    /// The broker.
    case mqtt

    /// As the audit chain names it: `unix`, `127.0.0.1`, `mqtt`.
    public var address: String {
        switch self {
        case .unix: "unix"
        case .address(let address): address
        case .mqtt: "mqtt"
        }
    }
}
