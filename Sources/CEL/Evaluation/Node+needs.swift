import Core

extension Node {
    /// Fields without which it is an error, at most `Limits.indexedFieldsMax`.
    var needs: [FieldPath] {
        var needs: [FieldPath] = []
        collectNeeds(into: &needs)
        return needs
    }

    /// What is evaluated whenever the node is, and whose errors are its own.
    private func collectNeeds(into needs: inout [FieldPath]) {
        guard needs.count < Limits.indexedFieldsMax else { return }
        if let fieldPath {
            if !needs.contains(fieldPath) { needs.append(fieldPath) }
            return
        }
        for part in certainParts { part.collectNeeds(into: &needs) }
        // One of these is evaluated, or enough of them to have the result: all have to fail.
        let alternatives = alternatives
        guard let first = alternatives.first else { return }
        var common = first.needs
        for other in alternatives.dropFirst() {
            let others = other.needs
            common.removeAll { !others.contains($0) }
        }
        for path in common where needs.count < Limits.indexedFieldsMax && !needs.contains(path) {
            needs.append(path)
        }
    }

    private var certainParts: [Node] {
        switch kind {
        // The value of a binding is evaluated only where it is looked at.
        case .constant, .variable, .local, .lazy, .failure, .and, .or: []
        case .select(let operand, _), .optionalSelect(let operand, _), .test(let operand, _),
            .not(let operand), .negate(let operand), .matches(let operand, _):
            [operand]
        case .index(let a, let b), .optionalIndex(let a, let b), .binary(_, let a, let b): [a, b]
        case .optionalOr(let operand, _, _): [operand]
        case .conditional(let condition, _, _): [condition]
        case .call(_, let arguments), .hostCall(_, let arguments): arguments
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .comprehension(let comprehension): [comprehension.range]
        case .optionalMap(let map): [map.target]
        case .bind(_, let body): [body]
        }
    }

    private var alternatives: [Node] {
        switch kind {
        case .and(let operands), .or(let operands): operands
        case .conditional(_, let positive, let negative): [positive, negative]
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .not, .negate, .binary, .list, .map, .comprehension, .bind,
            .optionalMap, .optionalOr, .call, .hostCall, .matches, .failure:
            []
        }
    }
}
