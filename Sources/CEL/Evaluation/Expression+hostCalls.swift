/// A call of a function of the host, as it stands in an expression.
public struct HostCallSite: Sendable {
    public let call: HostCall
    /// What is passed, each as an expression of its own, so that the host can evaluate it whether
    /// or not the rest of the expression gets there.
    public let arguments: [Expression]
    /// Inside of a macro's body it is called for every element, and the arguments may depend on
    /// that; they have no value by themselves then.
    public let isInMacro: Bool
    /// Where the call stands in the expression's text.
    public let position: SourcePosition
}

extension Expression {
    /// Every call of a function of the host, by its `site`.
    public var hostCalls: [HostCallSite] {
        guard hostCallCount > 0 else { return [] }
        var found: [HostCallSite] = []
        collect(root, isInMacro: false, into: &found)
        return found.sorted { $0.call.site < $1.call.site }
    }

    /// The value, where the expression is a literal.
    public var literal: Value? { root.constant }

    private func collect(_ node: Node, isInMacro: Bool, into found: inout [HostCallSite]) {
        if case .hostCall(let call, let arguments) = node.kind {
            found.append(
                HostCallSite(
                    call: call, arguments: arguments.map { Expression(of: $0, in: self) },
                    isInMacro: isInMacro,
                    position: SourcePosition(offset: Int(node.start), in: source.utf8)))
        }
        for child in node.children { collect(child, isInMacro: isInMacro, into: &found) }
        if case .comprehension(let comprehension) = node.kind {
            let body = [comprehension.predicate, comprehension.transform].compactMap { $0 }
            for child in body { collect(child, isInMacro: true, into: &found) }
        }
        if case .optionalMap(let map) = node.kind {
            collect(map.body, isInMacro: true, into: &found)
        }
    }
}

extension Node {
    /// What is evaluated where the node itself is; the body of a macro is not.
    fileprivate var children: [Node] {
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
}
