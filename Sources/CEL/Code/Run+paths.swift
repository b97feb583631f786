import Core

/// Variables and their fields.
extension Run {
    /// Looks a path up, or tells again why there is nothing.
    @inline(never)
    func look(
        _ use: UnsafePointer<PathUse>, _ known: UnsafeMutablePointer<Machine.KnownPath>,
        _ stamp: UInt64
    ) -> Cell {
        if known.pointee.stamp == stamp {
            guard spend(known.pointee.cost) else { return .unset }
            answer(state.pointee.pathFaults[Int(use.pointee.number)], use)
            return .unset
        }
        if let cell = lookUp(use, stamp) {
            known.pointee.stamp = stamp
            known.pointee.cost = cell.cost
            known.pointee.cell = cell.found
            return spend(cell.cost) ? cell.found : .unset
        }
        let before = state.pointee.fuel
        guard spend(1 &+ Int(use.pointee.count)) else { return .unset }
        var depth = 0
        let cell = resolve(use, stamp, depth: &depth) ?? .unset
        if cell.isUnset {
            if state.pointee.fault.code == .outOfFuel {
                // The variable's own: what selecting costs stands at the step.
                if depth == 0 { state.pointee.fault.offset = use.pointee.offsets.pointee }
                return .unset
            }
            let found = Machine.KnownFault(level: depth, fault: state.pointee.fault)
            state.pointee.pathFaults[Int(use.pointee.number)] = found
            answer(found, use)
        }
        // Loading a variable may have moved what is known of paths.
        let place = state.pointee.paths + Int(use.pointee.number)
        place.pointee.stamp = stamp
        place.pointee.cost = before &- state.pointee.fuel
        place.pointee.cell = cell
        return cell
    }

    /// A field of the message, which is what nearly all paths are; nil where it is another path,
    /// or there is no such field.
    @inline(__always)
    private func lookUp(
        _ use: UnsafePointer<PathUse>, _ stamp: UInt64
    ) -> (found: Cell, cost: Int)? {
        let slot = state.pointee.slots + Int(use.pointee.slot)
        guard use.pointee.count == 1, slot.pointee.stamp == stamp,
            slot.pointee.cell.tag == .object, let view = state.pointee.view
        else { return nil }
        let object = slot.pointee.cell.node
        guard let node = view.member(use.pointee.fields.pointee.text, of: object) else {
            return nil
        }
        return (Cell(node, of: view), 2 &+ view.count(of: object) >> 3)
    }

    /// The fault is this use's.
    private func answer(_ found: Machine.KnownFault, _ use: UnsafePointer<PathUse>) {
        var fault = found.fault.at(use.pointee.offsets[found.level])
        if fault.code == .noValue { fault.count = UInt32(use.pointee.name) }
        // The program that missed it first may be gone, and its texts with it.
        if fault.code == .noKey { fault.bits = use.pointee.fields[found.level - 1].bits }
        state.pointee.fault = fault
    }

    private func resolve(
        _ use: UnsafePointer<PathUse>, _ stamp: UInt64, depth: inout Int
    ) -> Cell? {
        guard var cell = variable(use, stamp) else { return nil }
        let level = use.pointee.isRules ? Shelf.rule : Shelf.message
        while depth < Int(use.pointee.count) {
            let name = use.pointee.fields[depth].text
            depth &+= 1
            guard let next = select(name, of: cell, level: level) else { return nil }
            cell = next
        }
        return cell
    }

    @inline(__always)
    private func variable(_ use: UnsafePointer<PathUse>, _ stamp: UInt64) -> Cell? {
        let known = state.pointee.slots + Int(use.pointee.slot)
        guard known.pointee.stamp == stamp else { return load(use, stamp) }
        if known.pointee.fault.code == .none { return known.pointee.cell }
        state.pointee.fault = known.pointee.fault
        return nil
    }

