import Core

extension Arithmetic {
    /// Arithmetic with a JSON number on a side gives a JSON number (rules.md).
    ///
    /// `+ - *` stay exact while both sides are integral and the result fits int64, else they are
    /// done in doubles; `/` always is; `%` needs integral operands. What JSON cannot say, NaN and
    /// the infinities, becomes a double.
    static func number(
        _ a: Value, _ b: Value, _ operation: BinaryOperator
    ) throws(Failure) -> Value {
        guard let left = Numeric(a), let right = Numeric(b) else {
            throw .noOverload(operation.rawValue, a.kind, b.kind)
        }
        if operation == .remainder { return try remainder(left, right, a, b) }
        if let a = left.integer, let b = right.integer, let exact = exact(a, b, operation) {
            return .number(.int(exact))
        }
        let result = rounded(left.double, right.double, operation)
        return JSONNumber(result).map(Value.number) ?? .double(result)
    }

    /// nil on overflow, and for a quotient.
    static func exact(_ a: Int64, _ b: Int64, _ operation: BinaryOperator) -> Int64? {
        let result: (partialValue: Int64, overflow: Bool)
        switch operation {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide, .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater,
            .greaterOrEqual, .isIn:
            return nil
        }
        return result.overflow ? nil : result.partialValue
    }

    static func rounded(_ a: Double, _ b: Double, _ operation: BinaryOperator) -> Double {
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn:
            .nan
        }
    }

    private static func remainder(
        _ left: Numeric, _ right: Numeric, _ a: Value, _ b: Value
    ) throws(Failure) -> Value {
        guard let dividend = left.integer, let divisor = right.integer else {
            throw .noOverload("%", a.kind, b.kind)
        }
        guard divisor != 0 else { throw .divisionByZero }
        // The least int64 by -1 overflows on its way to a remainder of 0.
        return .number(.int(divisor == -1 ? 0 : dividend % divisor))
    }
}

extension Numeric {
    /// The number as an int64 where it is integral and fits.
    var integer: Int64? {
        switch self {
        case .int(let value): value
        case .uint(let value): Int64(exactly: value)
        case .double(let value): Int64(exactly: value)
        }
    }
}
