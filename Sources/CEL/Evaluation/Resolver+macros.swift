extension Resolver {
    /// The names of the macros that are written as methods.
    enum Macro: String, CaseIterable {
        case all, exists
        case existsOne = "exists_one"
        case map, filter
    }

    /// nil when the number of arguments is that of no macro; then it is a method of that name.
    mutating func expand(
        _ macro: Macro, _ range: Syntax, _ arguments: [Syntax], _ syntax: Syntax
    ) -> Node? {
        let isMapWithFilter = macro == .map && arguments.count == 3
        guard arguments.count == 2 || isMapWithFilter else { return nil }
        guard case .name(let variable, false) = arguments[0].kind else {
            return fault(
                .badArguments, "the first argument of '\(macro.rawValue)' must be a simple name",
                arguments[0])
        }
        let range = resolve(range)
        let local = scope.count
        scope.append(variable)
        localCount = max(localCount, scope.count)
        let last = resolve(arguments[arguments.count - 1])
        let filter = isMapWithFilter ? resolve(arguments[1]) : nil
        scope.removeLast()
        let comprehension = Node.Comprehension(
            macro: macro.kind, range: range, local: local,
            predicate: macro == .map ? filter : last, transform: macro == .map ? last : nil)
        let body = max(last.depth, filter?.depth ?? 0)
        return node(.comprehension(comprehension), syntax, range.depth + body)
    }

    mutating func expandHas(_ arguments: [Syntax], _ syntax: Syntax) -> Node {
        guard arguments.count == 1, case .select(let operand, let field) = arguments[0].kind
        else {
            return fault(
                .badArguments, "'has' takes one selection", syntax,
                hint: "write has(a.b), or \"b\" in a")
        }
        let node = resolve(operand)
        return self.node(.test(node, field: field), syntax, node.depth)
    }
}

extension Resolver.Macro {
    var kind: Node.Comprehension.Macro {
        switch self {
        case .all: .all
        case .exists: .exists
        case .existsOne: .existsOne
        case .map: .map
        case .filter: .filter
        }
    }
}
