import Core
import NIOCore

/// Holds the client of one connection to taking its answers, streams of events too.
///
/// Where the socket does not take everything at once, the client has to take
/// `Limits.apiWriteBytesMin` in each `Limits.apiWriteTimeMax`, or less if that was all; and what
/// waits is held to the bound over all connections (`UnsentBytes`). This handler stands next to the
/// socket, so heads count and TLS as it is sent. It is touched on the connection's event loop only,
/// and takes a lock only where something waits.
final class AnswerGuard: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Bytes whose departure is heard of at a time.
    private static let pieceBytes = 16 << 10

    private let period: Duration
    private let unsent: UnsentBytes
    private let block: AddressBlock
    private let refused: @Sendable () -> Void
    /// Bytes that the socket has not taken.
    private var waiting = 0
    /// Others know of them.
    private var isNoted = false
    private var pace = AnswerPace()
    private var timer: Scheduled<Void>?

    /// - Parameters:
    ///   - period: shorter in tests.
    ///   - block: where the connection comes from.
    ///   - refused: called where it is ended since others need the room.
    init(
        within period: Duration, _ unsent: UnsentBytes, from block: AddressBlock,
        refused: @escaping @Sendable () -> Void
    ) {
        self.period = period
        self.unsent = unsent
        self.block = block
        self.refused = refused
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        guard case .byteBuffer(var bytes) = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        while bytes.readableBytes > Self.pieceBytes,
            let piece = bytes.readSlice(length: Self.pieceBytes)
        {
            write(piece, nil, context)
        }
        write(bytes, promise, context)
    }

    private func write(
        _ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) {
        let count = bytes.readableBytes
        waiting += count
        pace.add(count)
        let taken = context.eventLoop.makePromise(of: Void.self)
        if let promise { taken.futureResult.cascade(to: promise) }
        let id = ObjectIdentifier(context.channel)
        taken.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            self?.took(count, id)
        }
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: taken)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard waiting > 0, context.channel.isActive else { return }
        isNoted = true
        let (bound, refused) = (context.loopBound, self.refused)
        unsent.wait(ObjectIdentifier(context.channel), from: block, written: waiting) {
            // Whoever writes is in the midst of it; and TLS would have its farewell taken first.
            bound.eventLoop.execute { bound.value.close(promise: nil) }
            refused()
        }
        if timer == nil { watch(context) }
    }

    /// It has left, or never will.
    private func took(_ count: Int, _ id: ObjectIdentifier) {
        waiting -= count
        if isNoted { unsent.took(id, written: waiting) }
        guard waiting == 0 else { return }
        isNoted = false
        timer?.cancel()
        timer = nil
    }

    /// From when something waits until nothing does.
    private func watch(_ context: ChannelHandlerContext) {
        pace.begin(Self.waitingBytes(context))
        ask(context)
    }

    private func ask(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(period)) {
            [weak self] in
            guard let self else { return }
            guard self.pace.taken(Self.waitingBytes(context)) >= Limits.apiWriteBytesMin else {
                return context.close(promise: nil)
            }
            self.ask(context)
        }
    }

    /// To the byte, where pieces are gone as a whole.
    private static func waitingBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
