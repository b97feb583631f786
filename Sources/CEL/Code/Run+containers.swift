import Core

/// Lists, maps and optionals.
extension Run {
    // MARK: Indices

    func index(_ step: Step) -> Cell? {
        guard let container = operand(step.pointee.b), let index = operand(step.pointee.c) else {
            return nil
        }
        // A field by another name.
        if container.tag == .object, index.tag == .string {
            return select(index.text, of: container)
        }
        if let found = element(of: container, at: index) { return found }
        return apply { fuel throws(EvaluationError.Reason) in
            try Lookup.element(of: value(of: container), at: value(of: index), &fuel)
        }.map { cell(of: $0) }
    }

    func optionalIndex(_ step: Step) -> Cell? {
        guard let container = operand(step.pointee.b), let index = operand(step.pointee.c) else {
            return nil
        }
        if container.tag == .object, index.tag == .string {
            return optionalSelect(index.text, of: container)
        }
        if let found = element(of: container, at: index) { return wrapped(found) }
        return apply { fuel throws(EvaluationError.Reason) in
            Value.optional(
                try Lookup.optionalElement(
                    of: value(of: container), at: value(of: index), &fuel))
        }.map { cell(of: $0) }
    }

    /// The element of a list, in the common cases; nil in others, and where there is none.
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
        default: return nil
        }
    }

    /// Elements further on are not walked to, but looked up in a list that is made once.
    private static let walkMax: Int64 = 64

    // MARK: Loops

    /// Begins to go through a list or map: the range, and behind it where the loop is.
    func begin(_ step: Step) -> Bool? {
        guard let range = operand(step.pointee.b) else { return nil }
        let state = registers + Int(step.pointee.a)
        switch range.tag {
        case .list: state[1] = Cell(tag: .int)
        case .array, .object:
            guard let view = self.state.pointee.view else { return nil }
            // The next node, and behind it the end.
            let (next, end) = (UInt64(range.node + 1), UInt64(view.next(range.node)))
            state[1] = Cell(tag: .int, bits: next | end << 32)
        case .shelved where range.kind == .list || range.kind == .map: state[1] = Cell(tag: .int)
        default:
            raise(.noOverload(step.pointee.name, range))
            return nil
        }
        state[0] = range
        return true
    }

    /// Takes the next element; false where there is none.
    @inline(__always)
    func next(_ step: Step) -> Bool {
        let loop = registers + Int(step.pointee.a)
        let element = registers + step.pointee.b.index
        if loop.pointee.tag == .array, step.pointee.c.index < 0 {
            let place = loop[1].bits
            let node = Int(place & 0xFFFF_FFFF)
            guard node < Int(place >> 32), let view = state.pointee.view else { return false }
            element.pointee = Cell(node, of: view)
            loop[1].bits = place + UInt64(view.next(node) - node)
            return true
        }
        return nextOfOther(step, loop, element)
    }

    /// Goes through numbers of the message until one decides, or something else comes.
    ///
    /// - Returns: whether one decided.
    @inline(__always)
    func scan(_ step: Step) -> Bool {
        let loop = registers + Int(step.pointee.a)
        guard loop.pointee.tag == .array, let view = state.pointee.view else { return false }
        let decides = step.pointee.variant == 0
        var node = Int(loop[1].bits & 0xFFFF_FFFF)
        let end = Int(loop[1].bits >> 32)
        var fuel = state.pointee.fuel
        var isDecided = false
        // An element costs the comparison, the element and the number.
        while node < end, fuel >= 3, !isDecided {
            let number: Double
            switch view.kind(of: node) {
            case .double: number = Double(bitPattern: view.bits(of: node))
            case .int:
                let exact = Int64(bitPattern: view.bits(of: node))
                number = exact.magnitude <= 1 << 53 ? Double(exact) : .nan
            case .null, .no, .yes, .string, .array, .object: number = .nan
            }
            // To be looked at by the steps that follow.
            if number.isNaN { break }
            fuel &-= 3
            node &+= 1
            isDecided = step.pointee.relation.holds(number, step.pointee.number) == decides
        }
        state.pointee.fuel = fuel
        loop[1].bits = UInt64(node) | UInt64(end) << 32
        return isDecided
    }

    @inline(never)
    private func nextOfOther(
        _ step: Step, _ loop: UnsafeMutablePointer<Cell>, _ first: UnsafeMutablePointer<Cell>
    ) -> Bool {
        let range = loop[0]
        let index = loop[1].count
        loop[1].count = index + 1
        let place = step.pointee.c.index
        let second = place < 0 ? nil : registers + place
        switch range.tag {
        case .list:
            guard index < range.count, let cells = range.cells else { return false }
            let element = cells[Int(index)]
            first.pointee = second == nil ? element : Cell(Int64(index))
            second?.pointee = element
            return true
        case .array, .object:
            let (node, end) = (Int(loop[1].bits & 0xFFFF_FFFF), Int(loop[1].bits >> 32))
            guard node < end, let view = state.pointee.view else { return false }
            loop[1].bits += UInt64(view.next(node) - node)
            if range.tag == .object {
                first.pointee = Cell(text: view.name(of: node))
            } else {
                first.pointee = Cell(Int64(index))
            }
            second?.pointee = Cell(node, of: view)
            return true
        default: return nextShelved(step, range, Int(index))
        }
    }

    @inline(never)
    private func nextShelved(_ step: Step, _ range: Cell, _ index: Int) -> Bool {
        let (first, second) = (step.pointee.b.index, step.pointee.c.index)
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

    func collect(_ step: Step) -> Bool? {
        switch step.pointee.operation {
        case .newList:
            registers[Int(step.pointee.a)] = Cell(list: nil, count: 0)
            registers[Int(step.pointee.a) + 1] = Cell(Int64(0))
            return true
        case .append:
            guard let cell = operand(step.pointee.b) else { return nil }
            append(cell, to: Int(step.pointee.a))
            return true
        case .appendOptional:
            guard let cell = operand(step.pointee.b) else { return nil }
            guard cell.tag == .optional else {
                raise(.noOverload(step.pointee.name, cell))
                return nil
            }
            if let content = cell.cells { append(content.pointee, to: Int(step.pointee.a)) }
            return true
        case .newMap:
            registers[Int(step.pointee.a)] = cell(of: .map(MapValue()))
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
            let larger = state.pointee.runCells(capacity)
            if let start { larger.update(from: start, count: count) }
            registers[register + 1] = Cell(Int64(capacity))
            start = larger
        }
        guard let start else { return }
        start[count] = cell
        registers[register] = Cell(list: start, count: count + 1)
    }

    private func insert(_ step: Step) -> Bool? {
        guard let key = operand(step.pointee.b) else { return nil }
        if step.pointee.operation == .merge { return merge(value(of: key), step) }
        guard var cell = operand(step.pointee.c) else { return nil }
        if step.pointee.operation == .insertOptional {
            guard cell.tag == .optional else {
                state.pointee.fault = .noOverload(.optionalEntry, cell).at(step.pointee.target)
                return nil
            }
            guard let content = cell.cells else { return true }
            cell = content.pointee
        }
        return insert([(value(of: key), value(of: cell))], into: Int(step.pointee.a))
    }

    /// Adds the entries of a map.
    private func merge(_ value: Value, _ step: Step) -> Bool? {
        guard let entries = MapView(value) else {
            raise(.noOverload(step.pointee.name, cell(of: value)))
            return nil
        }
        let place = Int(registers[Int(step.pointee.a)].count)
        let count = MapView(state.pointee.runShelf.values[place])?.count
        guard (count ?? 0) + entries.count <= Limits.valueElementsMax else {
            raise(Fault(code: .tooLarge, name: .mapValue))
            return nil
        }
        guard spend(entries.count) else { return nil }
        return insert(
            (0..<entries.count).map { (entries.key(at: $0), entries.value(at: $0)) },
            into: Int(step.pointee.a))
    }

    private func insert(_ entries: [(Value, Value)], into register: Int) -> Bool? {
        let place = Int(registers[register].count)
        guard case .map(var map) = state.pointee.runShelf.values[place] else { return nil }
        // Held by nobody else while it changes.
        state.pointee.runShelf.values[place] = .null
        defer { state.pointee.runShelf.values[place] = .map(map) }
        for (key, value) in entries {
            switch map.insert(key: key, value: value) {
            case .inserted: break
            case .unsupportedKey:
                raise(Fault(code: .noOverload, name: .mapKey, left: key.kind.rawValue))
                return nil
            case .repeatedKey:
                raise(
                    state.pointee.keep(
                        .invalidArgument("the key '\(key.keyText)' is repeated")))
                return nil
            }
        }
        return true
    }

    // MARK: Optionals

    func optional(_ step: Step) -> Bool? {
        guard let cell = operand(step.pointee.b) else { return nil }
        if step.pointee.operation == .wrap {
            registers[Int(step.pointee.a)] = wrapped(cell)
            return true
        }
        guard cell.tag == .optional else {
            raise(.noOverload(step.pointee.name, cell))
            return nil
        }
        switch step.pointee.operation {
        case .content:
            guard let content = cell.cells else { return false }
            registers[Int(step.pointee.a)] = content.pointee
            return true
        case .alternative:
            guard let content = cell.cells else { return true }
            registers[Int(step.pointee.a)] = step.pointee.variant == 1 ? content.pointee : cell
            return false
        default: return true
        }
    }
}
