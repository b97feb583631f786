/// One node of an expression as it is written: names not resolved, macros not yet known as such.
struct Syntax: Sendable {
    indirect enum Kind: Sendable {
        case literal(Value)
        /// `x`, or `.x` where it is rooted.
        case name(String, isRooted: Bool)
        case select(Syntax, field: String)
        /// `a.?b`.
        case optionalSelect(Syntax, field: String)
        case index(Syntax, Syntax)
        /// `a[?b]`.
        case optionalIndex(Syntax, Syntax)
        /// `f(x)`, `.f(x)` or, with a target, `t.f(x)`.
        case call(String, [Syntax], target: Syntax?, isRooted: Bool)
        case not(Syntax)
        case negate(Syntax)
        /// All operands of a row of `&&`, so that a long row is not a deep tree.
        case and([Syntax])
        case or([Syntax])
        case binary(BinaryOperator, Syntax, Syntax)
        case conditional(Syntax, Syntax, Syntax)
        case list([Element])
        case map([Entry])
        /// `a.b.Message{field: value}`.
        case message(String)
    }

    struct Element: Sendable {
        let value: Syntax
        /// `[?value]`: an optional, there only where it has a value.
        let isOptional: Bool
    }

    struct Entry: Sendable {
        let key: Syntax
        let value: Syntax
        /// `{?key: value}`: an entry only where the optional has a value.
        let isOptional: Bool
    }

    let kind: Kind
    /// Bytes of the source, half open.
    let start: Int
    let end: Int
    /// The byte that an error of evaluation points to: the operator, field or function's name.
    let at: Int
    /// Levels of the tree from here down.
    let depth: Int
}

/// The operators that are functions of two values.
enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
}
