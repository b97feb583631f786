import Core

/// A field of a variable: the names that are selected from it, outermost first.
///
/// None: the variable itself. Names are told apart by their bytes, as the language does.
public struct FieldPath: Hashable, Sendable {
    /// Of the variable, in the environment.
    public let slot: Int
    public let names: [ExactText]

    public init(slot: Int, names: [ExactText] = []) {
        self.slot = slot
        self.names = names
    }

    public func appending(_ more: [ExactText]) -> FieldPath {
        FieldPath(slot: slot, names: names + more)
    }
}

/// A condition that asks one field for one constant thing, so that its result is known from a look
/// at the field.
///
/// It is an error where the field is not there, `exists` and `isMember` excepted, and where it is
/// of a kind that the test is not made for.
public struct FieldTest: Equatable, Sendable {
    public enum Relation: Equatable, Sendable { case less, lessOrEqual, greaterOrEqual, greater }

    public enum Kind: Equatable, Sendable {
        /// The order to a number that is not NaN: `payload.temp > 80.0`. Made for numbers.
        case isOrdered(Relation, Value)
        /// Equal to one of these texts, numbers, truth values or null. Made for every kind.
        case isOneOf([Value])
        /// Made for texts.
        case startsWith(String)
        /// The field is the condition, or its negation. Made for truth values.
        case isBool(Bool)
        /// `has(payload.x)`, or its negation; an error where that which should have it is no map.
        case exists(Bool)
        /// `"x" in payload`, or its negation: the same on maps, but lists have members as well.
        case isMember(Bool)
    }

    public let path: FieldPath
    public let kind: Kind

    public init(path: FieldPath, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// The field without which it is an error.
    public var need: FieldPath {
        switch kind {
        case .exists, .isMember: FieldPath(slot: path.slot, names: path.names.dropLast())
        case .isOrdered, .isOneOf, .startsWith, .isBool: path
        }
    }

    /// The test that is true where this one is false, and an error where it is one; nil where no
    /// single test is that.
    public var negated: FieldTest? {
        switch kind {
        case .isOrdered(let relation, let value):
            // JSON has no NaN, of which neither would be true.
            FieldTest(path: path, kind: .isOrdered(relation.complement, value))
        case .isBool(let isTrue): FieldTest(path: path, kind: .isBool(!isTrue))
        case .exists(let isThere): FieldTest(path: path, kind: .exists(!isThere))
        case .isMember(let isThere): FieldTest(path: path, kind: .isMember(!isThere))
        case .isOneOf, .startsWith: nil
        }
    }
}

extension FieldTest.Relation {
    /// What holds where this one does not.
    fileprivate var complement: Self {
        switch self {
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greaterOrEqual: .less
        case .greater: .lessOrEqual
        }
    }

    /// With the sides exchanged.
    fileprivate var mirrored: Self {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greaterOrEqual: .lessOrEqual
        case .greater: .less
        }
    }

    fileprivate init?(_ comparison: BinaryOperator) {
        switch comparison {
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        case .equal, .notEqual, .add, .subtract, .multiply, .divide, .remainder, .isIn: return nil
        }
    }
}

extension Node {
    /// What it asks of one field, as a condition; nil where it does anything else.
    var fieldTest: FieldTest? {
        switch kind {
        case .variable, .select, .index:
            return fieldPath.map { FieldTest(path: $0, kind: .isBool(true)) }
        case .not(let operand): return operand.fieldTest?.negated
        case .test(let operand, let field):
            return operand.fieldPath.map {
                FieldTest(path: $0.appending([ExactText(field)]), kind: .exists(true))
            }
        case .binary(let operation, let left, let right):
            return Self.comparison(operation, left, right)
        case .call(let function, let arguments):
            guard function.name == "startsWith", arguments.count == 2,
                case .string(let prefix)? = arguments[1].constant
            else { return nil }
            return arguments[0].fieldPath.map { FieldTest(path: $0, kind: .startsWith(prefix)) }
        case .or(let operands): return Self.alternative(operands)
        case .constant, .local, .lazy, .optionalSelect, .optionalIndex, .negate, .and,
            .conditional, .list, .map, .comprehension, .bind, .optionalMap, .optionalOr, .hostCall,
            .matches, .failure:
            return nil
        }
    }

