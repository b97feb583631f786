import Core

/// The small facts of an event or a publication in one byte: `event.flags` and `outbox.flags`.
///
/// From the lowest bit: kind (2), QoS (2), retain, DUP seen or not known, DUP.
struct EventFlags: Equatable {
    enum Kind: Int64 { case message = 0, ruleset = 1, tick = 2, control = 3 }

    /// `flags & messageMask == messageAtQoS1` finds the messages that a broker may send again.
    static let messageMask: Int64 = 0b1111
    static let messageAtQoS1: Int64 = 0b0100

    var kind: Kind
    var qos = QoS.atMostOnce
    var retain = false
    var isDuplicate: Bool?

    var rawValue: Int64 {
        var value = kind.rawValue | Int64(qos.rawValue) << 2
        if retain { value |= 1 << 4 }
        if let isDuplicate { value |= isDuplicate ? 0b11 << 5 : 0b01 << 5 }
        return value
    }

    init(kind: Kind, qos: QoS = .atMostOnce, retain: Bool = false, isDuplicate: Bool? = nil) {
        self.kind = kind
        self.qos = qos
        self.retain = retain
        self.isDuplicate = isDuplicate
    }

    /// nil for a value that this version never writes.
    init?(rawValue: Int64) {
        guard (0..<128).contains(rawValue), let kind = Kind(rawValue: rawValue & 0b11),
            let qos = QoS(rawValue: UInt8(rawValue >> 2 & 0b11))
        else { return nil }
        self.kind = kind
        self.qos = qos
        retain = rawValue & 1 << 4 != 0
        isDuplicate = rawValue & 1 << 5 == 0 ? nil : rawValue & 1 << 6 != 0
    }
}
