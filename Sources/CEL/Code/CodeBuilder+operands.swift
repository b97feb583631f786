import Core

/// Values: where they come from, and the steps that make them.
extension CodeBuilder {
    /// Where the value of a part is, after steps that make it if there is need of any.
    ///
    /// - Parameter isRoutine: the part is not looked for among those that are evaluated once.
    mutating func operand(_ node: Node, isRoutine: Bool = false) -> Operand {
        if let leaf = leaf(node) { return leaf }
        let register = allocate()
        make(node, in: register, isRoutine: isRoutine)
        return Operand(.register, register)
    }

    /// A part that is looked at only when the step that uses it runs; nil where it takes steps.
    mutating func leaf(_ node: Node) -> Operand? {
        switch node.kind {
        case .constant(let value):
            return Operand(.constant, constantIndex(value))
        case .local(let local): return Operand(.local, register(ofLocal: local))
        case .variable, .select: return path(node)
        case .lazy, .optionalSelect, .test, .index, .optionalIndex, .not, .negate, .and, .or,
            .conditional, .binary, .list, .map, .comprehension, .bind, .optionalMap, .optionalOr,
            .call, .hostCall, .matches, .failure:
            return nil
        }
    }

    /// A part whose value is looked at now, because steps of others follow that may fail.
    mutating func settled(_ node: Node) -> Operand {
        switch node.kind {
        case .constant(let value):
            pay(1)
            return Operand(.paidConstant, constantIndex(value))
        case .local(let local):
            pay(1)
            return Operand(.register, register(ofLocal: local))
        case .variable, .select, .lazy, .optionalSelect, .test, .index, .optionalIndex, .not,
            .negate, .and, .or, .conditional, .binary, .list, .map, .comprehension, .bind,
            .optionalMap, .optionalOr, .call, .hostCall, .matches, .failure:
            let register = allocate()
            make(node, in: register)
            return Operand(.register, register)
        }
    }

    /// Two parts, in the order of the text.
    mutating func operands(_ first: Node, _ second: Node) -> (Operand, Operand) {
        let left = isLeaf(second) ? operand(first) : settled(first)
        return (left, operand(second))
    }

    private func isLeaf(_ node: Node) -> Bool {
        switch node.kind {
        case .constant, .local, .variable: return true
        case .select: return node.isPath
        case .lazy, .optionalSelect, .test, .index, .optionalIndex, .not, .negate, .and, .or,
            .conditional, .binary, .list, .map, .comprehension, .bind, .optionalMap, .optionalOr,
            .call, .hostCall, .matches, .failure:
            return false
        }
    }

    // MARK: Constants

    /// A constant that is not paid for, such as what a step comes to.
    mutating func constant(_ cell: Cell) -> Operand {
        constants.append(cell)
        return Operand(.paidConstant, constants.count - 1)
    }

    mutating func textConstant(_ text: String) -> Operand {
        constant(Cell(text: pool.keep(text)))
    }

    mutating func constantIndex(_ value: Value) -> Int {
        constants.append(cell(of: value))
        return constants.count - 1
    }

    /// The value as the program keeps it.
    private mutating func cell(of value: Value) -> Cell {
        switch value {
        case .string(let text): return Cell(text: pool.keep(text))
        case .bytes(let bytes): return Cell(text: pool.keep(bytes), tag: .bytes)
        case .list(let elements):
            let cells = elements.map { cell(of: $0) }
            return Cell(list: pool.keep(cells), count: cells.count)
        case .optional(let content?):
            let content = pool.keep([cell(of: content)])
            return Cell(tag: .optional, bits: UInt64(UInt(bitPattern: content)))
        case .null, .bool, .int, .uint, .double, .number, .timestamp, .duration, .type,
            .optional(nil), .map, .object, .array, .network:
            if let cell = Cell(trivial: value) { return cell }
            shelf.append(value)
            return Cell(shelved: value.kind, at: shelf.count - 1, level: Shelf.constants)
        }
    }

    // MARK: Paths

    /// A variable or fields of it; nil where the selection is from something else.
    private mutating func path(_ node: Node) -> Operand? {
        var fields: [String] = []
        var offsets: [Int32] = []
        var current = node
        while case .select(let operand, let field) = current.kind {
            fields.append(field)
            offsets.append(current.at)
            current = operand
        }
        guard case .variable(let slot, let name) = current.kind else { return nil }
        fields.reverse()
        offsets.append(current.at)
        names.append(name)
        let cells = fields.map { Cell(text: pool.keep($0)) }
        pathUses.append(
            PathUse(
                number: Int32(paths.number(slot: slot, fields: fields)), slot: Int32(slot),
                name: Int32(names.count - 1), count: Int32(fields.count),
                isRules: slot >= paths.ruleSlot,
                fields: pool.keep(cells), offsets: pool.keep(offsets.reversed())))
        return Operand(.path, pathUses.count - 1)
    }
}

extension Node {
    /// Whether it is a variable or fields of one.
    var isPath: Bool {
        switch kind {
        case .variable: true
        case .select(let operand, _): operand.isPath
        case .constant, .local, .lazy, .optionalSelect, .test, .index, .optionalIndex, .not,
            .negate, .and, .or, .conditional, .binary, .list, .map, .comprehension, .bind,
            .optionalMap, .optionalOr, .call, .hostCall, .matches, .failure:
            false
        }
    }
}

extension Cell {
    /// nil for what does not fit into a cell by itself.
    init?(trivial value: Value) {
        switch value {
        case .null: self = .null
        case .bool(let value): self.init(value)
        case .int(let value): self.init(value)
        case .uint(let value): self.init(value)
        case .double(let value): self.init(value)
        case .number(let number): self.init(number)
        case .timestamp(let instant): self.init(instant)
        case .duration(let interval):
            self.init(tag: .duration, bits: UInt64(bitPattern: interval.nanoseconds))
        case .type(let kind): self.init(tag: .type, bits: UInt64(kind.rawValue))
        case .optional(nil): self = .none
        case .string, .bytes, .list, .array, .map, .object, .optional, .network: return nil
        }
    }

    init(_ instant: Instant) {
        self.init(
            tag: .timestamp, count: UInt32(bitPattern: instant.nanoseconds),
            bits: UInt64(bitPattern: instant.seconds))
    }
}
