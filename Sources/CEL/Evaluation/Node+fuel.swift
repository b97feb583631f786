import Core

extension Node {
    /// A bound of the fuel that evaluating it takes, where texts, lists and maps are those of
    /// documents of at most `Limits.indexedPayloadBytesMax`; nil where none is known.
    ///
    /// Known for what makes no large values and goes through none more than once.
    func fuelBound(_ isBounded: (_ slot: Int) -> Bool) -> Int? {
        guard var fuel = ownFuel(isBounded) else { return nil }
        for part in evaluatedParts {
            guard let added = part.fuelBound(isBounded) else { return nil }
            fuel += added
        }
        return fuel
    }

    /// Reading a text of that size, `Fuel.spend(bytes:)`.
    private static let textFuel = Limits.indexedPayloadBytesMax >> 4
    /// Finding a name in a map of a document of that size: a unit for eight members, which have 5
    /// bytes at least.
    private static let searchFuel = Limits.indexedPayloadBytesMax / 40

    /// Of the node without its parts.
    private func ownFuel(_ isBounded: (Int) -> Bool) -> Int? {
        switch kind {
        case .constant, .not, .negate, .and, .or, .conditional, .optionalOr, .failure: return 1
        case .variable(let slot, _): return isBounded(slot) ? 1 : nil
        case .select, .optionalSelect, .test, .index, .optionalIndex: return 1 + Self.searchFuel
        // The state of a call has bounds of its own, and is no part of the evaluation.
        case .hostCall: return 1
        case .binary(let operation, let left, let right):
            return Self.fuel(of: operation, left, right).map { 1 + $0 }
        case .call(let function, _): return Self.fuel(of: function).map { 1 + $0 }
        case .local, .lazy, .list, .map, .comprehension, .bind, .optionalMap, .matches:
            return nil
        }
    }

    private static func fuel(of operation: BinaryOperator, _ left: Node, _ right: Node) -> Int? {
        switch operation {
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return textFuel
        case .subtract, .multiply, .divide, .remainder: return 0
        // A number is added to numbers and times only, which are not large.
        case .add: return left.isNumber || right.isNumber ? 0 : nil
        // Two lists or maps can cost more than both have elements.
        case .equal, .notEqual: return left.isScalar || right.isScalar ? textFuel : nil
        case .isIn:
            if let elements = right.constantElements {
                guard elements.allSatisfy(\.isScalar) else { return nil }
                // Made, looked at, and read.
                return elements.reduce(0) { $0 + 2 + ($1.string?.utf8.count ?? 0) >> 4 }
            }
            return left.isScalar ? Limits.indexedPayloadBytesMax : nil
        }
    }

    /// Functions that read a text once; a list or map only for its size.
    private static func fuel(of function: Function) -> Int? {
        switch function.name {
        case "startsWith", "endsWith", "contains", "size", "int", "uint", "double", "bool",
            "string", "timestamp", "duration":
            return textFuel
        case "lowerAscii", "upperAscii", "trim": return 8 * textFuel
        case _: return TimeField(rawValue: function.name) == nil ? nil : textFuel
        }
    }

    private var evaluatedParts: [Node] {
        switch kind {
        case .constant, .variable, .local, .lazy, .failure, .list, .map, .comprehension, .bind,
            .optionalMap, .matches:
            []
        case .select(let operand, _), .optionalSelect(let operand, _), .test(let operand, _),
            .not(let operand), .negate(let operand):
            [operand]
        // The elements have been counted.
        case .binary(.isIn, let left, let right) where right.constantElements != nil: [left]
        case .index(let a, let b), .optionalIndex(let a, let b), .binary(_, let a, let b),
            .optionalOr(let a, let b, _):
            [a, b]
        case .conditional(let a, let b, let c): [a, b, c]
        case .and(let operands), .or(let operands): operands
        case .call(_, let arguments), .hostCall(_, let arguments): arguments
        }
    }

    private var isNumber: Bool { constant.map { Numeric($0) != nil } ?? false }
    private var isScalar: Bool { constant?.isScalar ?? false }
}

extension Value {
    fileprivate var isScalar: Bool {
        switch self {
        case .null, .bool, .int, .uint, .double, .number, .string, .timestamp, .duration, .type:
            true
        case .bytes, .list, .array, .map, .object, .optional, .network: false
        }
    }
}
