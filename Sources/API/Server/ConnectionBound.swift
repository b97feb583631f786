import NIOCore

/// Stands in a listener's pipeline and keeps it to the tally, and to the rate of handshakes.
final class ConnectionBound: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let tally: ConnectionTally
    private let kind: ConnectionTally.Kind
    private let handshakes: HandshakeRate?
    private let access: AccessLog

    /// - Parameter handshakes: nil where a connection begins without one.
    init(
        _ tally: ConnectionTally, _ kind: ConnectionTally.Kind, _ handshakes: HandshakeRate?,
        access: AccessLog
    ) {
        self.tally = tally
        self.kind = kind
        self.handshakes = handshakes
        self.access = access
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        let block = kind == .tcp ? AddressBlock(of: connection) : nil
        if let reason = refusal(of: connection, from: block) {
            access.refused(from: Source(of: connection), reason: reason)
            return connection.close(promise: nil)
        }
        connection.closeFuture.whenComplete { [tally, kind] _ in
            tally.closed(connection, kind, from: block)
        }
        context.fireChannelRead(data)
    }

    /// Why a connection is not taken; nil: it is, and counts. The rate is asked first, so that a
    /// flood never comes to the tally.
    private func refusal(of connection: any Channel, from block: AddressBlock?) -> String? {
        if let block, let handshakes, !handshakes.mayBegin(from: block) {
            return "TOO_MANY_HANDSHAKES"
        }
        return tally.opened(connection, kind, from: block) ? nil : "TOO_MANY_CONNECTIONS"
    }

    func read(context: ChannelHandlerContext) {
        if tally.mayAccept(kind, on: context.channel) { context.read() }
    }
}
