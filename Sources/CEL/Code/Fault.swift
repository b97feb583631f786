/// Why code came to no value: trivial, since most faults are absorbed and never told.
struct Fault {
    enum Code: UInt8 {
        /// Not a fault.
        case none
        case outOfFuel, noOverload, noKey, noElement, divisionByZero, overflow, outOfRange
        case tooLarge, noValue
        /// Any other reason, among the machine's `reasons`.
        case kept
        /// The same, of a variable that could not be loaded.
        case keptOfVariable
    }

    var code: Code
    /// What operator or function it is told of: a place in `Program.names`, or a `Term`.
    var name: Name = .selection
    /// `ValueKind`s; 0xFF for none.
    var left: UInt8 = 0xFF
    var right: UInt8 = 0xFF
    /// The byte of the source.
    var offset: Int32 = 0
    /// The length of a key; the place of a kept reason.
    var count: UInt32 = 0
    /// An index into a list, or the address of a key.
    var bits: UInt64 = 0

    static let none = Fault(code: .none)

    /// What faults are told of.
    enum Name: UInt8 {
        case selection, has, index, optionalIndex, conditional, and, or, not, negate
        case add, subtract, multiply, divide, remainder
        case less, lessOrEqual, greater, greaterOrEqual, isIn
        case all, exists, existsOne, map, filter, transformList, transformMap
        case transformMapEntry, mapKey, optionalElement, optionalEntry, or_, orValue
        case optMap, optFlatMap, size, contains, startsWith, endsWith, matches
        case string, list, mapValue
    }
}

extension Fault {
    static func noOverload(_ name: Name, _ cell: Cell, _ other: Cell? = nil) -> Fault {
        Fault(
            code: .noOverload, name: name, left: cell.kind.rawValue,
            right: other?.kind.rawValue ?? 0xFF)
    }

    static func noKey(_ key: UnsafeRawBufferPointer) -> Fault {
        let cell = Cell(text: key)
        return Fault(code: .noKey, count: cell.count, bits: cell.bits)
    }

    static func noElement(_ place: Int64) -> Fault {
        Fault(code: .noElement, bits: UInt64(bitPattern: place))
    }

    static func overflow(_ name: Name) -> Fault { Fault(code: .overflow, name: name) }

    /// The same, told of a place in the source.
    @inline(__always)
    func at(_ offset: Int32) -> Fault {
        var fault = self
        fault.offset = offset
        return fault
    }
}

extension Fault.Name {
    /// As messages have it.
    var text: String {
        switch self {
        case .selection: "selection"
        case .has: "has"
        case .index: "[]"
        case .optionalIndex: "[?]"
        case .conditional: "?:"
        case .and: "&&"
        case .or: "||"
        case .not: "!"
        case .negate, .subtract: "-"
        case .add: "+"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .isIn: "in"
        case .all: "all"
        case .exists: "exists"
        case .existsOne: "exists_one"
        case .map: "map"
        case .filter: "filter"
        case .transformList: "transformList"
        case .transformMap: "transformMap"
        case .transformMapEntry: "transformMapEntry"
        case .mapKey: "map key"
        case .optionalElement: "[?]"
        case .optionalEntry: "{?}"
        case .or_: "or"
        case .orValue: "orValue"
        case .optMap: "optMap"
        case .optFlatMap: "optFlatMap"
        case .size: "size"
        case .contains: "contains"
        case .startsWith: "startsWith"
        case .endsWith: "endsWith"
        case .matches: "matches"
        case .string: "a string"
        case .list: "a list"
        case .mapValue: "a map"
        }
    }
}
