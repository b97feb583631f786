extension BinaryOperator {
    /// The operator as a function of two values.
    func apply(
        _ a: Value, _ b: Value, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Value {
        switch self {
        case .equal: .bool(try Equality.isEqual(a, b, &fuel))
        case .notEqual: .bool(try !Equality.isEqual(a, b, &fuel))
        case .less: .bool(try Ordering.compare(a, b, "<", &fuel).map { $0 < 0 } ?? false)
        case .lessOrEqual: .bool(try Ordering.compare(a, b, "<=", &fuel).map { $0 <= 0 } ?? false)
        case .greater: .bool(try Ordering.compare(a, b, ">", &fuel).map { $0 > 0 } ?? false)
        case .greaterOrEqual:
            .bool(try Ordering.compare(a, b, ">=", &fuel).map { $0 >= 0 } ?? false)
        case .isIn: .bool(try Lookup.contains(a, in: b, &fuel))
        case .add: try Arithmetic.add(a, b, &fuel)
        case .subtract: try Arithmetic.subtract(a, b)
        case .multiply: try Arithmetic.multiply(a, b)
        case .divide: try Arithmetic.divide(a, b)
        case .remainder: try Arithmetic.remainder(a, b)
        }
    }
}
