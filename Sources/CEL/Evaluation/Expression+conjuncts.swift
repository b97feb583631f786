import Core

/// A term of an expression's `&&`, and what is known of it without evaluating: what an index over
/// many expressions is built on.
public struct Conjunct: Sendable {
    /// What it asks of one field, where that is all that it does.
    public let test: FieldTest?
    /// Fields of variables without which it is an error, whatever the others are; variables
    /// themselves stand for those whose own error it takes over. At most
    /// `Limits.indexedFieldsMax` of them.
    public let needs: [FieldPath]
    /// Whether the expression is false where this term is, and no error.
    ///
    /// `&&` absorbs the errors of other terms, but not that the fuel is used up: a term behind one
    /// that can use it up decides nothing.
    public let decides: Bool
    let node: Node
}

extension Expression {
    /// The terms that all have to hold where the expression gives `true`, those of terms that are
    /// `&&` themselves among them; else itself alone.
    ///
    /// The expression is an error where a term is one and none is false.
    /// - Parameter isBounded: Whether looking at a variable of this slot never uses up the fuel,
    ///   and its texts, lists and maps are of documents of at most
    ///   `Limits.indexedPayloadBytesMax`.
    public func conjuncts(isBounded: (_ slot: Int) -> Bool) -> [Conjunct] {
        var nodes: [Node] = []
        root.flatten(into: &nodes)
        var fuel: Int? = nodes.count
        return nodes.map { node in
            fuel = node.fuelBound(isBounded).flatMap { added in fuel.map { $0 + added } }
            return Conjunct(
                test: node.fieldTest, needs: node.needs,
                decides: fuel.map { $0 <= Self.decidedFuelMax } ?? false, node: node)
        }
    }

    /// A term as an expression of its own.
    public func term(_ conjunct: Conjunct) -> Expression { Expression(of: conjunct.node, in: self) }

    /// The field that the expression is, where it is no more than one.
    public var fieldPath: FieldPath? { root.fieldPath }

    /// Fields without which the expression is an error; as in `Conjunct`.
    public var needs: [FieldPath] { root.needs }

    /// Whether an evaluation never uses up the fuel; as in `conjuncts`.
    public func isBounded(_ isBounded: (_ slot: Int) -> Bool) -> Bool {
        root.fuelBound(isBounded).map { $0 <= Self.decidedFuelMax } ?? false
    }

    /// Half of what there is: the estimate needs not be exact.
    private static let decidedFuelMax = Limits.evaluationFuelMax / 2
}

extension Node {
    fileprivate func flatten(into nodes: inout [Node]) {
        if case .and(let terms) = kind {
            for term in terms { term.flatten(into: &nodes) }
        } else {
            nodes.append(self)
        }
    }
}
