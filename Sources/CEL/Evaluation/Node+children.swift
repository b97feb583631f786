extension Node {
    /// What is evaluated where the node itself is; the body of a macro is not.
    var children: [Node] {
        switch kind {
        // A name of a binding is not its value once more.
        case .constant, .variable, .local, .lazy, .failure: []
        case .select(let operand, _), .optionalSelect(let operand, _), .test(let operand, _),
            .not(let operand),
            .negate(let operand), .matches(let operand, _):
            [operand]
        case .index(let a, let b), .optionalIndex(let a, let b), .binary(_, let a, let b),
            .optionalOr(let a, let b, _):
            [a, b]
        case .conditional(let a, let b, let c): [a, b, c]
        case .and(let nodes), .or(let nodes), .call(_, let nodes), .hostCall(_, let nodes): nodes
        case .list(let elements): elements.map(\.value)
        case .bind(let bindings, let body): bindings.map(\.value) + [body]
        case .optionalMap(let map): [map.target]
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .comprehension(let comprehension): [comprehension.range]
        }
    }

    /// What a macro evaluates under a name, once for every element.
    var bodies: [Node] {
        switch kind {
        case .comprehension(let comprehension):
            [comprehension.predicate, comprehension.transform].compactMap { $0 }
        case .optionalMap(let map): [map.body]
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .not, .negate, .and, .or, .conditional, .binary, .list, .map, .bind,
            .optionalOr, .call, .hostCall, .matches, .failure:
            []
        }
    }
}
