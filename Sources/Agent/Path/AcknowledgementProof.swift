import Core

/// Learns how far the broker has seen our acknowledgements (decision 0002).
///
/// What we send arrives in order. When the broker confirms a publication of ours, it has read every
/// PUBACK that was queued before it.
struct AcknowledgementProof {
    private var waiting: (packetID: UInt16, sequence: EventSequence)?
    /// Proved, and not yet in the store.
    private(set) var proved: EventSequence?

    /// A publication is on its way behind the acknowledgements of everything up to `sequence`.
    mutating func sent(packetID: UInt16, behind sequence: EventSequence) {
        guard packetID != 0, waiting == nil else { return }
        waiting = (packetID, sequence)
    }

    mutating func confirmed(packetID: UInt16) {
        guard let waiting, waiting.packetID == packetID else { return }
        proved = max(proved ?? 0, waiting.sequence)
        self.waiting = nil
    }

    mutating func linkLost() { waiting = nil }
    mutating func stored() { proved = nil }
}
