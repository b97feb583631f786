import Core
import NIOCore
import Synchronization

/// The open connections of all listeners: how many they are, which, and where from.
///
/// At the bound nothing more is accepted; what comes waits in the kernel until a connection ends,
/// which costs nothing here. TCP leaves `Limits.apiConnectionsReserved` to the local socket. An
/// address has a bound of its own, or one could keep all others out: what is beyond it is closed.
final class ConnectionTally: Sendable {
    /// What a listener listens on.
    enum Kind: Sendable {
        case tcp, local
    }

    struct Bounds: Sendable {
        var all = Limits.apiConnectionsMax
        /// Of these.
        var reserved = Limits.apiConnectionsReserved
        /// Of one address.
        var perAddress = Limits.apiConnectionsPerAddress
        /// Of this machine's own, by TCP.
        var ofLoopback = Limits.apiConnectionsOfLoopback

        func most(from block: AddressBlock) -> Int { block.isLoopback ? ofLoopback : perAddress }
    }

    private struct State {
        var connections: [ObjectIdentifier: any Channel] = [:]
        var tcpCount = 0
        /// By TCP; of each address that has any.
        var counts: [AddressBlock: Int] = [:]
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

    /// - Parameter block: where it comes from; nil by the local socket, which has no such bound.
    /// - Returns: false: its address has as many as it may, and this one does not count.
    func opened(_ connection: any Channel, _ kind: Kind, from block: AddressBlock?) -> Bool {
        state.withLock { state in
            if let block {
                let count = state.counts[block, default: 0]
                guard count < bounds.most(from: block) else { return false }
                state.counts[block] = count + 1
            }
            state.connections[ObjectIdentifier(connection)] = connection
            if kind == .tcp { state.tcpCount += 1 }
            return true
        }
    }

    /// - Parameter block: what was said when it was opened.
    func closed(_ connection: any Channel, _ kind: Kind, from block: AddressBlock?) {
        let (listeners, empty) = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = nil
            if kind == .tcp { state.tcpCount -= 1 }
            if let block, let count = state.counts[block] {
                state.counts[block] = count > 1 ? count - 1 : nil
            }
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
