import Core

/// `cel.bind` of the bindings library, and `cel.block` with what belongs to it.
extension Resolver {
    /// nil when `cel` has no macro of that name.
    mutating func expandBinding(
        _ name: String, _ arguments: [Syntax], _ syntax: Syntax
    ) -> Node? {
        switch name {
        case "bind": return bind(arguments, syntax)
        case "block": return block(arguments, syntax)
        case "index", "iterVar", "accuVar":
            guard let name = localName(syntax) else {
                return fault(
                    .badArguments, "the arguments of 'cel.\(name)' must be literal ints", syntax)
            }
            guard let meaning = meaning(of: name) else {
                return fault(.unknownName, "nothing here gives a value to it", syntax)
            }
            return reference(to: meaning, syntax)
        default: return nil
        }
    }

    /// `cel.bind(name, value, body)`.
    private mutating func bind(_ arguments: [Syntax], _ syntax: Syntax) -> Node {
        guard arguments.count == 3 else {
            return fault(
                .badArguments, "'cel.bind' takes 3 arguments, not \(arguments.count)", syntax,
                hint: "write cel.bind(name, value, expression)")
        }
        guard let name = localName(arguments[0]) else {
            return fault(
                .badArguments, "the first argument of 'cel.bind' must be a simple name",
                arguments[0])
        }
        let binding = bindLazily(name, resolve(arguments[1]))
        let body = resolve(arguments[2])
        scope.removeLast()
        return node(.bind([binding], body), syntax, binding.value.depth, body.depth)
    }

    /// `cel.block([value, …], body)`: `cel.index(n)` is the value at n, for the values behind it
    /// and for the body.
    private mutating func block(_ arguments: [Syntax], _ syntax: Syntax) -> Node {
        guard arguments.count == 2, case .list(let values) = arguments[0].kind else {
            return fault(
                .badArguments, "'cel.block' takes a list of values and an expression", syntax)
        }
        var bindings: [Node.Binding] = []
        for (index, element) in values.enumerated() {
            bindings.append(bindLazily("@index\(index)", resolve(element.value)))
        }
        let body = resolve(arguments[1])
        scope.removeLast(bindings.count)
        let depth = Self.depth(bindings.map(\.value))
        return node(.bind(bindings, body), syntax, depth, body.depth)
    }

    private mutating func bindLazily(_ name: String, _ value: Node) -> Node.Binding {
        let local = localCount
        localCount += 1
        scope.append((name, .lazy(local: local, value)))
        return Node.Binding(local: local, value: value)
    }

    /// The name that a macro's variable has: a simple one, or a form that stands for one.
    func localName(_ syntax: Syntax) -> String? {
        switch syntax.kind {
        case .name(let name, isRooted: false): return name
        case .call(let name, let arguments, let target?, isRooted: false):
            guard case .name("cel", false) = target.kind else { return nil }
            let numbers = arguments.compactMap(\.literalInt)
            guard numbers.count == arguments.count, numbers.allSatisfy({ $0 >= 0 }) else {
                return nil
            }
            switch (name, numbers.count) {
            case ("index", 1): return "@index\(numbers[0])"
            case ("iterVar", 2): return "@it:\(numbers[0]):\(numbers[1])"
            case ("accuVar", 2): return "@ac:\(numbers[0]):\(numbers[1])"
            default: return nil
            }
        case .literal, .name, .select, .optionalSelect, .index, .optionalIndex, .call, .not,
            .negate, .and, .or, .binary, .conditional, .list, .map, .message:
            return nil
        }
    }
}

extension Syntax {
    fileprivate var literalInt: Int64? {
        if case .literal(.int(let value)) = kind { return value }
        return nil
    }
}
