import Core
import Glibc

/// Steps that come to true or false; nil where there is a fault, which is in the state.
extension Run {
    @inline(__always)
    func truth(_ step: Step) -> Bool? {
        guard let cell = operand(step.pointee.b) else { return nil }
        if cell.tag == .bool { return cell.isTrue }
        raise(.noOverload(step.pointee.name, cell))
        return nil
    }

    // MARK: Comparisons

    @inline(__always)
    func compare(_ step: Step) -> Bool? {
        let x = fetch(step.pointee.b)
        if x.isUnset { return nil }
        let y = fetch(step.pointee.c)
        if y.isUnset { return nil }
        let relation = step.pointee.relation
        let (left, right) = (x.likeness, y.likeness)
        if left == Self.double {
            if right == Self.double { return relation.holds(x.double, y.double) }
            if right == Self.int, Self.isExact(y.int) {
                return relation.holds(x.double, Double(y.int))
            }
        } else if left == Self.int {
            if right == Self.int { return relation.holds(x.int, y.int) }
            if right == Self.double, Self.isExact(x.int) {
                return relation.holds(Double(x.int), y.double)
            }
        } else if left == Self.string, x.tag == .string, y.tag == .string {
            guard spend(Int(min(x.count, y.count)) >> 4) else { return nil }
            if relation == .equal { return isSame(x, y) }
            if relation == .notEqual { return !isSame(x, y) }
            return relation.holds(order(x, y))
        }
        return compareOthers(relation, x, y)
    }

    /// With a number that is written out: the left side, then the one unit that the number costs.
    @inline(__always)
    func compare(_ step: Step, _ x: Cell) -> Bool? {
        if x.likeness == Self.double {
            guard spend(1) else { return nil }
            return step.pointee.relation.holds(x.double, step.pointee.number)
        }
        if x.likeness == Self.int, Self.isExact(x.int) {
            guard spend(1) else { return nil }
            return step.pointee.relation.holds(Double(x.int), step.pointee.number)
        }
        if x.isUnset { return nil }
        let y = fetch(step.pointee.c)
        return y.isUnset ? nil : compareOthers(step.pointee.relation, x, y)
    }

    private static let int = Cell.Tag.jsonInt.rawValue | 1
    private static let double = Cell.Tag.jsonDouble.rawValue | 1
    private static let string = Cell.Tag.string.rawValue | 1

    /// Whether a double has the value.
    @inline(__always)
    private static func isExact(_ value: Int64) -> Bool { value.magnitude <= 1 << 53 }

    /// IEEE 754: NaN is equal to nothing and in no order.
    @inline(__always)
    private func isSame(_ x: Cell, _ y: Cell) -> Bool {
        guard x.count == y.count else { return false }
        guard x.count > 0, let a = x.text.baseAddress, let b = y.text.baseAddress else {
            return true
        }
        return memcmp(a, b, Int(x.count)) == 0
    }

    private func order(_ x: Cell, _ y: Cell) -> Int {
        Octets.compare(
            x.text.assumingMemoryBound(to: UInt8.self),
            y.text.assumingMemoryBound(to: UInt8.self))
    }

    @inline(never)
    private func compareOthers(_ relation: Relation, _ x: Cell, _ y: Cell) -> Bool? {
        if relation == .equal { return isEqual(x, y) }
        if relation == .notEqual { return isEqual(x, y).map { !$0 } }
        if let left = x.numeric, let right = y.numeric {
            let precision: Numeric.Precision =
                x.isJSONNumber || y.isJSONNumber ? .exact : .rounded
            return Numeric.compare(left, right, precision).map(relation.holds) ?? false
        }
        switch (x.tag, y.tag) {
        case (.bool, .bool): return relation.holds(Int(x.bits) - Int(y.bits))
        case (.bytes, .bytes):
            guard spend(Int(min(x.count, y.count)) >> 4) else { return nil }
            return relation.holds(order(x, y))
        case (.duration, .duration):
            return relation.holds(x.int < y.int ? -1 : x.int > y.int ? 1 : 0)
        case (.timestamp, .timestamp):
            if x.int != y.int { return relation.holds(x.int < y.int ? -1 : 1) }
            return relation.holds(Int(x.count) - Int(y.count))
        default:
            raise(.noOverload(Fault.Name(relation.operation), x, y))
            return nil
        }
    }

