/// Where the entities of a router's matches were found last, by the match's place.
///
/// A hint and no more: the table is the one that knows, so nothing has to be kept right here.
struct SlotHints: Sendable {
    private var slots: [Int32] = []

    subscript(place: Int?) -> Int? {
        guard let place, place < slots.count, slots[place] >= 0 else { return nil }
        return Int(slots[place])
    }

    mutating func set(_ slot: Int, for place: Int?) {
        guard let place else { return }
        while slots.count <= place { slots.append(-1) }
        slots[place] = Int32(truncatingIfNeeded: slot)
    }
}
