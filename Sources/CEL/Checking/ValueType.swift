/// What is known of a value before there is one.
///
/// Checking is gradual: what is not known is `dyn`, which goes with everything, so that only
/// expressions are refused that could not have a value whatever the unknown is.
public indirect enum ValueType: Hashable, Sendable {
    /// Anything; a payload and what is taken from it.
    case dyn
    /// A JSON number, or a number of which the kind is not known.
    case number
    /// A value without parts of a type of their own.
    case simple(ValueKind)
    case list(ValueType)
    case map(ValueType, ValueType)
    case optional(ValueType)
    /// What a signature leaves open; within one, the same number is the same type.
    case parameter(Int)

    public static let null = ValueType.simple(.null)
    public static let bool = ValueType.simple(.bool)
    public static let int = ValueType.simple(.int)
    public static let uint = ValueType.simple(.uint)
    public static let double = ValueType.simple(.double)
    public static let string = ValueType.simple(.string)
    public static let bytes = ValueType.simple(.bytes)
    public static let timestamp = ValueType.simple(.timestamp)
    public static let duration = ValueType.simple(.duration)
    public static let type = ValueType.simple(.type)
    public static let ip = ValueType.simple(.ip)
    public static let cidr = ValueType.simple(.cidr)
}

extension ValueType {
    /// Whether its values are numbers.
    public var isNumeric: Bool {
        switch self {
        case .number, .simple(.int), .simple(.uint), .simple(.double): true
        case .dyn, .simple, .list, .map, .optional, .parameter: false
        }
    }

    /// Whether values may be of another kind than the type says, as JSON numbers are.
    var isOpen: Bool { self == .dyn || self == .number }

    /// What both are, for the elements of a list and the branches of a conditional.
    func joined(with other: ValueType) -> ValueType {
        if self == other { return self }
        switch (self, other) {
        case (.list(let a), .list(let b)): return .list(a.joined(with: b))
        case (.map(let k, let v), .map(let l, let w)):
            return .map(k.joined(with: l), v.joined(with: w))
        case (.optional(let a), .optional(let b)): return .optional(a.joined(with: b))
        case (.dyn, _), (.number, _), (.simple, _), (.list, _), (.map, _), (.optional, _),
            (.parameter, _):
            return .dyn
        }
    }

    /// Without what lies deeper than so many levels: that is anything.
    ///
    /// The types of maps of maps double with each level, and with them the time that they take.
    func pruned(to levels: Int) -> ValueType {
        switch self {
        case .dyn, .number, .simple, .parameter: self
        case .list, .map, .optional: levels > 0 ? prunedParts(to: levels - 1) : .dyn
        }
    }

    private func prunedParts(to levels: Int) -> ValueType {
        switch self {
        case .dyn, .number, .simple, .parameter: self
        case .list(let element): .list(element.pruned(to: levels))
        case .map(let key, let value):
            .map(key.pruned(to: levels), value.pruned(to: levels))
        case .optional(let value): .optional(value.pruned(to: levels))
        }
    }

    /// Whether some value could be equal to one of the other type, or be in its place.
    func mayEqual(_ other: ValueType) -> Bool {
        switch (self, other) {
        case (.dyn, _), (_, .dyn), (.parameter, _), (_, .parameter): true
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)):
            a.mayEqual(b)
        case (.map(let k, let v), .map(let l, let w)): k.mayEqual(l) && v.mayEqual(w)
        case (.number, _), (.simple, _), (.list, _), (.map, _), (.optional, _):
            self == other || (isNumeric && other.isNumeric)
        }
    }
}

extension ValueType: CustomStringConvertible {
    /// As messages write it: `list(int)`.
    public var description: String {
        switch self {
        case .dyn: "dyn"
        case .number: "number"
        case .simple(let kind): kind.typeName
        case .list(.dyn): "list"
        case .list(let element): "list(\(element))"
        case .map(.dyn, .dyn): "map"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(.dyn): "optional_type"
        case .optional(let value): "optional_type(\(value))"
        case .parameter(let number): number == 0 ? "T" : "T\(number)"
        }
    }
}
