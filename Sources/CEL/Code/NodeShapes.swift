/// Which parts of a tree are the same: those that come more than once are evaluated once.
///
/// Parts are the same when they have the same structure over the same names and literals, however
/// their macros' variables are called, and the same text, so that a fault's place in the one tells
/// its place in the other. Shared are those that no macro's variable from around reaches into,
/// since these have the same value wherever they stand, and that cost more than looking it up.
struct NodeShapes {
    private struct Shape {
        let isShareable: Bool
        var count = 0
    }

    /// What tells the nodes of a tree apart.
    private struct Place: Hashable {
        let start: Int32
        let end: Int32
        let depth: Int32
        let at: Int32

        init(_ node: Node) {
            start = node.start
            end = node.end
            depth = node.depth
            at = node.at
        }
    }

    /// What is known of a part.
    private struct Part {
        var number: Int
        /// Variables of macros that it uses and does not declare itself.
        var free: Set<Int> = []
        var weight = 1
    }

    private let source: [UInt8]
    /// Of the source, in the places of nodes: a part of an expression keeps those of the whole.
    private let start: Int
    /// Variables of the macros around, innermost last.
    private var scope: [Int] = []
    private var numbers: [String: Int] = [:]
    private var shapes: [Shape] = []
    private var places: [Place: Int] = [:]
    private var memos: [Int: Int] = [:]
    /// Whether it is a part of an expression that uses names of bindings around it.
    private(set) var isOpen = false
    /// A part that costs less is evaluated again.
    private static let weightMin = 8

    init(_ expression: Expression) {
        let root = expression.root
        source = Array(expression.source.utf8)
        start = source.count == Int(root.end - root.start) ? Int(root.start) : 0
        isOpen = !part(root).free.isEmpty
    }

    /// Gives a memo to every shape that is worth one; returns their number.
    mutating func assignMemos() -> Int {
        for (number, shape) in shapes.enumerated() where shape.count > 1 && shape.isShareable {
            memos[number] = memos.count
        }
        return memos.count
    }

    /// The memo of a part that comes more than once.
    func memo(of node: Node) -> Int? {
        guard !memos.isEmpty, let number = places[Place(node)] else { return nil }
        return memos[number]
    }

    private mutating func part(_ node: Node) -> Part {
        var part = Part(number: 0)
        var key = node.label ?? text(of: node)
        let outer = scope.count
        scope += node.declared
        for child in node.parts {
            let inner = self.part(child)
            part.free.formUnion(inner.free)
            part.weight += inner.weight
            key.append(" \(inner.number)")
        }
        scope.removeLast(scope.count - outer)
        switch node.kind {
        case .local(let local), .lazy(let local, _):
            part.free.insert(local)
            // By its distance from where it is declared, whatever it is called.
            key += "\(scope.count - (scope.lastIndex(of: local) ?? 0))"
        case .call, .matches, .comprehension: part.weight += Self.weightMin
        case .constant, .variable, .select, .optionalSelect, .test, .index, .optionalIndex, .not,
            .negate, .and, .or, .conditional, .binary, .list, .map, .bind, .optionalMap,
            .optionalOr, .hostCall, .failure:
            break
        }
        part.free.subtract(node.declared)
        part.number = number(of: key + " " + text(of: node), part)
        shapes[part.number].count += 1
        places[Place(node)] = part.number
        return part
    }

    private func text(of node: Node) -> String {
        let range = min(max(0, Int(node.start) - start), source.count)
        let end = min(max(range, Int(node.end) - start), source.count)
        return String(decoding: source[range..<end], as: UTF8.self)
    }

    private mutating func number(of key: String, _ part: Part) -> Int {
        if let known = numbers[key] { return known }
        let isShareable = part.free.isEmpty && part.weight >= Self.weightMin
        shapes.append(Shape(isShareable: isShareable))
        numbers[key] = shapes.count - 1
        return shapes.count - 1
    }
}

extension Node {
    /// What it is, without its parts; nil where only its text tells.
    fileprivate var label: String? {
        switch kind {
        case .constant, .matches, .failure: nil
        case .variable(let slot, _): "variable \(slot)"
        case .local: "local "
        case .lazy: "lazy "
        case .select(_, let field): "select \(field.utf8.count) \(field)"
        case .optionalSelect(_, let field): "select? \(field.utf8.count) \(field)"
        case .test(_, let field): "has \(field.utf8.count) \(field)"
        case .index: "index"
        case .optionalIndex: "index?"
        case .not: "not"
        case .negate: "negate"
        case .and: "and"
        case .or: "or"
        case .conditional: "conditional"
        case .binary(let operation, _, _): "binary \(operation.rawValue)"
        case .list(let elements): "list \(elements.map { $0.isOptional ? "?" : "-" }.joined())"
        case .map(let entries): "map \(entries.map { $0.isOptional ? "?" : "-" }.joined())"
        case .comprehension(let comprehension):
            "\(comprehension.macro.rawValue) \(comprehension.second != nil) "
                + "\(comprehension.predicate != nil)"
        case .bind(let bindings, _): "bind \(bindings.count)"
        case .optionalMap(let map): "optional \(map.isFlat)"
        case .optionalOr(_, _, let unwraps): "alternative \(unwraps)"
        case .call(let function, _): "call \(function.isMethod) \(function.name)"
        case .hostCall(let call, _): "host \(call.site)"
        }
    }

    /// Everything that it stands on.
    var parts: [Node] {
        switch kind {
        // The value of a binding is a part of the binding.
        case .constant, .variable, .local, .lazy, .failure: []
        case .select(let operand, _), .optionalSelect(let operand, _), .test(let operand, _),
            .not(let operand), .negate(let operand), .matches(let operand, _):
            [operand]
        case .index(let a, let b), .optionalIndex(let a, let b), .binary(_, let a, let b),
            .optionalOr(let a, let b, _):
            [a, b]
        case .conditional(let a, let b, let c): [a, b, c]
        case .and(let nodes), .or(let nodes), .call(_, let nodes), .hostCall(_, let nodes): nodes
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .comprehension(let comprehension):
            [comprehension.range]
                + [comprehension.predicate, comprehension.transform].compactMap { $0 }
        case .bind(let bindings, let body): bindings.map(\.value) + [body]
        case .optionalMap(let map): [map.target, map.body]
        }
    }

    /// The places of variables that it declares for its parts.
    var declared: [Int] {
        switch kind {
        case .comprehension(let comprehension):
            [comprehension.local, comprehension.second].compactMap { $0 }
        case .bind(let bindings, _): bindings.map(\.local)
        case .optionalMap(let map): [map.local]
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .not, .negate, .and, .or, .conditional, .binary, .list, .map,
            .optionalOr, .call, .hostCall, .matches, .failure:
            []
        }
    }
}
