/// What an expression may refer to: the names and functions that it is checked against.
public struct Environment: Sendable {
    /// Declared variables, simple (`payload`) or qualified (`a.b.c`); their indices are the slots
    /// that an `Activation` is asked for.
    public let variables: [String]
    /// The scope that names are looked up in first: `a.b` tries `a.b.x`, `a.x`, then `x`.
    public let container: String
    public let functions: FunctionTable
    /// Whether unknown names and functions, and types that cannot go together, are errors at
    /// parse; where false they are errors of the evaluation that reaches them.
    public let isChecked: Bool
    /// The most that an expression may cost by its estimate; one that may cost more is an error.
    public let costMax: Int
    /// By slot.
    private let types: [ValueType]
    private let sizes: [ValueSize]
    private let fields: [[String: ValueType]?]
    private let slots: [String: Int]

    /// - Parameters:
    ///   - variables: Unique; of names that repeat, the first counts.
    ///   - types: Of the variables, by name, where something is known of them; the activation has
    ///     to hold what is said here, for other values are refused only where they are used.
    ///   - fields: Of the variables that are maps of which all is known: they have these fields,
    ///     each of its type, and no others.
    ///   - sizes: Of the variables of which more is known than their types say.
    public init(
        variables: [String] = [], types: [String: ValueType] = [:],
        fields: [String: [String: ValueType]] = [:], sizes: [String: ValueSize] = [:],
        container: String = "", functions: FunctionTable = .standard, isChecked: Bool = true,
        costMax: Int = .max
    ) {
        self.variables = variables
        self.container = container
        self.functions = functions
        self.isChecked = isChecked
        self.costMax = costMax
        self.types = variables.map { types[$0] ?? .dyn }
        self.sizes = variables.map { sizes[$0] ?? ValueSize(of: types[$0] ?? .dyn) }
        self.fields = variables.map { fields[$0] }
        slots = Dictionary(
            variables.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: min)
    }

    func type(ofSlot slot: Int) -> ValueType { types[slot] }

    func size(ofSlot slot: Int) -> ValueSize { sizes[slot] }

    /// The fields that a variable has; nil where they are not known.
    func fields(ofSlot slot: Int) -> [String: ValueType]? { fields[slot] }

    /// What a field of a variable is; nil where that is not known, or the operand is no variable.
    func field(_ name: String, of operand: Node) -> ValueType? {
        guard case .variable(let slot, _) = operand.kind else { return nil }
        return fields[slot]?[name]
    }

    func slot(of name: String) -> Int? { slots[name] }

    /// The qualified names that a name may stand for, in the order in which they are tried.
    func candidates(for name: String) -> [String] {
        if name.utf8.first == UInt8(ascii: ".") { return [String(name.dropFirst())] }
        var scopes = container.split(separator: ".").map(String.init)
        var candidates: [String] = []
        while !scopes.isEmpty {
            candidates.append(scopes.joined(separator: ".") + "." + name)
            scopes.removeLast()
        }
        return candidates + [name]
    }
}
