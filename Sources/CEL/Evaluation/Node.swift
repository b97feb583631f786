/// One node of an expression ready to evaluate: names are slots, macros loops, functions bodies.
struct Node: Sendable {
    indirect enum Kind: Sendable {
        case constant(Value)
        case variable(slot: Int, name: String)
        /// A variable of a comprehension, by its place in `Evaluation.locals`.
        case local(Int)
        case select(Node, field: String)
        /// `has(operand.field)`.
        case test(Node, field: String)
        case index(Node, Node)
        case not(Node)
        case negate(Node)
        case and([Node])
        case or([Node])
        case conditional(Node, Node, Node)
        case binary(BinaryOperator, Node, Node)
        case list([Node])
        case map([(key: Node, value: Node)])
        case comprehension(Comprehension)
        case call(Function, [Node])
        case hostCall(HostCall, [Node])
        /// `matches` with a constant pattern.
        case matches(Node, Pattern)
        /// What an unchecked environment does not know.
        case failure(EvaluationError.Reason)
    }

    /// A macro that goes through a list or the keys of a map.
    struct Comprehension: Sendable {
        enum Macro: String, Sendable {
            case all, exists
            case existsOne = "exists_one"
            case map, filter
        }

        let macro: Macro
        let range: Node
        /// Where the element stands in `Evaluation.locals`.
        let local: Int
        /// Of `map` with three arguments, and of all macros but `map`.
        let predicate: Node?
        /// Of `map` only.
        let transform: Node?
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