    /// The language's `==`.
    func isEqual(_ x: Cell, _ y: Cell) -> Bool? {
        if let left = x.numeric, let right = y.numeric {
            let precision: Numeric.Precision =
                x.isJSONNumber || y.isJSONNumber ? .exact : .rounded
            return Numeric.compare(left, right, precision) == 0
        }
        guard x.kind == y.kind else { return false }
        switch (x.tag, y.tag) {
        case (.string, .string), (.bytes, .bytes):
            guard spend(Int(min(x.count, y.count)) >> 4) else { return nil }
            return isSame(x, y)
        case (.null, .null): return true
        case (.bool, .bool), (.duration, .duration), (.type, .type): return x.bits == y.bits
        case (.timestamp, .timestamp): return x.bits == y.bits && x.count == y.count
        default:
            return apply { fuel throws(EvaluationError.Reason) in
                try Equality.isEqual(value(of: x), value(of: y), &fuel)
            }
        }
    }

    // MARK: in

    /// `value in container`.
    func contain(_ step: Step) -> Bool? {
        guard let value = operand(step.pointee.b), let container = operand(step.pointee.c) else {
            return nil
        }
        switch container.tag {
        case .list: return isAmong(value, container)
        case .array: return isElement(value, of: container)
        case .object where value.tag == .string:
            guard let view = state.pointee.view else { return nil }
            guard spend(view.count(of: container.node) >> 3) else { return nil }
            return view.member(value.text, of: container.node) != nil
        default:
            return apply { fuel throws(EvaluationError.Reason) in
                try Lookup.contains(self.value(of: value), in: self.value(of: container), &fuel)
            }
        }
    }

    private func isAmong(_ value: Cell, _ list: Cell) -> Bool? {
        guard let elements = list.cells else { return false }
        for index in 0..<Int(list.count) {
            guard spend(1), let isSame = isEqual(elements[index], value) else { return nil }
            if isSame { return true }
        }
        return false
    }

    private func isElement(_ value: Cell, of array: Cell) -> Bool? {
        guard let view = state.pointee.view else { return nil }
        let end = view.next(array.node)
        var node = array.node + 1
        while node < end {
            guard spend(1), let isSame = isEqual(Cell(node, of: view), value) else { return nil }
            if isSame { return true }
            node = view.next(node)
        }
        return false
    }

    // MARK: Texts

    /// `startsWith`, `endsWith` and `contains`.
    func testText(_ step: Step) -> Bool? {
        guard let text = operand(step.pointee.b), let part = operand(step.pointee.c) else {
            return nil
        }
        guard text.tag == .string, part.tag == .string else {
            raise(.noOverload(Self.name(step), text, part))
            return nil
        }
        guard spend(Int(text.count) >> 4) else { return nil }
        let (whole, wanted) = (text.text, part.text)
        switch step.pointee.intrinsic {
        case .startsWith: return Self.hasPart(text, part, at: 0)
        case .endsWith:
            return Self.hasPart(text, part, at: Int(text.count) - Int(part.count))
        case .contains, .size, .int, .uint, .double, .string, .type, .dyn:
            return Octets.contains(
                whole.assumingMemoryBound(to: UInt8.self),
                wanted.assumingMemoryBound(to: UInt8.self))
        }
    }

    @inline(__always)
    private static func hasPart(_ text: Cell, _ part: Cell, at place: Int) -> Bool {
        guard part.count <= text.count else { return false }
        guard part.count > 0, let whole = text.text.baseAddress, let wanted = part.text.baseAddress
        else { return true }
        return memcmp(whole + place, wanted, Int(part.count)) == 0
    }

    private static func name(_ step: Step) -> Fault.Name {
        switch step.pointee.intrinsic {
        case .startsWith: .startsWith
        case .endsWith: .endsWith
        case .contains, .size, .int, .uint, .double, .string, .type, .dyn: .contains
        }
    }

    // MARK: What the tree's own code does

    /// Does something with values, as the tree does it.
    func apply<Result>(
        _ body: (inout Fuel) throws(EvaluationError.Reason) -> Result
    ) -> Result? {
        var fuel = Fuel(state.pointee.fuel)
        do {
            let result = try body(&fuel)
            state.pointee.fuel = fuel.left
            return result
        } catch {
            state.pointee.fuel = fuel.left
            raise(state.pointee.keep(error))
            return nil
        }
    }
}
