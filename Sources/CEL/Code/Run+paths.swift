import Core

/// Variables and their fields.
extension Run {
    /// Looks a path up, or tells again why there is nothing.
    @inline(never)
    func look(
        _ use: UnsafePointer<PathUse>, _ known: UnsafeMutablePointer<Machine.KnownPath>,
        _ stamp: UInt64
    ) -> Cell? {
        guard spend(1 + Int(use.pointee.count)) else { return nil }
        if known.pointee.stamp == stamp {
            guard spend(known.pointee.cost) else { return nil }
        } else {
            let before = state.pointee.fuel
            var found = Machine.KnownPath(stamp: stamp)
            if let cell = resolve(use, stamp, depth: &found.level) {
                found.cell = cell
            } else {
                found.fault = state.pointee.fault
                if found.fault.code == .outOfFuel { return nil }
            }
            found.cost = before - state.pointee.fuel
            // Loading a variable may have made room for more paths, elsewhere.
            let place = state.pointee.paths + Int(use.pointee.number)
            place.pointee = found
            return answer(found, use)
        }
        return answer(known.pointee, use)
    }

    private func answer(
        _ found: Machine.KnownPath, _ use: UnsafePointer<PathUse>
    ) -> Cell? {
        if found.fault.code == .none { return found.cell }
        var fault = found.fault.at(use.pointee.offsets[found.level])
        if fault.code == .noValue { fault.count = UInt32(use.pointee.name) }
        state.pointee.fault = fault
        return nil
    }

    private func resolve(
        _ use: UnsafePointer<PathUse>, _ stamp: UInt64, depth: inout Int
    ) -> Cell? {
        guard var cell = variable(use, stamp) else { return nil }
        let isRules = Int(use.pointee.slot) >= state.pointee.ruleSlot
        let level = isRules ? Shelf.rule : Shelf.message
        for field in 0..<Int(use.pointee.count) {
            depth = field + 1
            let name = use.pointee.fields[field].text
            guard let next = select(name, of: cell, level: level) else { return nil }
            cell = next
        }
        return cell
    }

    private func variable(_ use: UnsafePointer<PathUse>, _ stamp: UInt64) -> Cell? {
        let slot = Int(use.pointee.slot)
        let known = state.pointee.slots[slot]
        guard known.stamp == stamp else { return load(use, stamp) }
        if known.fault.code == .none { return known.cell }
        state.pointee.fault = known.fault
        return nil
    }

    /// Asks the caller.
    private func load(_ use: UnsafePointer<PathUse>, _ stamp: UInt64) -> Cell? {
        let slot = Int(use.pointee.slot)
        let isRules = slot >= state.pointee.ruleSlot
        let found = machine._withUnsafeGuaranteedRef { machine in
            program._withUnsafeGuaranteedRef { program in
                inputs._withUnsafeGuaranteedRef { inputs in
                    machine.load(
                        slot, program.names[Int(use.pointee.name)], inputs,
                        level: isRules ? Shelf.rule : Shelf.message)
                }
            }
        }
        var known = found
        known.stamp = stamp
        state.pointee.slots[slot] = known
        if known.fault.code == .none { return known.cell }
        state.pointee.fault = known.fault
        return nil
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
    func has(_ step: Instruction) -> Bool? {
        guard let map = operand(step.b) else { return nil }
        var cell = map
        while cell.tag == .optional {
            guard let content = cell.cells else { return false }
            cell = content.pointee
        }
        switch member(constants[step.c.index].text, of: cell) {
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
        let content = machine._withUnsafeGuaranteedRef { $0.allocate(cells: 1, level: level) }
        content.initialize(to: cell)
        return Cell(tag: .optional, bits: UInt64(UInt(bitPattern: content)))
    }

    func value(of cell: Cell) -> Value {
        machine._withUnsafeGuaranteedRef { machine in
            program._withUnsafeGuaranteedRef { machine.value(of: cell, $0) }
        }
    }

    /// - Parameter level: the shelf of what the value comes from, which outlives it.
    func cell(of value: Value, level: UInt8 = Shelf.run) -> Cell {
        machine._withUnsafeGuaranteedRef {
            $0.cell(of: value, level: level == Shelf.constants ? Shelf.run : level)
        }
    }
}
