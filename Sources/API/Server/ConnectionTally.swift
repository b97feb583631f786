import Core
import NIOCore
import Synchronization

/// The open connections of all listeners: how many they are, and which.
///
/// At the bound nothing more is accepted; what comes waits in the kernel until a connection ends,
/// which costs nothing here. TCP leaves `Limits.apiConnectionsReserved` to the local socket.
final class ConnectionTally: Sendable {
    /// What a listener listens on.
    enum Kind: Sendable {
        case tcp, local
    }

    struct Bounds: Sendable {
        var all = Limits.apiConnectionsMax
        /// Of these.
        var reserved = Limits.apiConnectionsReserved
    }

    private struct State {
        var connections: [ObjectIdentifier: any Channel] = [:]
        var tcpCount = 0
        /// Listeners that would accept more.
        var waiting: [any Channel] = []
        var whenEmpty: CheckedContinuation<Void, Never>?
    }

    private let bounds: Bounds
    private let state = Mutex(State())

    init(_ bounds: Bounds = Bounds()) { self.bounds = bounds }

    var count: Int { state.withLock { $0.connections.count } }
    var connections: [any Channel] { state.withLock { Array($0.connections.values) } }

    /// Whether a listener may accept one more; if not, it is told to read again when it may.
    func mayAccept(_ kind: Kind, on listener: any Channel) -> Bool {
        state.withLock { state in
            let isFull = state.connections.count >= bounds.all
            let isOver = kind == .tcp && state.tcpCount >= bounds.all - bounds.reserved
            guard isFull || isOver else { return true }
            let isWaiting = state.waiting.contains { $0 === listener }
            if !isWaiting { state.waiting.append(listener) }
            return false
        }
    }

    func opened(_ connection: any Channel, _ kind: Kind) {
        state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = connection
            if kind == .tcp { state.tcpCount += 1 }
        }
    }

    func closed(_ connection: any Channel, _ kind: Kind) {
        let (listeners, empty) = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = nil
            if kind == .tcp { state.tcpCount -= 1 }
            defer {
                state.waiting = []
                if state.connections.isEmpty { state.whenEmpty = nil }
            }
            return (state.waiting, state.connections.isEmpty ? state.whenEmpty : nil)
        }
        for listener in listeners { listener.read() }
        empty?.resume()
    }

    /// Returns once no connection is open, or `giveUp` was called. For one caller.
    func becomesEmpty() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isEmpty = state.withLock { state in
                guard !state.connections.isEmpty else { return true }
                state.whenEmpty = continuation
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }

    func giveUp() {
        let waiting = state.withLock { state in
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        waiting?.resume()
    }
}

/// Stands in a listener's pipeline and keeps it to the tally.
final class ConnectionBound: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let tally: ConnectionTally
    private let kind: ConnectionTally.Kind

    init(_ tally: ConnectionTally, _ kind: ConnectionTally.Kind) {
        self.tally = tally
        self.kind = kind
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        tally.opened(connection, kind)
        connection.closeFuture.whenComplete { [tally, kind] _ in
            tally.closed(connection, kind)
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if tally.mayAccept(kind, on: context.channel) { context.read() }
    }
}
