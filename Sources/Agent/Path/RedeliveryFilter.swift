import Core
import Store

/// Recognises what the broker sends again although it was committed (decision 0002).
///
/// After a reconnect with the session present, the broker repeats every QoS 1 message whose PUBACK
/// it has not seen, in order and with its old packet id, before anything new. The tail of the log
/// is the list of what may be repeated. The window closes at the first message that cannot be one.
struct RedeliveryFilter {
    /// nil where the repetition has come.
    private var tail: [TailEntry?] = []
    private var left = 0
    /// Where the next repetition most likely stands. The log has another order than the broker
    /// where a record policy left out a message at first and not when it was repeated.
    private var next = 0

    var isOpen: Bool { left > 0 }

    /// - Parameter tail: committed QoS 1 messages whose PUBACK may not have arrived, ascending.
    mutating func open(_ tail: [TailEntry]) {
        self.tail = tail
        left = tail.count
        next = 0
    }

    mutating func close() { open([]) }

    /// Whether a message was committed before; if so it must be acknowledged and skipped.
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
        func isSame(_ entry: TailEntry?) -> Bool {
            guard let entry else { return false }
            return entry.packetID == message.packetID && entry.topic == message.topic
                && entry.payload == message.payload
        }
        return tail[next...].firstIndex(where: isSame) ?? tail[..<next].firstIndex(where: isSame)
    }
}
