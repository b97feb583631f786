import Core
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Serves HTTP on each connection, with what is known of that one alone.
struct GuardedChannel: ServerChildChannel {
    /// A connection, and what serves it.
    struct Value: ServerChildChannelValue {
        let http: HTTP1Channel
        let parts: HTTP1Channel.Value

        var channel: any Channel { parts.channel }
    }

    let isLocal: Bool
    let shared: Listener.Shared

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let http = self.http(ConnectionRefusals())
        return http.setup(channel: channel, logger: logger).map { parts in
            Value(http: http, parts: parts)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await value.http.handle(value: value.parts, logger: logger)
    }

    private func http(_ refusals: ConnectionRefusals) -> HTTP1Channel {
        let (isLocal, shared, patience) = (self.isLocal, self.shared, self.shared.patience)
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(patience)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.apiFieldBytesMax,
                maxHeaderListSize: Limits.apiHeadBytesMax,
                maxHeaderFieldCount: Limits.apiFieldsMax))
        return HTTP1Channel(
            responder: { (request, writer: consuming ResponseWriter, channel) in
                // The connection ends with what is answered already; an error would end it before
                // that has left.
                guard !refusals.isOver else { return }
                let client = await Source(of: channel, isLocal: isLocal)
                var source = APIContextSource(client: client, logger: shared.log)
                if request.headers[.expect]?.lowercased() == "100-continue" {
                    source.wantBody = {
                        channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
                    }
                }
                let context = APIContext(source: source)
                var response = try await shared.responder.respond(to: request, context: context)
                response.headers[.date] = HTTPDate.text(shared.clock.now())
                refusals.note(&response)
                let id = ObjectIdentifier(channel)
                // It is in memory as a whole, and will be until those before it are taken.
                shared.unsent.announce(response.body.contentLength ?? 0, on: id)
                defer { shared.unsent.handedOver(on: id) }
                try await writer.write(response: response.head, body: response.body)
                // A write is over before the connection has it, so that all requests of one read
                // would be answered into the memory. Once the event loop has come by, the next one
                // waits where the client takes nothing.
                try await channel.eventLoop.submit {}.get()
            }, configuration: configuration)
    }
}
