/// A field that an expression asks a variable for, by a name that is written out.
public struct FieldUse: Equatable, Sendable {
    public let name: String
    /// Where in the expression's text.
    public let position: SourcePosition
}

extension Expression {
    /// The fields that are asked of a variable anywhere in the expression, in the order of the
    /// text: `a.b`, `has(a.b)`, `a.?b`, `a["b"]` and `a[?"b"]`.
    public func fields(ofSlot slot: Int) -> [FieldUse] {
        guard slots.contains(slot) else { return [] }
        var found: [(name: String, offset: Int)] = []
        root.collectFields(ofSlot: slot, into: &found)
        return found.sorted { $0.offset < $1.offset }.map {
            FieldUse(name: $0.name, position: SourcePosition(offset: $0.offset, in: source.utf8))
        }
    }
}

extension Node {
    fileprivate func collectFields(
        ofSlot slot: Int, into found: inout [(name: String, offset: Int)]
    ) {
        if let (name, offset) = field(ofSlot: slot) { found.append((name, offset)) }
        for child in children + bodies { child.collectFields(ofSlot: slot, into: &found) }
    }

    private func field(ofSlot slot: Int) -> (name: String, offset: Int)? {
        switch kind {
        case .select(let operand, let name), .optionalSelect(let operand, let name),
            .test(let operand, let name):
            return operand.isVariable(slot) ? (name, Int(at)) : nil
        case .index(let operand, let index), .optionalIndex(let operand, let index):
            guard operand.isVariable(slot), case .string(let name)? = index.constant else {
                return nil
            }
            return (name, Int(index.at))
        case .constant, .variable, .local, .lazy, .not, .negate, .and, .or, .conditional, .binary,
            .list, .map, .comprehension, .bind, .optionalMap, .optionalOr, .call, .hostCall,
            .matches, .failure:
            return nil
        }
    }

    private func isVariable(_ wanted: Int) -> Bool {
        if case .variable(let slot, _) = kind { return slot == wanted }
        return false
    }
}
