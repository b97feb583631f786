import Glibc
import NIOCore

extension Source {
    /// The peer of a connection by TCP.
    init(of channel: any Channel) {
        self = .address(channel.remoteAddress?.ipAddress ?? "")
    }

    /// The peer of a connection.
    init(of channel: any Channel, isLocal: Bool) async {
        if isLocal {
            self = .unix(uid: await Self.peer(of: channel)?.user)
        } else {
            self = Source(of: channel)
        }
    }

    /// `struct ucred` of unix(7), which Swift's Glibc module leaves out.
    private struct Peer: Sendable {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    private static func peer(of channel: any Channel) async -> Peer? {
        guard let socket = channel as? any SocketOptionProvider else { return nil }
        let credentials: EventLoopFuture<Peer> = socket.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        return try? await credentials.get()
    }
}

extension AddressBlock {
    /// Where a connection by TCP comes from.
    init(of channel: any Channel) { self.init(channel.remoteAddress?.ipAddress ?? "") }
}