    /// Asks the caller.
    private func load(_ use: UnsafePointer<PathUse>, _ stamp: UInt64) -> Cell? {
        let slot = Int(use.pointee.slot)
        let level = use.pointee.isRules ? Shelf.rule : Shelf.message
        var known = Machine.KnownSlot(stamp: stamp)
        do throws(EvaluationError.Reason) {
            if let value = try variable(slot, Int(use.pointee.name)) {
                known.cell = state.pointee.cell(of: value, level: level)
            } else {
                known.fault = Fault(code: .noValue)
            }
        } catch {
            known.fault = state.pointee.keepOfVariable(error)
        }
        state.pointee.slots[slot] = known
        if known.fault.code == .none { return known.cell }
        state.pointee.fault = known.fault
        return nil
    }

    private func variable(
        _ slot: Int, _ name: Int
    ) throws(EvaluationError.Reason) -> Value? {
        let program = program.takeUnretainedValue()
        return try inputs.takeUnretainedValue().load(slot: slot, name: program.names[name])
    }

    // MARK: Fields

    /// What a map has under a name.
    enum Member {
        case found(Cell)
        case missing
        case noMap
        case outOfFuel
    }

    /// `value.field`.
    func select(
        _ field: UnsafeRawBufferPointer, of cell: Cell, level: UInt8 = Shelf.run
    ) -> Cell? {
        if cell.tag == .optional { return optionalSelect(field, of: cell, level: level) }
        switch member(field, of: cell) {
        case .found(let found): return found
        case .missing: raise(.noKey(field))
        case .noMap: raise(.noOverload(.selection, cell))
        case .outOfFuel: break
        }
        return nil
    }

    /// `value.?field`, and any field of an optional.
    func optionalSelect(
        _ field: UnsafeRawBufferPointer, of cell: Cell, level: UInt8 = Shelf.run
    ) -> Cell? {
        var cell = cell
        while cell.tag == .optional {
            guard let content = cell.cells else { return Cell.none }
            cell = content.pointee
        }
        switch member(field, of: cell) {
        case .found(let found): return wrapped(found, level: level)
        case .missing: return Cell.none
        case .noMap: raise(.noOverload(.selection, cell))
        case .outOfFuel: break
        }
        return nil
    }

    func member(_ field: UnsafeRawBufferPointer, of cell: Cell) -> Member {
        if cell.tag == .object, let view = state.pointee.view {
            guard spend(view.count(of: cell.node) >> 3) else { return .outOfFuel }
            guard let node = view.member(field, of: cell.node) else { return .missing }
            return .found(Cell(node, of: view))
        }
        guard cell.tag == .shelved, cell.kind == .map else { return .noMap }
        return shelvedMember(field, of: cell)
    }

    private func shelvedMember(_ field: UnsafeRawBufferPointer, of cell: Cell) -> Member {
        guard let map = MapView(value(of: cell)) else { return .noMap }
        guard spend(map.searchCost) else { return .outOfFuel }
        guard let value = map.value(named: String(decoding: field, as: UTF8.self)) else {
            return .missing
        }
        return .found(self.cell(of: value, level: cell.level))
    }

    @inline(__always)
    func has(_ step: Step) -> Bool? {
        guard let map = operand(step.pointee.b) else { return nil }
        var cell = map
        while cell.tag == .optional {
            guard let content = cell.cells else { return false }
            cell = content.pointee
        }
        switch member(constants[step.pointee.c.index].text, of: cell) {
        case .found: return true
        case .missing: return false
        case .noMap:
            raise(.noOverload(map.tag == .optional ? .selection : .has, cell))
            return nil
        case .outOfFuel: return nil
        }
    }

    // MARK: Cells and values

    /// An optional that has a value.
    func wrapped(_ cell: Cell, level: UInt8 = Shelf.run) -> Cell {
        let content = state.pointee.allocate(cells: 1, level: level)
        content.initialize(to: cell)
        return Cell(tag: .optional, bits: UInt64(UInt(bitPattern: content)))
    }

    func value(of cell: Cell) -> Value {
        program._withUnsafeGuaranteedRef { state.pointee.value(of: cell, $0) }
    }

    /// - Parameter level: the shelf of what the value comes from, which outlives it.
    func cell(of value: Value, level: UInt8 = Shelf.run) -> Cell {
        state.pointee.cell(of: value, level: level == Shelf.constants ? Shelf.run : level)
    }
}
