/// What an expression may refer to: the names and functions that it is checked against.
public struct Environment: Sendable {
    /// Declared variables, simple (`payload`) or qualified (`a.b.c`); their indices are the slots
    /// that an `Activation` is asked for.
    public let variables: [String]
    /// The scope that names are looked up in first: `a.b` tries `a.b.x`, `a.x`, then `x`.
    public let container: String
    public let functions: FunctionTable
    /// Whether unknown names and functions are errors at parse; where false they are errors of
    /// the evaluation that reaches them.
    public let isChecked: Bool
    private let slots: [String: Int]

    /// - Parameter variables: Unique; of names that repeat, the first counts.
    public init(
        variables: [String] = [], container: String = "", functions: FunctionTable = .standard,
        isChecked: Bool = true
    ) {
        self.variables = variables
        self.container = container
        self.functions = functions
        self.isChecked = isChecked
        slots = Dictionary(
            variables.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: min)
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
