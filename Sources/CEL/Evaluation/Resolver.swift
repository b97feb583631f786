import Core

/// Gives every name of a syntax tree its meaning in an environment, and expands the macros.
///
/// It goes on after a fault, with a node in its place that fails, so that all are found at once.
struct Resolver {
    let environment: Environment
    var faults: [SyntaxFault] = []
    var slots: Set<Int> = []
    var localCount = 0
    var hostCallCount = 0
    /// Names that comprehensions and bindings around give, innermost last.
    var scope: [(name: String, meaning: Meaning)] = []

    /// What a name of an expression's own stands for.
    enum Meaning {
        case local(Int)
        case lazy(local: Int, Node)
    }

    init(environment: Environment) { self.environment = environment }

    mutating func resolve(_ syntax: Syntax) -> Node {
        switch syntax.kind {
        case .literal(let value): return node(.constant(value), syntax)
        case .name, .select: return resolveName(syntax)
        case .call(let name, let arguments, let target, let isRooted):
            return resolveCall(name, arguments, target, isRooted: isRooted, syntax)
        case .index(let operand, let index):
            let (operand, index) = (resolve(operand), resolve(index))
            return node(.index(operand, index), syntax, operand.depth, index.depth)
        case .optionalSelect(let operand, let field):
            let operand = resolve(operand)
            return node(.optionalSelect(operand, field: field), syntax, operand.depth)
        case .optionalIndex(let operand, let index):
            let (operand, index) = (resolve(operand), resolve(index))
            return node(.optionalIndex(operand, index), syntax, operand.depth, index.depth)
        case .not(let operand):
            let operand = resolve(operand)
            return node(.not(operand), syntax, operand.depth)
        case .negate(let operand):
            let operand = resolve(operand)
            return node(.negate(operand), syntax, operand.depth)
        case .and(let operands):
            let operands = operands.map { resolve($0) }
            return node(.and(operands), syntax, Self.depth(operands))
        case .or(let operands):
            let operands = operands.map { resolve($0) }
            return node(.or(operands), syntax, Self.depth(operands))
        case .binary(let operation, let left, let right):
            let (left, right) = (resolve(left), resolve(right))
            return node(.binary(operation, left, right), syntax, left.depth, right.depth)
        case .conditional(let test, let positive, let negative):
            let all = [resolve(test), resolve(positive), resolve(negative)]
            return node(.conditional(all[0], all[1], all[2]), syntax, Self.depth(all))
        case .list(let elements):
            let elements = elements.map {
                Node.Element(value: resolve($0.value), isOptional: $0.isOptional)
            }
            return node(.list(elements), syntax, Self.depth(elements.map(\.value)))
        case .map(let entries):
            let entries = entries.map {
                Node.Entry(
                    key: resolve($0.key), value: resolve($0.value), isOptional: $0.isOptional)
            }
            let depth = entries.map { max($0.key.depth, $0.value.depth) }.max() ?? 0
            return node(.map(entries), syntax, depth)
        case .message(let name):
            return fault(.unsupported, "there is no message type '\(name)'", syntax)
        }
    }

    // MARK: Nodes

    static func depth(_ nodes: [Node]) -> Int32 { nodes.map(\.depth).max() ?? 0 }

    /// A node on children of the given depths.
    mutating func node(_ kind: Node.Kind, _ syntax: Syntax, _ depths: Int32...) -> Node {
        let depth = 1 + (depths.max() ?? 0)
        if depth > Limits.expressionDepthMax {
            return fault(
                .tooLarge, "comprehensions nest deeper than \(Limits.expressionDepthMax) levels",
                syntax)
        }
        return Node(
            kind: kind, start: Int32(syntax.start), end: Int32(syntax.end), at: Int32(syntax.at),
            depth: depth)
    }

    /// Whether one more fault is told; hints are looked for only then.
    var tellsFaults: Bool { faults.count < Limits.expressionFaultsMax }

    /// Notes what is wrong and stands a failing node in its place.
    mutating func fault(
        _ kind: ParseError.Kind, _ message: String, _ syntax: Syntax, hint: String? = nil
    ) -> Node {
        if tellsFaults {
            faults.append(
                SyntaxFault(kind: kind, offset: syntax.at, message: message, hint: hint))
        }
        return failure(.unknown(message), syntax)
    }

    func failure(_ reason: EvaluationError.Reason, _ syntax: Syntax) -> Node {
        Node(
            kind: .failure(reason), start: Int32(syntax.start), end: Int32(syntax.end),
            at: Int32(syntax.at), depth: 1)
    }

    // MARK: Names

    /// A name, or selections from one: the longest part that is declared is the variable.
    private mutating func resolveName(_ syntax: Syntax) -> Node {
        if let name = syntax.dottedName, let found = declared(name, syntax) { return found }
        switch syntax.kind {
        case .select(let operand, let field):
            let operand = resolve(operand)
            return node(.select(operand, field: field), syntax, operand.depth)
        case .name(let name, _): return unknownName(name, syntax)
        case .literal, .optionalSelect, .index, .optionalIndex, .call, .not, .negate, .and, .or,
            .binary, .conditional, .list, .map, .message:
            return resolve(syntax)
        }
    }

    /// What the whole of a dotted name stands for, if anything.
    private mutating func declared(_ name: String, _ syntax: Syntax) -> Node? {
        if let root = name.split(separator: ".", maxSplits: 1).first,
            name.utf8.first != UInt8(ascii: "."), let meaning = meaning(of: String(root))
        {
            return root.utf8.count == name.utf8.count ? reference(to: meaning, syntax) : nil
        }
        for candidate in environment.candidates(for: name) {
            if let slot = environment.slot(of: candidate) {
                slots.insert(slot)
                return node(.variable(slot: slot, name: candidate), syntax)
            }
            if let type = Self.types[candidate] { return node(.constant(.type(type)), syntax) }
        }
        return nil
    }

    /// nil for names that the environment has to know.
    func meaning(of name: String) -> Meaning? { scope.last { $0.name == name }?.meaning }

    mutating func reference(to meaning: Meaning, _ syntax: Syntax) -> Node {
        switch meaning {
        case .local(let local): node(.local(local), syntax)
        case .lazy(let local, let value):
            node(.lazy(local: local, value), syntax, value.depth)
        }
    }

    private static let types = Dictionary(
        uniqueKeysWithValues: ValueKind.allCases.map { ($0.typeName, $0) })

    private mutating func unknownName(_ name: String, _ syntax: Syntax) -> Node {
        guard environment.isChecked else { return failure(.unknown(name), syntax) }
        let roots = environment.variables.map { $0.split(separator: ".").first.map(String.init) }
        let known = scope.map(\.name) + roots.compactMap { $0 } + Self.types.keys
        return fault(
            .unknownName, "unknown name '\(name)'", syntax,
            hint: tellsFaults ? NearestName.hint(for: name, among: known) : nil)
    }
}
