import Core

/// The souls of all entities about which there is evidence, heard or not.
///
/// They outlive what is remembered of an entity otherwise. Bounded by `Limits.soulsMax`; the one
/// that was changed longest ago is forgotten first. A doubly linked list runs through the slots in
/// the order of changing, so every step is constant.
struct SoulTable: Sendable {
    private struct Slot: Sendable {
        var name: String
        var soul: Soul
        var older: Int
        var newer: Int
    }

    private static let none = -1

    private var slots: [Slot] = []
    private var slotOf: [ExactText: Int] = [:]
    private var vacant: [Int] = []
    private var oldest = none
    private var newest = none
    /// Smaller in tests.
    var countMax = Limits.soulsMax

    var count: Int { slotOf.count }

    func find(_ name: String) -> Soul? {
        // Most agents record nothing.
        if slotOf.isEmpty { return nil }
        return slotOf[ExactText(name)].map { slots[$0].soul }
    }

    /// Keeps what became of a soul, as the one changed last.
    mutating func set(_ name: String, _ soul: Soul) {
        if let slot = slotOf[ExactText(name)] {
            slots[slot].soul = soul
            unlink(slot)
            link(slot)
            return
        }
        if count >= countMax, oldest != Self.none { forget(slots[oldest].name) }
        let entry = Slot(name: name, soul: soul, older: Self.none, newer: Self.none)
        let slot: Int
        if let reused = vacant.popLast() {
            slots[reused] = entry
            slot = reused
        } else {
            slots.append(entry)
            slot = slots.count - 1
        }
        slotOf[ExactText(name)] = slot
        link(slot)
    }

    mutating func forget(_ name: String) {
        guard let slot = slotOf.removeValue(forKey: ExactText(name)) else { return }
        unlink(slot)
        slots[slot].name = ""
        vacant.append(slot)
    }

    /// Forgets the one whose name is wanted.
    mutating func forget(where isWanted: (String) -> Bool) {
        var slot = oldest
        while slot != Self.none, !isWanted(slots[slot].name) { slot = slots[slot].newer }
        if slot != Self.none { forget(slots[slot].name) }
    }

    /// Every soul, the one changed longest ago first: an order that a restored table shares.
    func forEachFromOldest(_ body: (String, Soul) -> Void) {
        var slot = oldest
        while slot != Self.none {
            body(slots[slot].name, slots[slot].soul)
            slot = slots[slot].newer
        }
    }

    private mutating func unlink(_ slot: Int) {
        let (older, newer) = (slots[slot].older, slots[slot].newer)
        if older == Self.none { oldest = newer } else { slots[older].newer = newer }
        if newer == Self.none { newest = older } else { slots[newer].older = older }
    }

    private mutating func link(_ slot: Int) {
        slots[slot].older = newest
        slots[slot].newer = Self.none
        if newest == Self.none { oldest = slot } else { slots[newest].newer = slot }
        newest = slot
    }
}
