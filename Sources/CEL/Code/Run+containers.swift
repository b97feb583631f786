import Core

/// Lists, maps and optionals.
extension Run {
    // MARK: Indices

    func index(_ step: Instruction) -> Cell? {
        guard let container = operand(step.b), let index = operand(step.c) else { return nil }
        if let found = element(of: container, at: index) { return found }
        return apply { fuel throws(EvaluationError.Reason) in
            try Lookup.element(of: value(of: container), at: value(of: index), &fuel)
        }.map { cell(of: $0) }
    }

    func optionalIndex(_ step: Instruction) -> Cell? {
        guard let container = operand(step.b), let index = operand(step.c) else { return nil }
        if let found = element(of: container, at: index) { return wrapped(found) }
        return apply { fuel throws(EvaluationError.Reason) in
            Value.optional(
                try Lookup.optionalElement(
                    of: value(of: container), at: value(of: index), &fuel))
        }.map { cell(of: $0) }
    }

    /// The element, in the common cases; nil in others, and where there is none.
    private func element(of container: Cell, at index: Cell) -> Cell? {
        switch (container.tag, index.tag) {
        case (.list, .int), (.list, .jsonInt):
            guard index.int >= 0, index.int < Int64(container.count) else { return nil }
            return container.cells?[Int(index.int)]
        case (.array, .int), (.array, .jsonInt):
            guard let view = state.pointee.view, index.int >= 0,
                index.int < min(Int64(view.count(of: container.node)), Self.walkMax)
            else { return nil }
            return Cell(view.element(Int(index.int), of: container.node), of: view)
        case (.object, .string):
            guard let view = state.pointee.view,
                let node = view.member(index.text, of: container.node),
                // Paid only where it is found: else all of it is done again.
                view.count(of: container.node) >> 3 <= state.pointee.fuel
            else { return nil }
            state.pointee.fuel -= view.count(of: container.node) >> 3
            return Cell(node, of: view)
        default: return nil
        }
    }

    /// Elements further on are not walked to, but looked up in a list that is made once.
    private static let walkMax: Int64 = 64

    // MARK: Loops

    /// Begins to go through a list or map: the range, and behind it where the loop is.
    func begin(_ step: Instruction) -> Bool? {
        guard let range = operand(step.b) else { return nil }
        let state = registers + Int(step.a)
        switch range.tag {
        case .list: state[1] = Cell(tag: .int)
        case .array, .object: state[1] = Cell(tag: .int, bits: UInt64(range.node + 1))
        case .shelved where range.kind == .list || range.kind == .map: state[1] = Cell(tag: .int)
        default:
            raise(.noOverload(step.name, range))
            return nil
        }
        state[0] = range
        return true
    }

    /// Takes the next element; false where there is none.
    @inline(__always)
    func next(_ step: Instruction) -> Bool {
        let loop = registers + Int(step.a)
        let range = loop[0]
        let index = loop[1].count
        loop[1].count = index + 1
        let first = step.b.index
        let second = step.c.index
        switch range.tag {
        case .list:
            guard index < range.count, let cells = range.cells else { return false }
            let element = cells[Int(index)]
            registers[first] = second < 0 ? element : Cell(Int64(index))
            if second >= 0 { registers[second] = element }
            return true
        case .array, .object:
            guard let view = state.pointee.view else { return false }
            let node = loop[1].node
            guard node < view.next(range.node) else { return false }
            loop[1].bits = UInt64(view.next(node))
            if range.tag == .object {
                registers[first] = Cell(text: view.name(of: node))
            } else {
                registers[first] = second < 0 ? Cell(node, of: view) : Cell(Int64(index))
            }
            if second >= 0 { registers[second] = Cell(node, of: view) }
            return true
        default: return nextShelved(step, range, Int(index))
        }
    }

    @inline(never)
    private func nextShelved(_ step: Instruction, _ range: Cell, _ index: Int) -> Bool {
        let (first, second) = (step.b.index, step.c.index)
        let value = value(of: range)
        if let list = ListView(value) {
            guard index < list.count else { return false }
            let element = cell(of: list[index])
            registers[first] = second < 0 ? element : Cell(Int64(index))
            if second >= 0 { registers[second] = element }
            return true
        }
        guard let map = MapView(value), index < map.count else { return false }
        registers[first] = cell(of: map.key(at: index))
        if second >= 0 { registers[second] = cell(of: map.value(at: index)) }
        return true
    }

