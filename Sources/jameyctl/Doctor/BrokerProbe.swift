import Core
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Tries whether a broker takes a connection, and with TLS whether both trust each other.
///
/// Nothing of MQTT is said: the broker sees a connection that ends.
struct BrokerProbe: Sendable {
    /// What the files hold that the configuration names, as PEM.
    struct TLS: Sendable {
        /// nil: those of the system.
        var authorities: [UInt8]?
        var certificate: [UInt8]?
        var key: [UInt8]?
        var allowsTLS12: Bool
    }

    var host: String
    var port: Int
    /// nil: none.
    var tls: TLS?

    /// Waits until the broker is there, or is not.
    func run() -> Result<Void, ConnectionFault> {
        let result = Blocking.run(within: Limits.brokerProbeTimeMax, unless: { false }) {
            await connect()
        }
        return result ?? .failure(.late)
    }

    private func connect() async -> Result<Void, ConnectionFault> {
        do {
            if let tls {
                try await handshake(tls)
            } else {
                try await bootstrap.connect(host: host, port: port).get().close().get()
            }
            return .success(())
        } catch { return .failure(ConnectionFault(error)) }
    }

    private var bootstrap: ClientBootstrap {
        ClientBootstrap(group: EventLoops.group)
            .connectTimeout(TimeAmount(Limits.daemonConnectTimeMax))
    }

    private func handshake(_ tls: TLS) async throws {
        let context = try NIOSSLContext(configuration: try tls.configuration())
        // An address is no name that can be asked for; the certificate must have it all the same.
        let name = NumericAddress(host) == nil ? host : nil
        let channel = try await bootstrap.connect(host: host, port: port).get()
        let outcome = channel.eventLoop.makePromise(of: Void.self)
        // Not before: where a name has several addresses, several connections are tried.
        let start = channel.eventLoop.submit {
            let handlers = channel.pipeline.syncOperations
            try handlers.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
            try handlers.addHandler(HandshakeWatch(outcome))
        }
        start.whenFailure { outcome.fail($0) }
        try await outcome.futureResult.get()
        channel.close(promise: nil)
    }
}

extension BrokerProbe.TLS {
    /// - Throws: `.untrusted` where a file holds nothing of the kind.
    fileprivate func configuration() throws(ConnectionFault) -> TLSConfiguration {
        var configuration = try TLSConfiguration.trusting(authorities)
        configuration.minimumTLSVersion = allowsTLS12 ? .tlsv12 : .tlsv13
        guard let certificate, let key else { return configuration }
        do {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
        } catch {
            throw .untrusted("our own certificate or its key is no PEM")
        }
        return configuration
    }
}

/// Tells how a handshake of TLS ended.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What comes after the first word to it is not heard.
    private let outcome: EventLoopPromise<Void>

    init(_ outcome: EventLoopPromise<Void>) { self.outcome = outcome }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            outcome.succeed(())
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        outcome.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        outcome.fail(ConnectionFault.broken("it was closed before it was encrypted"))
        context.fireChannelInactive()
    }
}
