extension Expression {
    /// What an expression with a truth is made of, for whoever asks why it does not hold.
    public enum Form: Sendable {
        /// All of them have to hold.
        case all([Expression])
        /// One of them has to hold.
        case any([Expression])
        /// It must not hold.
        case negation(Expression)
        /// `operator` as it is written: `==`, `!=`, `<`, `<=`, `>` or `>=`.
        case comparison(Expression, operator: String, Expression)
        /// What the variable of this slot gives.
        case variable(slot: Int)
        /// A function, a field, a macro, a constant.
        case other
    }

    /// The outermost of it. Parts are expressions of their own, with the same slots.
    ///
    /// - Precondition: The expression is no part of a macro.
    public var form: Form {
        switch root.kind {
        case .and(let terms): .all(terms.map { Expression(of: $0, in: self) })
        case .or(let terms): .any(terms.map { Expression(of: $0, in: self) })
        case .not(let operand): .negation(Expression(of: operand, in: self))
        case .binary(let comparison, let left, let right) where comparison.isComparison:
            .comparison(
                Expression(of: left, in: self), operator: comparison.rawValue,
                Expression(of: right, in: self))
        case .variable(let slot, _): .variable(slot: slot)
        case .constant, .local, .lazy, .select, .optionalSelect, .test, .index, .optionalIndex,
            .negate, .conditional, .binary, .list, .map, .comprehension, .bind, .optionalMap,
            .optionalOr, .call, .hostCall, .matches, .failure:
            .other
        }
    }

    /// Whether it has the same value always.
    public var isConstant: Bool {
        if case .constant = root.kind { return true }
        return false
    }
}
