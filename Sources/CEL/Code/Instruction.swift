/// One step of code: trivial, its operands encoded as `Operand`s.
struct Instruction {
    enum Operation: UInt8 {
        // Control
        case jump
        /// `b` is what the code comes to.
        case finish
        /// Keeps a fault as the first of its row, and goes on at `target`.
        case absorb
        /// Ends a row: throws the fault that it absorbed, or comes to `constant`.
        case settle
        /// Forgets what a row absorbed.
        case clear
        // Values that are true or false; each stores or branches
        case truth, compare, contain, text, has
        /// Comparisons of a path or a macro's variable with `number`, which is all that most rules
        /// consist of.
        case comparePath, compareLocal
        // Values
        case move, arithmetic, convert, negate, select, optionalSelect, index, optionalIndex
        // Loops
        case loop, next, increment
        /// Goes through numbers as long as comparing them with `number` decides nothing.
        case scan
        // Lists and maps
        case newList, append, appendOptional, newMap, insert, insertOptional, merge
        // Optionals
        case content, wrap, alternative, requireOptional
        // Code elsewhere
        case memo, lazy, forget, call, host, matches, fail
    }

    /// What is done with a truth value.
    enum Sense: UInt8 {
        /// It becomes register `a`.
        case store
        /// The code goes on at `target` where it is false, or where it is true.
        case jumpIfFalse, jumpIfTrue
    }

    var operation: Operation
    var sense = Sense.store
    /// Tells operations of one kind apart: a relation, an operator, a conversion.
    var variant: UInt8 = 0
    var name = Fault.Name.selection
    /// Fuel that is spent before anything else.
    var cost: Int32 = 0
    /// A register or another number.
    var a: Int32 = 0
    var b = Operand.none
    var c = Operand.none
    /// Where to go on.
    var target: Int32 = 0
    var relation = Relation.equal
    var intrinsic = Intrinsic.dyn
    /// What a number is compared with.
    var number = 0.0
}

/// Where a value comes from, and what looking at it costs.
struct Operand {
    enum Mode: UInt8 {
        /// A register that was paid for.
        case register
        /// A register, of a macro's variable: one unit of fuel.
        case local
        /// One unit of fuel.
        case constant
        /// A constant that was paid for.
        case paidConstant
        /// A variable and fields of it: a place in `Program.paths`.
        case path
    }

    let mode: Mode
    private let number: Int32

    init(_ mode: Mode, _ index: Int) {
        self.mode = mode
        number = Int32(index)
    }

    static let none = Operand(.register, 0)

    @inline(__always) var index: Int { Int(number) }
}

/// `==` and its likes.
enum Relation: UInt8 {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

    init?(_ operation: BinaryOperator) {
        switch operation {
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        case .add, .subtract, .multiply, .divide, .remainder, .isIn: return nil
        }
    }

    @inline(__always)
    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }

    var operation: BinaryOperator {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        }
    }
}

extension Relation {
    /// With the sides exchanged.
    var mirrored: Relation {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }

    /// IEEE 754: NaN is equal to nothing and in no order.
    @inline(__always)
    func holds<Number: Comparable>(_ x: Number, _ y: Number) -> Bool {
        switch self {
        case .equal: x == y
        case .notEqual: x != y
        case .less: x < y
        case .lessOrEqual: x <= y
        case .greater: x > y
        case .greaterOrEqual: x >= y
        }
    }
}

extension BinaryOperator {
    /// As an instruction's variant.
    var code: UInt8 {
        switch self {
        case .add: 0
        case .subtract: 1
        case .multiply: 2
        case .divide: 3
        case .remainder: 4
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn: 5
        }
    }

    /// Of a variant.
    static let arithmetic: [BinaryOperator] = [.add, .subtract, .multiply, .divide, .remainder]
}

/// The functions that code does itself where their arguments are of the common kinds.
enum Intrinsic: UInt8, Sendable {
    case startsWith, endsWith, contains
    case size, int, uint, double, string, type, dyn
}
