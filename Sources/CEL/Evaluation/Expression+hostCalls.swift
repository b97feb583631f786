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
        for child in node.bodies { collect(child, isInMacro: true, into: &found) }
    }
}
