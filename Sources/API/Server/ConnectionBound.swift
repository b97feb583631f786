import NIOCore

/// Stands in a listener's pipeline and keeps it to the tally.
final class ConnectionBound: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let tally: ConnectionTally
    private let kind: ConnectionTally.Kind
    private let access: AccessLog

    init(_ tally: ConnectionTally, _ kind: ConnectionTally.Kind, access: AccessLog) {
        self.tally = tally
        self.kind = kind
        self.access = access
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        let block = kind == .tcp ? AddressBlock(of: connection) : nil
        guard tally.opened(connection, kind, from: block) else {
            access.refused(from: Source(of: connection), reason: "TOO_MANY_CONNECTIONS")
            return connection.close(promise: nil)
        }
        connection.closeFuture.whenComplete { [tally, kind] _ in
            tally.closed(connection, kind, from: block)
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if tally.mayAccept(kind, on: context.channel) { context.read() }
    }
}
