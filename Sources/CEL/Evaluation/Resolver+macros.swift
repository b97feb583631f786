extension Resolver {
    /// The names of the macros that go through a list or map.
    enum Macro: String, CaseIterable {
        case all, exists
        case existsOne = "exists_one"
        case existsOneCamel = "existsOne"
        case map, filter, transformList, transformMap, transformMapEntry
    }

    /// The macros that are written as methods, and how many arguments they take.
    static let methodMacros: [String: String] = {
        var counts = ["optMap": "2", "optFlatMap": "2", "or": "1", "orValue": "1"]
        for macro in Macro.allCases {
            let possible = (1...4).filter { macro.form(of: $0) != nil }.map(String.init)
            counts[macro.rawValue] = possible.joined(separator: " or ")
        }
        return counts
    }()

    /// nil when the name and number of arguments are those of no macro.
    mutating func expandMethod(
        _ name: String, _ target: Syntax, _ arguments: [Syntax], _ syntax: Syntax
    ) -> Node? {
        if case .name("cel", false) = target.kind,
            let node = expandBinding(name, arguments, syntax)
        {
            return node
        }
        if let macro = Macro(rawValue: name) { return expand(macro, target, arguments, syntax) }
        return expandOptional(name, target, arguments, syntax)
    }

    /// nil when the number of arguments is that of no macro; then it is a method of that name.
    private mutating func expand(
        _ macro: Macro, _ range: Syntax, _ arguments: [Syntax], _ syntax: Syntax
    ) -> Node? {
        guard let form = macro.form(of: arguments.count) else { return nil }
        var names: [String] = []
        for argument in arguments.prefix(form.variableCount) {
            guard let name = localName(argument) else {
                let place = names.isEmpty ? "first" : "second"
                return fault(
                    .badArguments,
                    "the \(place) argument of '\(macro.rawValue)' must be a simple name", argument)
            }
            guard !names.contains(name) else {
                return fault(
                    .badArguments, "the variables of '\(macro.rawValue)' must differ", argument)
            }
            names.append(name)
        }
        let range = resolve(range)
        let locals = names.map { declare($0) }
        // In the order of the text, by which the places of host calls are counted.
        let predicate = form.predicate.map { resolve(arguments[$0]) }
        let transform = form.transforms ? resolve(arguments[arguments.count - 1]) : nil
        scope.removeLast(names.count)
        let comprehension = Node.Comprehension(
            macro: macro.kind, range: range, local: locals[0],
            second: locals.count > 1 ? locals[1] : nil, predicate: predicate, transform: transform)
        let body = max(transform?.depth ?? 0, predicate?.depth ?? 0)
        return node(.comprehension(comprehension), syntax, range.depth + body)
    }

    /// A place of its own in `Evaluation.locals`, under a name until it leaves the scope.
    mutating func declare(_ name: String) -> Int {
        let local = localCount
        localCount += 1
        scope.append((name, .local(local)))
        return local
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

    /// `optMap`, `optFlatMap`, `or` and `orValue`; nil when it is none of them.
    private mutating func expandOptional(
        _ name: String, _ target: Syntax, _ arguments: [Syntax], _ syntax: Syntax
    ) -> Node? {
        switch (name, arguments.count) {
        case ("or", 1), ("orValue", 1):
            let (left, right) = (resolve(target), resolve(arguments[0]))
            return node(
                .optionalOr(left, right, unwraps: name == "orValue"), syntax, left.depth,
                right.depth)
        case ("optMap", 2), ("optFlatMap", 2):
            guard let variable = localName(arguments[0]) else {
                return fault(
                    .badArguments, "the first argument of '\(name)' must be a simple name",
                    arguments[0])
            }
            let target = resolve(target)
            let local = declare(variable)
            let body = resolve(arguments[1])
            scope.removeLast()
            let map = Node.OptionalMap(
                target: target, local: local, body: body, isFlat: name == "optFlatMap")
            return node(.optionalMap(map), syntax, target.depth + body.depth)
        default: return nil
        }
    }
}

extension Resolver.Macro {
    /// How the arguments of a macro are to be read.
    struct Form {
        let variableCount: Int
        /// The argument that elements have to hold.
        let predicate: Int?
        /// Whether the last argument makes the result's elements.
        let transforms: Bool
    }

    func form(of argumentCount: Int) -> Form? {
        switch (self, argumentCount) {
        case (.all, 2), (.exists, 2), (.existsOne, 2), (.existsOneCamel, 2), (.filter, 2):
            Form(variableCount: 1, predicate: 1, transforms: false)
        case (.all, 3), (.exists, 3), (.existsOne, 3), (.existsOneCamel, 3):
            Form(variableCount: 2, predicate: 2, transforms: false)
        case (.map, 2): Form(variableCount: 1, predicate: nil, transforms: true)
        case (.map, 3): Form(variableCount: 1, predicate: 1, transforms: true)
        case (.transformList, 3), (.transformMap, 3), (.transformMapEntry, 3):
            Form(variableCount: 2, predicate: nil, transforms: true)
        case (.transformList, 4), (.transformMap, 4), (.transformMapEntry, 4):
            Form(variableCount: 2, predicate: 2, transforms: true)
        case (.all, _), (.exists, _), (.existsOne, _), (.existsOneCamel, _), (.map, _),
            (.filter, _), (.transformList, _), (.transformMap, _), (.transformMapEntry, _):
            nil
        }
    }

    var kind: Node.Comprehension.Macro {
        switch self {
        case .all: .all
        case .exists: .exists
        case .existsOne, .existsOneCamel: .existsOne
        case .map: .map
        case .filter: .filter
        case .transformList: .transformList
        case .transformMap: .transformMap
        case .transformMapEntry: .transformMapEntry
        }
    }
}
