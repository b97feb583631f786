/// A comparison of a variable's field with a constant, without which an expression is not true.
public struct RequiredComparison: Sendable {
    public enum Relation: Sendable {
        case less, lessOrEqual, equal, greaterOrEqual, greater
    }

    /// Of the variable, in the environment.
    public let slot: Int
    /// The fields selected from it, outermost first; at least one.
    public let path: [String]
    /// The field stands on the left: `payload.temp > 80.0`.
    public let relation: Relation
    public let constant: Value
}

extension Expression {
    /// Comparisons that all have to hold where the expression gives `true`.
    ///
    /// When one of them is false, and not an error, the expression is false whatever the rest is:
    /// `&&` absorbs its errors (language definition, "Logical Operators"). What an index over many
    /// expressions can be built on.
    public var required: [RequiredComparison] {
        switch root.kind {
        case .and(let terms): terms.compactMap(\.requiredComparison)
        default: root.requiredComparison.map { [$0] } ?? []
        }
    }
}

extension Node {
    fileprivate var requiredComparison: RequiredComparison? {
        guard case .binary(let comparison, let left, let right) = kind,
            let relation = RequiredComparison.Relation(comparison)
        else { return nil }
        if case .constant(let constant) = right.kind, let (slot, path) = left.fieldPath {
            return RequiredComparison(
                slot: slot, path: path, relation: relation, constant: constant)
        }
        if case .constant(let constant) = left.kind, let (slot, path) = right.fieldPath {
            return RequiredComparison(
                slot: slot, path: path, relation: relation.mirrored, constant: constant)
        }
        return nil
    }

    /// `variable.a.b` as its slot and fields.
    private var fieldPath: (slot: Int, path: [String])? {
        guard case .select(let operand, let field) = kind else { return nil }
        if case .variable(let slot, _) = operand.kind { return (slot, [field]) }
        return operand.fieldPath.map { ($0.slot, $0.path + [field]) }
    }
}

extension RequiredComparison.Relation {
    fileprivate init?(_ comparison: BinaryOperator) {
        switch comparison {
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .equal: self = .equal
        case .greaterOrEqual: self = .greaterOrEqual
        case .greater: self = .greater
        case .notEqual, .add, .subtract, .multiply, .divide, .remainder, .isIn: return nil
        }
    }

    /// With the sides exchanged.
    fileprivate var mirrored: Self {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .equal: .equal
        case .greaterOrEqual: .lessOrEqual
        case .greater: .less
        }
    }
}
