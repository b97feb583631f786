import Core
import Store

/// Recognises what the broker sends again although it was committed (decision 0002).
///
/// After a reconnect with the session present, the broker repeats every QoS 1 message whose PUBACK
/// it has not seen, in order and with its old packet id, before anything new. The tail of the log
/// is the list of what may be repeated. The window closes at the first message that cannot be one.
struct RedeliveryFilter {
    private var tail: [TailEntry] = []
    /// Repetitions keep the order of the log, so what lies before the last match is done.
    private var cursor = 0

    var isOpen: Bool { cursor < tail.count }

    /// - Parameter tail: committed QoS 1 messages whose PUBACK may not have arrived, ascending.
    mutating func open(_ tail: [TailEntry]) {
        self.tail = tail
        cursor = 0
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
        let match = tail[cursor...].firstIndex { entry in
            entry.packetID == message.packetID && entry.topic == message.topic
                && entry.payload == message.payload
        }
        if let match {
            cursor = match + 1
            return true
        }
        if message.isDuplicate == nil, isAlwaysRecorded { close() }
        return false
    }
}
