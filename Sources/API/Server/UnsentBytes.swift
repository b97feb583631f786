import Core
import NIOCore
import Synchronization

/// What clients have not taken of their answers, over all connections, and its bound.
///
/// Beyond `Limits.apiUnsentBytesMax` connections are ended until it is kept: of the address that
/// has most waiting (`AddressBlock`), the one that took something longest ago. Connections whose
/// clients take all at once, as nearly all do, are never noted here.
final class UnsentBytes: Sendable {
    /// A connection in which something waits.
    fileprivate struct Entry {
        let block: AddressBlock
        /// Ends it, from any thread.
        let end: @Sendable () -> Void
        /// Bytes.
        var written: Int
        /// Its place in the order in which clients took something last, or began to wait.
        var turn: UInt64
        /// It does not count any longer.
        var isEnding = false
    }

    fileprivate struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        /// Bytes of answers that are not handed to their connections yet; they wait where something
        /// waits in these.
        var announced: [ObjectIdentifier: Int] = [:]
        var turns: UInt64 = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    init(bytesMax: Int = Limits.apiUnsentBytesMax) { self.bytesMax = bytesMax }

    /// What waits.
    var bytes: Int { state.withLock { $0.bytes } }

    /// A connection has written more than its client takes at once.
    ///
    /// - Parameters:
    ///   - written: bytes that wait in it by now.
    ///   - end: called where others need the room, once; from any thread, without a lock.
    func wait(
        _ id: ObjectIdentifier, from block: AddressBlock, written: Int,
        end: @escaping @Sendable () -> Void
    ) {
        change { state in
            guard state.entries[id] == nil else {
                state.entries[id]?.written = written
                return
            }
            state.turns += 1
            state.entries[id] = Entry(block: block, end: end, written: written, turn: state.turns)
        }
    }

    /// The client of one that waits has taken something, or the connection has ended.
    /// - Parameter written: bytes that are left.
    func took(_ id: ObjectIdentifier, written: Int) {
        state.withLock { state in
            guard written > 0 else {
                state.entries[id] = nil
                return
            }
            state.turns += 1
            state.entries[id]?.written = written
            state.entries[id]?.turn = state.turns
        }
    }

    /// An answer of so many bytes is there, and is now handed to the connection, which takes it
    /// once those before it are taken.
    func announce(_ bytes: Int, on id: ObjectIdentifier) {
        change { $0.announced[id] = bytes }
    }

    /// It was handed over, or nobody wants it.
    func handedOver(on id: ObjectIdentifier) {
        state.withLock { $0.announced[id] = nil }
    }

    private func change(_ body: (inout State) -> Void) {
        let ends = state.withLock { state in
            body(&state)
            return state.end(above: bytesMax)
        }
        for end in ends { end() }
    }
}

extension UnsentBytes.State {
    fileprivate var bytes: Int {
        entries.reduce(0) { $0 + ($1.value.isEnding ? 0 : size(of: $1.key, $1.value)) }
    }

    private func size(of id: ObjectIdentifier, _ entry: UnsentBytes.Entry) -> Int {
        entry.written + announced[id, default: 0]
    }

    /// - Returns: how to end those that are to make room.
    fileprivate mutating func end(above most: Int) -> [@Sendable () -> Void] {
        var ends: [@Sendable () -> Void] = []
        while bytes > most, let id = slowest(), let entry = entries[id] {
            entries[id]?.isEnding = true
            ends.append(entry.end)
        }
        return ends
    }

    /// Of the address that has most waiting, the connection that took something longest ago.
    private func slowest() -> ObjectIdentifier? {
        let open = entries.filter { !$0.value.isEnding }
        var sums: [AddressBlock: Int] = [:]
        for (id, entry) in open { sums[entry.block, default: 0] += size(of: id, entry) }
        let most = sums.values.max()
        return open.filter { sums[$0.value.block] == most }
            .min { $0.value.turn < $1.value.turn }?.key
    }
}
