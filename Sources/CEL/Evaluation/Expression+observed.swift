extension Expression {
    /// What the expression looks at: the side of its first comparison that is no constant.
    ///
    /// `payload.temp` of `payload.temp > 80.0 && device.trust > 0.5`. What an alert shows as its
    /// value. nil where nothing is compared outside of macros.
    public var observed: Expression? {
        root.firstObserved.map { Expression(of: $0, in: self) }
    }

    /// What has to hold together where the expression is to be true: the terms of its `&&`, or
    /// itself; and what each looks at.
    public var terms: [(term: Expression, observed: Expression?)] {
        guard case .and(let terms) = root.kind else { return [(self, observed)] }
        return terms.map { term in
            (
                Expression(of: term, in: self),
                term.firstObserved.map { Expression(of: $0, in: self) }
            )
        }
    }

    /// A part of an expression as one of its own, with the same slots.
    init(of node: Node, in whole: Expression) {
        let utf8 = whole.source.utf8
        // Nodes know their places in the text of the whole, of which a part has its own piece only.
        let isPart = utf8.count == Int(whole.root.end - whole.root.start)
        let base = isPart ? whole.root.start : 0
        let start = utf8.index(utf8.startIndex, offsetBy: Int(node.start - base))
        let end = utf8.index(utf8.startIndex, offsetBy: Int(node.end - base))
        source = String(whole.source[start..<end])
        slots = whole.slots
        hostCallCount = whole.hostCallCount
        type = .dyn
        estimate = whole.estimate
        root = node
        localCount = whole.localCount
    }

    /// An error of what the whole expression gives, at its beginning.
    public func fault(_ message: String) -> EvaluationError {
        located(EvaluationError(.invalidArgument(message), offset: root.at))
    }
}

extension Node {
    fileprivate var firstObserved: Node? {
        switch kind {
        case .binary(let comparison, let left, let right) where comparison.isComparison:
            return left.isConstant ? (right.isConstant ? nil : right) : left
        case .and(let terms), .or(let terms):
            for term in terms {
                if let found = term.firstObserved { return found }
            }
            return nil
        case .not(let operand): return operand.firstObserved
        case .conditional(let condition, _, _): return condition.firstObserved
        case .bind(let bindings, let body): return body.firstObserved?.bound(by: bindings)
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .negate, .binary, .list, .map, .comprehension, .optionalMap,
            .optionalOr, .call, .hostCall, .matches, .failure:
            return nil
        }
    }

    /// With the names that it may use, under its own text.
    private func bound(by bindings: [Binding]) -> Node {
        let deepest = bindings.map(\.value.depth).max() ?? 0
        return Node(
            kind: .bind(bindings, self), start: start, end: end, at: at,
            depth: 1 + max(depth, deepest))
    }

    private var isConstant: Bool {
        if case .constant = kind { return true }
        return false
    }
}

extension BinaryOperator {
    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        case .add, .subtract, .multiply, .divide, .remainder, .isIn: false
        }
    }
}
