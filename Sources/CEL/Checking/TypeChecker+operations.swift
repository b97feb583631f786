extension TypeChecker {
    /// The types of what is written with operators.
    mutating func operation(_ node: Node) -> ValueType {
        switch node.kind {
        case .not(let operand):
            expect(.bool, operand, by: "'!'")
            return .bool
        case .negate(let operand):
            return result(
                of: OperatorSignatures.negation, [type(of: operand)], node,
                Call(name: "-", form: .prefix))
        case .and(let operands):
            for operand in operands { expect(.bool, operand, by: "'&&'") }
            return .bool
        case .or(let operands):
            for operand in operands { expect(.bool, operand, by: "'||'") }
            return .bool
        case .conditional(let test, let positive, let negative):
            expect(.bool, test, by: "'?'")
            let branch = type(of: positive)
            return branch.joined(with: type(of: negative))
        case .binary(let operation, let left, let right):
            let (left, right) = (type(of: left), type(of: right))
            return binary(operation, left, right, node)
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .list, .map, .comprehension, .bind, .optionalMap, .optionalOr, .call,
            .hostCall, .matches, .failure:
            return type(of: node)
        }
    }

    private mutating func binary(
        _ operation: BinaryOperator, _ left: ValueType, _ right: ValueType, _ node: Node
    ) -> ValueType {
        switch operation {
        case .equal, .notEqual:
            if !left.mayEqual(right) {
                _ = fault(
                    "\(left) is never equal to \(right)", node,
                    hint: Self.conversion(between: left, and: right))
            }
            return .bool
        case .isIn:
            membership(of: left, in: right, node)
            return .bool
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .add, .subtract, .multiply, .divide,
            .remainder:
            return result(
                of: OperatorSignatures.of(operation), [left, right], node,
                Call(name: operation.rawValue, form: .infix))
        }
    }

    private mutating func membership(
        of value: ValueType, in container: ValueType, _ node: Node
    ) {
        switch container {
        case .dyn, .parameter: break
        case .list(let element):
            if !element.mayEqual(value) {
                _ = fault("\(value) is never in \(container)", node)
            }
        case .map(let key, _):
            if !key.mayEqual(value) { _ = fault("\(value) is never in \(container)", node) }
        case .number, .simple, .optional:
            _ = fault(
                "'in' looks into a list or the keys of a map, not \(container)", node,
                hint: container == .string ? "write ….contains(…)" : nil)
        }
    }

    /// How to make one of a number and a string, which is what is mostly meant.
    private static func conversion(between a: ValueType, and b: ValueType) -> String? {
        let number = a == .string ? b : a
        guard a == .string || b == .string, number.isNumeric else { return nil }
        return "convert with string(…) or \(number == .number ? .double : number)(…)"
    }
}

/// The types that operators take and give (language definition, "List of Standard Definitions").
enum OperatorSignatures {
    static let negation = [
        Signature(.int, gives: .int, keepsNumbers: true),
        Signature(.double, gives: .double, keepsNumbers: true),
    ]

    static func of(_ operation: BinaryOperator) -> [Signature] {
        switch operation {
        case .equal, .notEqual, .isIn: []
        case .less, .lessOrEqual, .greater, .greaterOrEqual: ordering
        case .add: addition
        case .subtract: subtraction
        case .multiply, .divide: arithmetic(.int, .uint, .double)
        case .remainder: arithmetic(.int, .uint)
        }
    }

    /// Numbers of all kinds are in one order.
    private static let ordering =
        [Signature(.number, .number, gives: .bool)]
        + [ValueType.bool, .string, .bytes, .timestamp, .duration].map {
            Signature($0, $0, gives: .bool)
        }

    private static let addition =
        arithmetic(.int, .uint, .double) + [
            Signature(.string, .string, gives: .string),
            Signature(.bytes, .bytes, gives: .bytes),
            Signature(
                .list(.parameter(0)), .list(.parameter(0)), gives: .list(.parameter(0))),
            Signature(.timestamp, .duration, gives: .timestamp),
            Signature(.duration, .timestamp, gives: .timestamp),
            Signature(.duration, .duration, gives: .duration),
        ]

    private static let subtraction =
        arithmetic(.int, .uint, .double) + [
            Signature(.timestamp, .timestamp, gives: .duration),
            Signature(.timestamp, .duration, gives: .timestamp),
            Signature(.duration, .duration, gives: .duration),
        ]

    private static func arithmetic(_ types: ValueType...) -> [Signature] {
        types.map { Signature($0, $0, gives: $0, keepsNumbers: true) }
    }
}
