/// One node of an expression ready to evaluate: names are slots, macros loops, functions bodies.
struct Node: Sendable {
    indirect enum Kind: Sendable {
        case constant(Value)
        case variable(slot: Int, name: String)
        /// A variable of a comprehension, by its place in `Evaluation.locals`.
        case local(Int)
        /// A name of `cel.bind` or `cel.block`: its value, made where it is first looked at.
        case lazy(local: Int, Node)
        case select(Node, field: String)
        /// `operand.?field`.
        case optionalSelect(Node, field: String)
        /// `has(operand.field)`.
        case test(Node, field: String)
        case index(Node, Node)
        /// `operand[?index]`.
        case optionalIndex(Node, Node)
        case not(Node)
        case negate(Node)
        case and([Node])
        case or([Node])
        case conditional(Node, Node, Node)
        case binary(BinaryOperator, Node, Node)
        case list([Element])
        case map([Entry])
        case comprehension(Comprehension)
        /// Gives names to values within the body.
        case bind([Binding], Node)
        /// `optMap` and `optFlatMap`.
        case optionalMap(OptionalMap)
        /// `or`, and `orValue` where it unwraps.
        case optionalOr(Node, Node, unwraps: Bool)
        case call(Function, [Node])
        case hostCall(HostCall, [Node])
        /// `matches` with a constant pattern.
        case matches(Node, Pattern)
        /// What an unchecked environment does not know.
        case failure(EvaluationError.Reason)
    }

    struct Element: Sendable {
        let value: Node
        /// Whether the value is an optional, and the element only there where it has one.
        let isOptional: Bool
    }

    struct Entry: Sendable {
        let key: Node
        let value: Node
        let isOptional: Bool
    }

    /// A macro that goes through a list or a map.
    struct Comprehension: Sendable {
        enum Macro: String, Sendable {
            case all, exists
            case existsOne = "exists_one"
            case map, filter, transformList, transformMap, transformMapEntry
        }

        let macro: Macro
        let range: Node
        /// Where the element, or the key of a map, stands in `Evaluation.locals`; of a macro with
        /// two variables the index or key.
        let local: Int
        /// Where the element or value stands, of a macro with two variables.
        let second: Int?
        /// What elements have to hold, of all macros that ask it.
        let predicate: Node?
        /// What is made of an element, of `map` and the macros that transform.
        let transform: Node?
    }

    struct Binding: Sendable {
        let local: Int
        let value: Node
    }

    struct OptionalMap: Sendable {
        let target: Node
        /// Where the value of the optional stands in `Evaluation.locals`.
        let local: Int
        let body: Node
        /// Whether the body gives an optional itself.
        let isFlat: Bool
    }

    let kind: Kind
    /// Bytes of the source, half open.
    let start: Int32
    let end: Int32
    /// The byte that errors point to.
    let at: Int32
    /// Levels from here down; a comprehension's body stands on its range, because its values can
    /// nest in those of the range. It bounds every recursion over the tree and over values.
    let depth: Int32
}
