import Core

/// Every entity that the mind remembers, the least recently heard first in line to be forgotten.
///
/// Bounded by `Limits.entitiesMax` and `Limits.workingMemoryBytesMax`. A doubly linked list runs
/// through the slots in the order of last hearing, so touching and forgetting are constant.
struct EntityTable: Sendable {
    private struct Slot: Sendable {
        var state: EntityState
        var isTaken = true
        var older: Int
        var newer: Int
    }

    private static let none = -1

    private var slots: [Slot] = []
    private var slotOf: [ExactText: Int] = [:]
    private var vacant: [Int] = []
    private var oldest = none
    private var newest = none
    /// The sum of the entities' own estimates.
    private(set) var bytes = 0
    /// Smaller in tests.
    var countMax = Limits.entitiesMax
    var bytesMax = Limits.workingMemoryBytesMax

    var count: Int { slotOf.count }
    var isOverfull: Bool { count > countMax || (bytes > bytesMax && count > 1) }

    func find(_ name: String) -> Int? { slotOf[ExactText(name)] }

    subscript(slot: Int) -> EntityState { slots[slot].state }

    /// The same, where it most likely still is in a slot.
    func find(_ name: String, near slot: Int?) -> Int? {
        if let slot, slots.indices.contains(slot), slots[slot].isTaken,
            slots[slot].state.name.hasSameBytes(as: name)
        {
            return slot
        }
        return find(name)
    }

    /// Without a copy of the rest of the entity.
    func firing(of slot: Int) -> [FiringAlert] { slots[slot].state.firing }
    func name(of slot: Int) -> String { slots[slot].state.name }

    /// Changes an entity in place and keeps the account of bytes.
    mutating func update<Result>(
        _ slot: Int, _ change: (inout EntityState) -> Result
    ) -> Result {
        let before = slots[slot].state.bytes
        let result = change(&slots[slot].state)
        bytes += slots[slot].state.bytes - before
        return result
    }

    /// Finds or makes an entity and puts it last in line.
    mutating func hear(_ name: String, at: Timestamp) -> Int {
        if let slot = slotOf[ExactText(name)] {
            slots[slot].state.hear(at: at)
            moveToNewest(slot)
            return slot
        }
        var state = EntityState(name: name, at: at)
        state.hear(at: at)
        return append(state)
    }

    /// The same, where it was found before: what is still in that slot need not be looked for.
    mutating func hear(_ name: String, foundAt slot: Int?, at: Timestamp) -> Int {
        guard let slot, slots[slot].isTaken, slots[slot].state.name.hasSameBytes(as: name) else {
            return hear(name, at: at)
        }
        slots[slot].state.hear(at: at)
        moveToNewest(slot)
        return slot
    }

    /// Adds an entity that is not there yet, as the most recently heard.
    mutating func append(_ state: EntityState) -> Int {
        precondition(slotOf[ExactText(state.name)] == nil)
        let entry = Slot(state: state, older: Self.none, newer: Self.none)
        let slot: Int
        if let reused = vacant.popLast() {
            slots[reused] = entry
            slot = reused
        } else {
            slots.append(entry)
            slot = slots.count - 1
        }
        slotOf[ExactText(state.name)] = slot
        bytes += state.bytes
        link(slot)
        return slot
    }

    /// The entity that is forgotten next.
    var oldestSlot: Int? { oldest == Self.none ? nil : oldest }

    /// Forgets the least recently heard entity.
    mutating func forgetOldest() -> EntityState? {
        guard oldest != Self.none else { return nil }
        return forget(oldest)
    }

    /// The first entity whose name this is true of.
    func slot(where isWanted: (String) -> Bool) -> Int? {
        var slot = oldest
        while slot != Self.none, !isWanted(slots[slot].state.name) { slot = slots[slot].newer }
        return slot == Self.none ? nil : slot
    }

    /// Forgets the entity in a slot.
    @discardableResult
    mutating func forget(_ slot: Int) -> EntityState {
        let state = slots[slot].state
        unlink(slot)
        slotOf[ExactText(state.name)] = nil
        slots[slot].state = EntityState(name: "", at: state.lastSeen)
        slots[slot].isTaken = false
        vacant.append(slot)
        bytes -= state.bytes
        return state
    }

    /// Every slot, the least recently heard first: an order that a restored table shares.
    func forEachFromOldest(_ body: (Int, EntityState) -> Void) {
        var slot = oldest
        while slot != Self.none {
            body(slot, slots[slot].state)
            slot = slots[slot].newer
        }
    }

    /// Every slot, the most recently heard first.
    func forEachSlotFromNewest(_ body: (Int) -> Void) {
        var slot = newest
        while slot != Self.none {
            body(slot)
            slot = slots[slot].older
        }
    }

    /// The slots that come first in an order.
    ///
    /// - Parameters:
    ///   - count: 1...
    ///   - time: when it is asked how loud each is; not before that of the last event.
    func first(_ count: Int, in order: EntityOrder, at time: Timestamp) -> [Int] {
        switch order {
        case .silent: return walk(count, from: oldest) { $0.newer }
        case .recent: return walk(count, from: newest) { $0.older }
        case .loud:
            var loudest = LoudestSlots(count: count)
            var slot = newest
            while slot != Self.none {
                loudest.add(slot, perMinute: slots[slot].state.loudness.perMinute(at: time))
                slot = slots[slot].older
            }
            return loudest.slots
        }
    }

    private func walk(_ count: Int, from first: Int, to next: (Slot) -> Int) -> [Int] {
        var found: [Int] = []
        var slot = first
        while slot != Self.none, found.count < count {
            found.append(slot)
            slot = next(slots[slot])
        }
        return found
    }

    /// Every name, the least recently heard first.
    func forEachName(_ body: (String) -> Void) {
        var slot = oldest
        while slot != Self.none {
            body(slots[slot].state.name)
            slot = slots[slot].newer
        }
    }

    private mutating func moveToNewest(_ slot: Int) {
        guard newest != slot else { return }
        unlink(slot)
        link(slot)
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
