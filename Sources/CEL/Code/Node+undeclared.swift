/// Names of a part that was cut out of where they are declared.
struct UndeclaredNames {
    /// Of bindings; each name carries its value.
    private(set) var bindings: Set<Int> = []
    /// Of macros, whose variables have no value there.
    private(set) var variables: Set<Int> = []

    init(in root: Node) { collect(root, declared: []) }

    private mutating func collect(_ node: Node, declared: Set<Int>) {
        switch node.kind {
        case .local(let local):
            if !declared.contains(local) { variables.insert(local) }
        case .lazy(let local, let value):
            // Once: a value may name another twice, and that one another.
            guard !declared.contains(local), bindings.insert(local).inserted else { return }
            collect(value, declared: declared)
        case .constant, .variable, .select, .optionalSelect, .test, .index, .optionalIndex, .not,
            .negate, .and, .or, .conditional, .binary, .list, .map, .comprehension, .bind,
            .optionalMap, .optionalOr, .call, .hostCall, .matches, .failure:
            let inner = declared.union(node.declared)
            for part in node.parts { collect(part, declared: inner) }
        }
    }
}