    /// `variable.a["b"]` as its slot and fields. Of a map, an index by a constant text is the
    /// same as a selection, and an error of other kinds likewise.
    var fieldPath: FieldPath? {
        switch kind {
        case .variable(let slot, _): return FieldPath(slot: slot)
        case .select(let operand, let field):
            return operand.fieldPath?.appending([ExactText(field)])
        case .index(let operand, let index):
            guard case .string(let field)? = index.constant else { return nil }
            return operand.fieldPath?.appending([ExactText(field)])
        case .constant, .local, .lazy, .optionalSelect, .test, .optionalIndex, .not, .negate, .and,
            .or, .conditional, .binary, .list, .map, .comprehension, .bind, .optionalMap,
            .optionalOr, .call, .hostCall, .matches, .failure:
            return nil
        }
    }

    private static func comparison(
        _ operation: BinaryOperator, _ left: Node, _ right: Node
    ) -> FieldTest? {
        if operation == .isIn { return membership(of: left, in: right) }
        if let path = left.fieldPath, let constant = right.constant {
            return comparison(operation, path, constant, isMirrored: false)
        }
        if let path = right.fieldPath, let constant = left.constant {
            return comparison(operation, path, constant, isMirrored: true)
        }
        return nil
    }

    private static func comparison(
        _ operation: BinaryOperator, _ path: FieldPath, _ constant: Value, isMirrored: Bool
    ) -> FieldTest? {
        if operation == .equal, constant.isKey {
            return FieldTest(path: path, kind: .isOneOf([constant]))
        }
        guard let relation = FieldTest.Relation(operation), let number = Numeric(constant),
            !number.double.isNaN
        else { return nil }
        return FieldTest(
            path: path, kind: .isOrdered(isMirrored ? relation.mirrored : relation, constant))
    }

    private static func membership(of left: Node, in right: Node) -> FieldTest? {
        if case .string(let name)? = left.constant, let path = right.fieldPath {
            return FieldTest(path: path.appending([ExactText(name)]), kind: .isMember(true))
        }
        guard let path = left.fieldPath, let elements = right.constantElements,
            elements.allSatisfy(\.isKey)
        else { return nil }
        return FieldTest(path: path, kind: .isOneOf(elements))
    }

    /// `payload.mode == "a" || payload.mode in ["b", "c"]`.
    private static func alternative(_ operands: [Node]) -> FieldTest? {
        var path: FieldPath?
        var values: [Value] = []
        for operand in operands {
            guard let test = operand.fieldTest, case .isOneOf(let more) = test.kind,
                path == nil || path == test.path
            else { return nil }
            path = test.path
            values += more
        }
        return path.map { FieldTest(path: $0, kind: .isOneOf(values)) }
    }

    /// The elements of a list that is written out in literals.
    var constantElements: [Value]? {
        switch kind {
        case .constant(.list(let elements)): return elements
        case .list(let elements):
            let constants = elements.compactMap { $0.isOptional ? nil : $0.value.constant }
            return constants.count == elements.count ? constants : nil
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .not, .negate, .and, .or, .conditional, .binary, .map, .comprehension,
            .bind, .optionalMap, .optionalOr, .call, .hostCall, .matches, .failure:
            return nil
        }
    }
}

extension Value {
    /// Whether a field can be found by its being equal to this.
    fileprivate var isKey: Bool {
        switch self {
        case .null, .bool, .int, .uint, .double, .number, .string: true
        case .bytes, .list, .array, .map, .object, .timestamp, .duration, .type, .optional,
            .network:
            false
        }
    }
}
