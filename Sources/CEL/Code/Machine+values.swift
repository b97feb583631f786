import Core

/// Cells to values and back, for what is not done with cells alone.
extension Machine.State {
    mutating func allocate(cells count: Int, level: UInt8) -> UnsafeMutablePointer<Cell> {
        if level != Shelf.run { isMessageUntidy = true }
        return switch level {
        case Shelf.message: messageShelf.arena.allocate(cells: count)
        case Shelf.rule: ruleShelf.arena.allocate(cells: count)
        default: runCells(count)
        }
    }

    /// Room that lasts as long as the run.
    @inline(__always)
    mutating func runCells(_ count: Int) -> UnsafeMutablePointer<Cell> {
        isUntidy = true
        return runShelf.arena.allocate(cells: count)
    }

    mutating func runBytes(_ count: Int) -> UnsafeMutableRawPointer {
        isUntidy = true
        return runShelf.arena.allocate(bytes: count)
    }

    // MARK: To cells

    mutating func cell(of value: Value, level: UInt8) -> Cell {
        if level == Shelf.run { isUntidy = true } else { isMessageUntidy = true }
        return switch level {
        case Shelf.message: Self.cell(of: value, on: &messageShelf, level)
        case Shelf.rule: Self.cell(of: value, on: &ruleShelf, level)
        default: Self.cell(of: value, on: &runShelf, level)
        }
    }

    private static func cell(of value: Value, on shelf: inout Shelf, _ level: UInt8) -> Cell {
        switch value {
        case .string(let text): return shelf.cell(text.utf8, .string, of: value)
        case .bytes(let bytes): return shelf.cell(bytes, .bytes, of: value)
        case .optional(let content?):
            let cell = cell(of: content, on: &shelf, level)
            let place = shelf.arena.allocate(cells: 1)
            place.initialize(to: cell)
            return Cell(tag: .optional, bits: UInt64(UInt(bitPattern: place)))
        case .null, .bool, .int, .uint, .double, .number, .timestamp, .duration, .type,
            .optional(nil), .list, .array, .map, .object, .network:
            if let cell = Cell(trivial: value) { return cell }
            shelf.values.append(value)
            return Cell(shelved: value.kind, at: shelf.values.count - 1, level: level)
        }
    }

    // MARK: To values

    mutating func value(of cell: Cell, _ program: Program) -> Value {
        switch cell.tag {
        case .unset, .null: return .null
        case .bool: return .bool(cell.isTrue)
        case .int: return .int(cell.int)
        case .uint: return .uint(cell.bits)
        case .double: return .double(cell.double)
        case .jsonInt: return .number(.int(cell.int))
        case .jsonDouble: return .number(.double(cell.double))
        case .string, .bytes: return text(cell)
        case .list: return list(cell, program)
        case .array, .object: return madeValue(ofNode: cell.node)
        case .timestamp:
            // It was one before.
            return Instant(
                seconds: cell.int, nanoseconds: Int32(bitPattern: cell.count)
            ).map(Value.timestamp) ?? .null
        case .duration: return .duration(Interval(nanoseconds: cell.int))
        case .type: return .type(ValueKind(rawValue: UInt8(truncatingIfNeeded: cell.bits)) ?? .null)
        case .optional:
            guard let content = cell.cells?.pointee else { return .optional(nil) }
            return .optional(value(of: content, program))
        case .shelved:
            let place = Int(cell.count)
            switch cell.level {
            case Shelf.message: return messageShelf.values[place]
            case Shelf.rule: return ruleShelf.values[place]
            case Shelf.run: return runShelf.values[place]
            default: return program.shelf[place]
            }
        }
    }

    /// Made once, if it is long: a loop may ask for it again and again.
    private mutating func text(_ cell: Cell) -> Value {
        let place = TextPlace(cell.text)
        if let place, let known = madeTexts[place], known.kind == cell.kind { return known }
        let value: Value =
            cell.tag == .bytes
            ? .bytes(Array(cell.text)) : .string(String(decoding: cell.text, as: UTF8.self))
        if let place {
            isUntidy = true
            madeTexts[place] = value
        }
        return value
    }

    /// Made once, if it is large, or has more below it than its count tells: the same list may
    /// stand in it many times, and in that another one likewise.
    private mutating func list(_ cell: Cell, _ program: Program) -> Value {
        guard let cells = cell.cells, cell.count > 0 else { return .list([]) }
        let isLarge =
            cell.count >= 16
            || (0..<Int(cell.count)).contains {
                cells[$0].tag == .list || cells[$0].tag == .optional
            }
        let key = UInt(bitPattern: cells)
        if isLarge, case .list(let known)? = madeLists[key], known.count == Int(cell.count) {
            return .list(known)
        }
        var values: [Value] = []
        values.reserveCapacity(Int(cell.count))
        for index in 0..<Int(cell.count) { values.append(value(of: cells[index], program)) }
        if isLarge {
            isUntidy = true
            madeLists[key] = .list(values)
        }
        return .list(values)
    }

    private mutating func madeValue(ofNode node: Int) -> Value {
        if let known = made[node] { return known }
        let value = view.map { Value($0.value(of: node)) } ?? .null
        isMessageUntidy = true
        made[node] = value
        return value
    }
}
