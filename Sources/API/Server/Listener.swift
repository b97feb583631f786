import Agent
import Core
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// One place where the API answers: takes connections and serves each in a task of its own.
struct Listener: Sendable {
    /// What all listeners share.
    struct Shared: Sendable {
        var group: MultiThreadedEventLoopGroup
        var tally: ConnectionTally
        var handshakes: HandshakeRate
        var unsent: UnsentBytes
        var access: AccessLog
        var responder: RouterResponder<APIContext>
        var clock: any TimeSource
        var log: Logger
        var patience = ConnectionPatience()
    }

    /// What accepts connections.
    let channel: any Channel
    /// Where: `127.0.0.1:8642`.
    let place: String

    /// Listens on a TCP address.
    /// - Throws: why that cannot be.
    static func tcp(
        _ address: ListenAddress, tls: TLSCertificate?, _ shared: Shared
    ) async throws(APIStartError) -> Listener {
        let place = address.text
        do {
            let socket = try SocketAddress(ipAddress: address.host, port: address.port)
            let plain = GuardedChannel(isLocal: false, shared: shared)
            let channel: any Channel
            if let tls {
                channel = try await bootstrap(
                    RenewableTLSChannel(base: plain, certificate: tls), .tcp,
                    isIPv6: address.isIPv6, handshakes: shared.handshakes, shared
                ).bind(to: socket).get()
            } else {
                channel = try await bootstrap(plain, .tcp, isIPv6: address.isIPv6, shared)
                    .bind(to: socket).get()
            }
            let port = channel.localAddress?.port ?? address.port
            return Listener(
                channel: channel, place: ListenAddress(host: address.host, port: port).text)
        } catch { throw APIStartError(place: place, reason: reason(error)) }
    }

    /// Listens on the local socket.
    static func local(
        _ socket: LocalSocket, _ shared: Shared
    ) async throws(APIStartError) -> Listener {
        do {
            let channel = try await bootstrap(
                GuardedChannel(isLocal: true, shared: shared), .local, isIPv6: false, shared
            ).withBoundSocket(socket.descriptor).get()
            return Listener(channel: channel, place: socket.place)
        } catch { throw APIStartError(place: socket.place, reason: reason(error)) }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    private static func bootstrap<Child: ServerChildChannel>(
        _ child: Child, _ kind: ConnectionTally.Kind, isIPv6: Bool,
        handshakes: HandshakeRate? = nil, _ shared: Shared
    ) -> ServerBootstrap {
        let (log, tally, access) = (shared.log, shared.tally, shared.access)
        var bootstrap = ServerBootstrap(group: shared.group)
            .serverChannelOption(.backlog, value: Limits.apiBacklog)
            // One at a time: each listener is over the bound by one at most.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: Limits.apiReceiveBytes)
            )
            // The kernel would keep up to megabytes of each, where we do not see that nobody takes
            // them.
            .childChannelOption(.socketOption(.so_sndbuf), value: Limits.apiSendBytes)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionBound(tally, kind, handshakes, access: access))
                }
            }
            .childChannelInitializer { channel in
                do {
                    try channel.pipeline.syncOperations.addHandler(
                        Listener.answerGuard(of: channel, kind, shared))
                } catch { return channel.eventLoop.makeFailedFuture(error) }
                return child.setup(channel: channel, logger: log).map { connection in
                    _ = Task.detached { await child.handle(value: connection, logger: log) }
                }
            }
        if kind == .tcp {
            bootstrap = bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        }
        if isIPv6 {
            // IPv4 has listeners of its own; a client's address is never one inside the other.
            bootstrap = bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
        }
        return bootstrap
    }

    private static func answerGuard(
        of channel: any Channel, _ kind: ConnectionTally.Kind, _ shared: Shared
    ) -> AnswerGuard {
        let source =
            switch kind {
            case .tcp: Source(of: channel)
            case .local: Source.unix(uid: nil)
            }
        let access = shared.access
        return AnswerGuard(
            within: shared.patience.write, shared.unsent, from: AddressBlock(source.address)
        ) {
            access.refused(from: source, reason: "ANSWERS_NOT_TAKEN")
        }
    }
}
