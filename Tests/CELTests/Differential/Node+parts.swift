@testable import CEL

/// Nodes by name, and trees made anew.
extension Node.Kind {
    /// What coverage counts it as; what has several forms, by its form.
    var name: String {
        switch self {
        case .constant: "constant"
        case .variable: "variable"
        case .local: "local"
        case .lazy: "lazy"
        case .select: "select"
        case .optionalSelect: "optionalSelect"
        case .test: "test"
        case .index: "index"
        case .optionalIndex: "optionalIndex"
        case .not: "not"
        case .negate: "negate"
        case .and: "and"
        case .or: "or"
        case .conditional: "conditional"
        case .binary(let operation, _, _): "binary \(operation.rawValue)"
        case .list: "list"
        case .map: "map"
        case .comprehension(let comprehension): comprehension.name
        case .bind: "bind"
        case .optionalMap(let map): map.isFlat ? "optFlatMap" : "optMap"
        case .optionalOr(_, _, let unwraps): unwraps ? "orValue" : "or"
        case .call(let function, _): function.form
        case .hostCall(let call, _): "host \(call.name)"
        case .matches: "matches"
        case .failure: "failure"
        }
    }

    /// The names of all nodes of which there may be values.
    static var names: [String] {
        let operators = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "in"]
        return [
            "constant", "variable", "local", "lazy", "select", "optionalSelect", "test", "index",
            "optionalIndex", "not", "negate", "and", "or", "conditional", "list", "map", "bind",
            "optFlatMap", "optMap", "orValue", "or", "matches",
        ] + operators.map { "binary \($0)" } + Node.Comprehension.names
    }
}

extension Node.Comprehension {
    /// The macro, with what tells its forms apart.
    var name: String {
        "macro \(macro.rawValue)\(second == nil ? "" : " of two")"
            + (transform != nil && predicate != nil ? " that ask" : "")
    }

    static let names = [
        "all", "all of two", "exists", "exists of two", "exists_one", "exists_one of two", "map",
        "map that ask", "filter", "transformList of two", "transformList of two that ask",
        "transformMap of two", "transformMap of two that ask", "transformMapEntry of two",
        "transformMapEntry of two that ask",
    ].map { "macro \($0)" }
}

extension Function {
    /// Its name with the way it is called: `.split/3`.
    var form: String {
        "\(isMethod ? "." : "")\(name)/\(argumentCount)\(isVariadic ? "…" : "")"
    }

    /// Whether it takes whatever there is, and so has no error of its own.
    var takesAnything: Bool {
        signatures.allSatisfy { signature in
            signature.parameters.allSatisfy { $0 == .dyn || $0 == .parameter(0) }
        }
    }
}

extension Node {
    /// The nodes within it, with those that are looked at by name only.
    var within: [Node] {
        switch kind {
        case .constant, .variable, .local, .failure: []
        case .lazy(_, let node), .select(let node, _), .optionalSelect(let node, _),
            .test(let node, _), .not(let node), .negate(let node), .matches(let node, _):
            [node]
        case .index(let a, let b), .optionalIndex(let a, let b), .binary(_, let a, let b),
            .optionalOr(let a, let b, _):
            [a, b]
        case .conditional(let a, let b, let c): [a, b, c]
        case .and(let nodes), .or(let nodes), .call(_, let nodes), .hostCall(_, let nodes): nodes
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .bind(let bindings, let body): bindings.map(\.value) + [body]
        case .optionalMap(let map): [map.target, map.body]
        case .comprehension(let macro):
            [macro.range] + [macro.predicate, macro.transform].compactMap { $0 }
        }
    }

    /// Another node in the same place.
    func with(_ kind: Kind) -> Node {
        Node(kind: kind, start: start, end: end, at: at, depth: depth)
    }

    /// The tree with every node changed, the innermost first.
    func changed(_ change: (Node) -> Node) -> Node {
        func all(_ nodes: [Node]) -> [Node] { nodes.map { $0.changed(change) } }
        let kind: Kind =
            switch self.kind {
            case .constant, .variable, .local, .failure: self.kind
            case .lazy(let local, let node): .lazy(local: local, node.changed(change))
            case .select(let node, let field): .select(node.changed(change), field: field)
            case .optionalSelect(let node, let field):
                .optionalSelect(node.changed(change), field: field)
            case .test(let node, let field): .test(node.changed(change), field: field)
            case .index(let a, let b): .index(a.changed(change), b.changed(change))
            case .optionalIndex(let a, let b): .optionalIndex(a.changed(change), b.changed(change))
            case .not(let node): .not(node.changed(change))
            case .negate(let node): .negate(node.changed(change))
            case .and(let nodes): .and(all(nodes))
            case .or(let nodes): .or(all(nodes))
            case .conditional(let a, let b, let c):
                .conditional(a.changed(change), b.changed(change), c.changed(change))
            case .binary(let operation, let a, let b):
                .binary(operation, a.changed(change), b.changed(change))
            case .list(let elements):
                .list(
                    elements.map {
                        Element(value: $0.value.changed(change), isOptional: $0.isOptional)
                    })
            case .map(let entries):
                .map(
                    entries.map {
                        Entry(
                            key: $0.key.changed(change), value: $0.value.changed(change),
                            isOptional: $0.isOptional)
                    })
            case .comprehension(let macro):
                .comprehension(
                    Comprehension(
                        macro: macro.macro, range: macro.range.changed(change),
                        local: macro.local, second: macro.second,
                        predicate: macro.predicate?.changed(change),
                        transform: macro.transform?.changed(change)))
            case .bind(let bindings, let body):
                .bind(
                    bindings.map { Binding(local: $0.local, value: $0.value.changed(change)) },
                    body.changed(change))
            case .optionalMap(let map):
                .optionalMap(
                    OptionalMap(
                        target: map.target.changed(change), local: map.local,
                        body: map.body.changed(change), isFlat: map.isFlat))
            case .optionalOr(let a, let b, let unwraps):
                .optionalOr(a.changed(change), b.changed(change), unwraps: unwraps)
            case .call(let function, let nodes): .call(function, all(nodes))
            case .hostCall(let call, let nodes): .hostCall(call, all(nodes))
            case .matches(let node, let pattern): .matches(node.changed(change), pattern)
            }
        return change(with(kind))
    }
}