    // MARK: Lists and maps under way

    func collect(_ step: Instruction) -> Bool? {
        switch step.operation {
        case .newList:
            registers[Int(step.a)] = Cell(list: nil, count: 0)
            registers[Int(step.a) + 1] = Cell(Int64(0))
            return true
        case .append:
            guard let cell = operand(step.b) else { return nil }
            append(cell, to: Int(step.a))
            return true
        case .appendOptional:
            guard let cell = operand(step.b) else { return nil }
            guard cell.tag == .optional else {
                raise(.noOverload(step.name, cell))
                return nil
            }
            if let content = cell.cells { append(content.pointee, to: Int(step.a)) }
            return true
        case .newMap:
            registers[Int(step.a)] = cell(of: .map(MapValue()))
            return true
        default: return insert(step)
        }
    }

    private func append(_ cell: Cell, to register: Int) {
        let list = registers[register]
        let count = Int(list.count)
        var start = UnsafeMutablePointer(mutating: list.cells)
        if count == registers[register + 1].node {
            let capacity = max(4, count * 2)
            let larger = machine._withUnsafeGuaranteedRef {
                $0.runShelf.arena.allocate(cells: capacity)
            }
            if let start { larger.update(from: start, count: count) }
            registers[register + 1] = Cell(Int64(capacity))
            start = larger
        }
        guard let start else { return }
        start[count] = cell
        registers[register] = Cell(list: start, count: count + 1)
    }

    private func insert(_ step: Instruction) -> Bool? {
        guard let key = operand(step.b) else { return nil }
        if step.operation == .merge { return merge(value(of: key), step) }
        guard var cell = operand(step.c) else { return nil }
        if step.operation == .insertOptional {
            guard cell.tag == .optional else {
                state.pointee.fault = .noOverload(.optionalEntry, cell).at(step.target)
                return nil
            }
            guard let content = cell.cells else { return true }
            cell = content.pointee
        }
        return insert([(value(of: key), value(of: cell))], into: Int(step.a))
    }

    /// Adds the entries of a map.
    private func merge(_ value: Value, _ step: Instruction) -> Bool? {
        guard let entries = MapView(value) else {
            raise(.noOverload(step.name, cell(of: value)))
            return nil
        }
        let place = Int(registers[Int(step.a)].count)
        let count = machine._withUnsafeGuaranteedRef { MapView($0.runShelf.values[place])?.count }
        guard (count ?? 0) + entries.count <= Limits.valueElementsMax else {
            raise(Fault(code: .tooLarge, name: .mapValue))
            return nil
        }
        guard spend(entries.count) else { return nil }
        return insert(
            (0..<entries.count).map { (entries.key(at: $0), entries.value(at: $0)) },
            into: Int(step.a))
    }

    private func insert(_ entries: [(Value, Value)], into register: Int) -> Bool? {
        let place = Int(registers[register].count)
        return machine._withUnsafeGuaranteedRef { machine in
            guard case .map(var map) = machine.runShelf.values[place] else { return nil }
            // Held by nobody else while it changes.
            machine.runShelf.values[place] = .null
            defer { machine.runShelf.values[place] = .map(map) }
            for (key, value) in entries {
                switch map.insert(key: key, value: value) {
                case .inserted: break
                case .unsupportedKey:
                    raise(
                        Fault(code: .noOverload, name: .mapKey, left: key.kind.rawValue))
                    return nil
                case .repeatedKey:
                    raise(
                        machine.keep(
                            .invalidArgument("the key '\(key.keyText)' is repeated")))
                    return nil
                }
            }
            return true
        }
    }

    // MARK: Optionals

    func optional(_ step: Instruction) -> Bool? {
        guard let cell = operand(step.b) else { return nil }
        if step.operation == .wrap {
            registers[Int(step.a)] = wrapped(cell)
            return true
        }
        guard cell.tag == .optional else {
            raise(.noOverload(step.name, cell))
            return nil
        }
        switch step.operation {
        case .content:
            guard let content = cell.cells else { return false }
            registers[Int(step.a)] = content.pointee
            return true
        case .alternative:
            guard let content = cell.cells else { return true }
            registers[Int(step.a)] = step.variant == 1 ? content.pointee : cell
            return false
        default: return true
        }
    }
}
