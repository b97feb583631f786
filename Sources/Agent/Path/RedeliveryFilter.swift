import Core
import Store

/// Recognises what the broker sends again although it was committed (decision 0002).
///
/// After a reconnect with the session present, the broker repeats every QoS 1 message whose PUBACK
/// it has not seen, in order and with its old packet id, before anything new. The tail of the log,
/// with what a record policy left out of it, is the list of what may be repeated. The window closes
/// at the first message that cannot be one.
struct RedeliveryFilter {
    private enum Heard {
        case logged(TailEntry)
        case leftOut(LeftOut.Entry)
    }

    /// In the order of arrival; nil where the repetition has come.
    private var tail: [Heard?] = []
    private var left = 0
    /// Where the next repetition most likely stands. The log has another order than the broker
    /// where a process that is gone had left out a message, and this one did not.
    private var next = 0

    var isOpen: Bool { left > 0 }

    /// - Parameters:
    ///   - tail: committed QoS 1 messages whose PUBACK may not have arrived, ascending.
    ///   - leftOut: those that were judged and not recorded, in the order of arrival.
    mutating func open(_ tail: [TailEntry], leftOut: [LeftOut.Entry] = []) {
        self.tail = Self.merge(tail, leftOut)
        left = self.tail.count
        next = 0
    }

    private static func merge(_ tail: [TailEntry], _ leftOut: [LeftOut.Entry]) -> [Heard?] {
        var merged: [Heard?] = []
        merged.reserveCapacity(tail.count + leftOut.count)
        var rest = leftOut[...]
        for entry in tail {
            while let first = rest.first, first.after < entry.sequence {
                merged.append(.leftOut(rest.removeFirst()))
            }
            merged.append(.logged(entry))
        }
        return merged + rest.map { .leftOut($0) }
    }

    mutating func close() { open([]) }

    /// Whether a message was judged before; if so it must be acknowledged and skipped.
    ///
    /// - Parameter isAlwaysRecorded: false on routes whose record policy may leave messages out of
    ///   the log, so that a repetition may be missing from the tail.
    mutating func isRedelivery(_ message: Message, isAlwaysRecorded: Bool) -> Bool {
        guard isOpen, message.qos != .atMostOnce else { return false }
        guard message.isDuplicate != false else {
            close()
            return false
        }
        if let match = place(of: message) {
            tail[match] = nil
            left -= 1
            next = match + 1
            // What comes after the newest is most likely new, and could pass for an old one.
            if message.isDuplicate == nil, next == tail.count { close() }
            return true
        }
        if message.isDuplicate == nil, isAlwaysRecorded { close() }
        return false
    }

    private func place(of message: Message) -> Int? {
        // Only where a left-out message has the identifier.
        var digest: Int?
        func isSame(_ heard: Heard?) -> Bool {
            switch heard {
            case nil: return false
            case .logged(let entry):
                return entry.packetID == message.packetID
                    && entry.topic.hasSameBytes(as: message.topic)
                    && entry.payload == message.payload
            case .leftOut(let entry):
                guard entry.packetID == message.packetID else { return false }
                digest = digest ?? LeftOut.digest(of: message)
                return entry.digest == digest
            }
        }
        return tail[next...].firstIndex(where: isSame) ?? tail[..<next].firstIndex(where: isSame)
    }
}
