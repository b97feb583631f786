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
        var responder: RouterResponder<APIContext>
        var clock: any TimeSource
        var log: Logger
        var patience = ConnectionGuard.Patience()
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
            let plain = http(isLocal: false, shared)
            let channel: any Channel
            if let tls {
                channel = try await bootstrap(
                    RenewableTLSChannel(base: plain, certificate: tls), .tcp,
                    isIPv6: address.isIPv6, shared
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
                http(isLocal: true, shared), .local, isIPv6: false, shared
            ).withBoundSocket(socket.descriptor).get()
            return Listener(channel: channel, place: socket.place)
        } catch { throw APIStartError(place: socket.place, reason: reason(error)) }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    /// How connections are set up and served.
    private static func http(isLocal: Bool, _ shared: Shared) -> HTTP1Channel {
        let patience = shared.patience
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(patience)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.apiFieldBytesMax,
                maxHeaderListSize: Limits.apiHeadBytesMax,
                maxHeaderFieldCount: Limits.apiFieldsMax))
        return HTTP1Channel(
            responder: { (request, writer: consuming ResponseWriter, channel) in
                let client = await Source(of: channel, isLocal: isLocal)
                let context = APIContext(
                    source: APIContextSource(client: client, logger: shared.log))
                var response = try await shared.responder.respond(to: request, context: context)
                response.headers[.date] = HTTPDate.text(shared.clock.now())
                try await writer.write(response: response.head, body: response.body)
            }, configuration: configuration)
    }

    private static func bootstrap<Child: ServerChildChannel>(
        _ child: Child, _ kind: ConnectionTally.Kind, isIPv6: Bool, _ shared: Shared
    ) -> ServerBootstrap {
        let log = shared.log
        let tally = shared.tally
        var bootstrap = ServerBootstrap(group: shared.group)
            .serverChannelOption(.backlog, value: Limits.apiBacklog)
            // One at a time: each listener is over the bound by one at most.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: Limits.apiReceiveBytes)
            )
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConnectionBound(tally, kind))
                }
            }
            .childChannelInitializer { channel in
                child.setup(channel: channel, logger: log).map { connection in
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
}

extension Source {
    /// The peer of a connection.
    init(of channel: any Channel, isLocal: Bool) async {
        if isLocal {
            self = .unix(uid: await Self.peer(of: channel)?.user)
        } else {
            self = .address(channel.remoteAddress?.ipAddress ?? "")
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
