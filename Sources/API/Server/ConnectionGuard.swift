import Core
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Holds the client of one connection to its time, and answers what is no HTTP.
///
/// It sees to a head that does not come, to a body that stalls, trickles or never ends, and to the
/// end behind the last of too many refusals (`ConnectionRefusals`); `AnswerGuard` sees to answers
/// that nobody takes. Hummingbird's own bound to idle connections is not used: it would close one
/// whose body stalls without a word. This handler stands right behind the codec, and is touched on
/// the connection's event loop only.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let patience: ConnectionPatience
    /// Requests whose answers have not ended.
    private var unanswered = 0
    /// A head came and its end did not.
    private var isReading = false
    /// Of the newest request.
    private var bodyBytes = 0
    /// Nothing comes behind the newest request: it asks for the end of the connection, or for
    /// another protocol, and the codec takes what follows for no HTTP, and would keep all of it.
    private var isLast = false
    /// Nothing more is taken from the socket.
    private var isDeaf = false
    /// Nothing is read any longer; what was said last may still leave.
    private var isEnding = false
    /// The answer that is being written is the last one.
    private var isLastAnswer = false
    /// It is written.
    private var hasAnsweredLast = false
    private var headTimer: Scheduled<Void>?
    private var requestTimer: Scheduled<Void>?
    private var farewellTimer: Scheduled<Void>?

    init(_ patience: ConnectionPatience = ConnectionPatience()) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) { awaitHead(context) }

    func handlerRemoved(context: ChannelHandlerContext) { cancelTimers() }

    func channelInactive(context: ChannelHandlerContext) {
        cancelTimers()
        context.fireChannelInactive()
    }

    // MARK: The request

    /// Where nothing is under way. One that still takes what it was answered will not ask again
    /// before.
    private func awaitHead(_ context: ChannelHandlerContext) {
        guard unanswered == 0, !isReading, !isEnding else { return }
        headTimer?.cancel()
        headTimer = timer(patience.head, context) { [weak self] in
            guard let self, Self.isTaking(context) else { return context.close(promise: nil) }
            self.awaitHead(context)
        }
    }

    private static func isTaking(_ context: ChannelHandlerContext) -> Bool {
        let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return (waiting ?? 0) > 0
    }

    func read(context: ChannelHandlerContext) {
        if !isDeaf { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnding else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard head.method != .connect else { return refuseTunnel(context) }
            isLast = head.isLast
            begin(context)
        case .body(let bytes): bodyBytes += bytes.readableBytes
        case .end:
            isReading = false
            requestTimer?.cancel()
            requestTimer = nil
            isDeaf = isLast
            // It may have been answered before its end came.
            awaitNext(context)
        }
        context.fireChannelRead(data)
        closeIfEndless(context)
    }

    /// What asks for another protocol is answered in this one; behind the last there is nothing.
    private func awaitNext(_ context: ChannelHandlerContext) {
        guard isDeaf, unanswered == 0 else { return awaitHead(context) }
        isEnding = true
        sayFarewell(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        isReading = true
        unanswered += 1
        bodyBytes = 0
        headTimer?.cancel()
        headTimer = nil
        requestTimer?.cancel()
        requestTimer = timer(patience.request, context) { [weak self] in
            guard let self, self.isReading else { return }
            // Whoever collects the body answers it; whoever has answered already is done.
            context.fireErrorCaught(ConnectionError.requestTooSlow)
            self.end(context)
        }
    }

    /// Gives leave to send a body, to whoever waits for it (RFC 9110, section 10.1.1).
    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is BodyWanted else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed(())
        // What was asked before is answered first, and who sends already needs no leave.
        guard isReading, !isEnding, unanswered == 1, bodyBytes == 0 else { return }
        let leave = HTTPResponse(status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(leave)), promise: nil)
    }

    /// A body that was refused need not be read to its end.
    private func closeIfEndless(_ context: ChannelHandlerContext) {
        guard isReading, unanswered == 0, bodyBytes > Limits.apiBodyBytesMax else { return }
        context.close(promise: nil)
    }

    // MARK: The answer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasAnsweredLast else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        var part = unwrapOutboundIn(data)
        if case .head(var head) = part {
            isLastAnswer = isLastAnswer || ConnectionRefusals.isLast(head)
            // Or a client may use it again before it hears that it is closed.
            if isLast, unanswered == 1 { head.headerFields[.connection] = "close" }
            part = .head(head)
        }
        context.write(wrapOutboundOut(part), promise: promise)
        guard case .end = part else { return }
        unanswered = max(0, unanswered - 1)
        if isLastAnswer { return endRefused(context) }
        guard unanswered == 0 else { return }
        if isEnding { sayFarewell(context) } else { awaitNext(context) }
    }

    /// A refusal costs its sender nothing, and a new connection does. What was asked behind it is
    /// neither carried out nor answered.
    private func endRefused(_ context: ChannelHandlerContext) {
        (hasAnsweredLast, isEnding, isDeaf) = (true, true, true)
        cancelTimers()
        // Whoever writes is in the midst of it, and flushes then.
        context.eventLoop.assumeIsolated().execute {
            context.close(mode: .output, promise: nil)
        }
        sayFarewell(context)
    }

    // MARK: What is no HTTP

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isEnding else { return }
        // Within a request, whoever reads it must not take what came for the whole.
        guard let error = error as? HTTPParserError, unanswered == 0, context.channel.isActive
        else { return context.fireErrorCaught(error) }
        answer(Self.refusal(of: error), context)
        end(context)
    }

    private func refuseTunnel(_ context: ChannelHandlerContext) {
        (isEnding, isDeaf) = (true, true)
        answer(.badRequest("this is no proxy"), context)
        context.close(promise: nil)
    }

    private func answer(_ refusal: APIError, _ context: ChannelHandlerContext) {
        let body = refusal.json(isDebug: false)
        var head = HTTPResponse(status: refusal.status)
        head.headerFields[.connection] = "close"
        head.headerFields[.contentType] = "application/json"
        head.headerFields[.contentLength] = String(body.count)
        for field in SecurityHeaders.fields() { head.headerFields[field.name] = field.value }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private static func refusal(of error: HTTPParserError) -> APIError {
        if case .headerOverflow = error {
            return APIError(
                .requestHeaderFieldsTooLarge, code: "BAD_REQUEST",
                message: "the head of a request has at most \(Limits.apiHeadBytesMax) bytes")
        }
        return .badRequest("this is no HTTP/1.1")
    }

    /// Nothing more is read. What is under way may still be answered: whoever does so may have to
    /// wait for a thread, and the time that the client gets must not pass meanwhile.
    private func end(_ context: ChannelHandlerContext) {
        isEnding = true
        guard unanswered == 0 else {
            farewellTimer = timer(patience.answer, context) { context.close(promise: nil) }
            return
        }
        sayFarewell(context)
        context.close(mode: .output, promise: nil)
    }

    /// Everything is said. The client gets the time to take it: with bytes unread, a close would
    /// throw it away.
    private func sayFarewell(_ context: ChannelHandlerContext) {
        farewellTimer?.cancel()
        farewellTimer = timer(patience.farewell, context) { context.close(promise: nil) }
    }

    // MARK: Time

    private func timer(
        _ delay: Duration, _ context: ChannelHandlerContext, _ body: @escaping () -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay), body)
    }

    private func cancelTimers() {
        for timer in [headTimer, requestTimer, farewellTimer] { timer?.cancel() }
        (headTimer, requestTimer, farewellTimer) = (nil, nil, nil)
    }
}

extension HTTPRequest {
    /// Whether nothing may come behind it on its connection (RFC 9112, section 9.6).
    fileprivate var isLast: Bool {
        if headerFields[.upgrade] != nil { return true }
        let options = headerFields[.connection]?.lowercased().split(separator: ",") ?? []
        return options.contains { $0.filter { !$0.isWhitespace } == "close" }
    }
}

/// Somebody is about to read the body of the request that is under way: an event on its way out.
struct BodyWanted: Sendable {}

/// Why a connection ended on our side.
enum ConnectionError: Error {
    /// A request did not come to its end in `Limits.apiRequestTimeMax`.
    case requestTooSlow
}
