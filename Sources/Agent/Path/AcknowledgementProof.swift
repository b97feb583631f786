import Core

/// Learns how far the broker has seen our acknowledgements (decision 0002).
///
/// What we send arrives in order. When the broker confirms a publication of ours, it has read every
/// PUBACK that was queued before it.
struct AcknowledgementProof {
    private var waiting: (packetID: UInt16, sequence: EventSequence, leftOut: Int)?
    /// Proved, and not yet in the store.
    private(set) var proved: EventSequence?

    /// A publication is on its way behind the acknowledgements of everything up to `sequence`, and
    /// of the first `leftOut` messages that were left out of the log.
    mutating func sent(packetID: UInt16, behind sequence: EventSequence, leftOut: Int = 0) {
        guard packetID != 0, waiting == nil else { return }
        waiting = (packetID, sequence, leftOut)
    }

    /// - Returns: how many messages outside of the log are proved to be acknowledged, where this
    ///   proves anything.
    @discardableResult
    mutating func confirmed(packetID: UInt16) -> Int? {
        guard let waiting, waiting.packetID == packetID else { return nil }
        proved = max(proved ?? 0, waiting.sequence)
        self.waiting = nil
        return waiting.leftOut
    }

    /// The broker has forgotten the session: nothing up to `sequence` can come again, and packet
    /// identifiers begin anew.
    mutating func sessionLost(at sequence: EventSequence) { proved = max(proved ?? 0, sequence) }

    mutating func linkLost() { waiting = nil }
    mutating func stored() { proved = nil }
}
