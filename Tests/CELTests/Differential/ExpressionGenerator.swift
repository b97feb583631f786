import CEL

/// Makes expressions from a seed: mostly of the types that operators and functions want, now and
/// then of others, so that errors come from everywhere.
///
/// The text is made, not the tree, so that the parser takes part.
struct ExpressionGenerator {
    var random: Random
    /// Variables of the macros and bindings around, innermost last.
    var scope: [Local] = []
    /// What may be written once more, to have the same twice.
    private var pool: [Known] = []
    /// Parts that may still be made; then there are only leaves.
    private var budget: Int
    let functions: FunctionIndex

    struct Local {
        let name: String
        let type: ValueType
    }

    private struct Known {
        let type: ValueType
        let draft: Draft
        /// Of the names that it uses, so that it has the same type once more.
        let locals: [Local]
    }

    init(seed: UInt64, functions: FunctionIndex) {
        random = Random(seed: seed)
        self.functions = functions
        budget = 0
    }

    /// A whole expression.
    mutating func expression() -> String {
        budget = random.pick([6, 12, 25, 25, 50, 120])
        if random.chance(4) { return extreme() }
        let type = random.chance(50) ? .bool : anyType(depth: 2)
        return draft(type, 3 + random.below(5)).whole
    }

    /// A part that stands alone.
    mutating func part(_ type: ValueType) -> Draft {
        budget = 12
        return draft(type, 3)
    }

    // MARK: Parts

    /// A part of a type, with so many levels below it at most.
    mutating func draft(_ type: ValueType, _ depth: Int) -> Draft {
        if random.chance(2) { return misfit(for: type, depth) }
        if random.chance(12), let known = known(type) { return known }
        budget -= 1
        guard depth > 0, budget > 0 else { return leaf(type) }
        let made = branch(type, depth - 1)
        remember(made, type)
        return made
    }

    /// Something where something of a type is wanted.
    mutating func misfit(for type: ValueType, _ depth: Int) -> Draft {
        var other = anyType(depth: 1)
        if other == type { other = type == .string ? .int : .string }
        let draft = draft(other, min(depth - 1, 2))
        // So that the checker does not see it.
        return random.chance(85) ? call("dyn", [draft]) : draft
    }

    private mutating func branch(_ type: ValueType, _ depth: Int) -> Draft {
        let roll = random.below(100)
        if roll < 12 { return leaf(type) }
        if roll < 44, let made = operation(type, depth) { return made }
        if roll < 66, let made = functionCall(type, depth) { return made }
        if roll < 82, let made = construction(type, depth) { return made }
        return wrapped(type, depth)
    }

    // MARK: Repetition

    /// A part that was made before and means the same type here, if not the same value.
    private mutating func known(_ type: ValueType) -> Draft? {
        let fitting = pool.filter { known in
            known.type == type
                && known.locals.allSatisfy { self.type(of: $0.name) == $0.type }
        }
        return fitting.isEmpty ? nil : random.pick(fitting).draft
    }

    private mutating func remember(_ draft: Draft, _ type: ValueType) {
        guard draft.text.utf8.count <= 200 else { return }
        let locals = draft.names.sorted().compactMap { name in
            self.type(of: name).map { Local(name: name, type: $0) }
        }
        guard locals.count == draft.names.count else { return }
        pool.append(Known(type: type, draft: draft, locals: locals))
    }

    /// The type of the innermost variable of a name.
    func type(of name: String) -> ValueType? { scope.last { $0.name == name }?.type }

    /// Makes a part in which names have a meaning.
    mutating func within(
        _ locals: [Local], _ body: (inout ExpressionGenerator) -> Draft
    ) -> Draft {
        scope += locals
        let made = body(&self)
        scope.removeLast(locals.count)
        return made
    }

    // MARK: Types

    mutating func anyType(depth: Int) -> ValueType {
        switch random.below(depth > 0 ? 20 : 13) {
        case 0: .bool
        case 1, 2: .int
        case 3: .uint
        case 4, 5: .double
        case 6: .number
        case 7, 8: .string
        case 9: .bytes
        case 10: .timestamp
        case 11: .duration
        case 12: random.pick([.null, .type, .ip, .cidr, .dyn])
        case 13, 14, 15: .list(anyType(depth: depth - 1))
        case 16, 17: .map(keyType(), anyType(depth: depth - 1))
        default: .optional(anyType(depth: depth - 1))
        }
    }

    mutating func keyType() -> ValueType {
        random.pick([.string, .string, .string, .int, .uint, .bool])
    }

    mutating func number() -> ValueType { random.pick([.int, .int, .uint, .double, .number]) }

    /// A call of a function or method, by its form.
    func call(_ name: String, _ arguments: [Draft], isMethod: Bool = false) -> Draft {
        let texts = arguments.map(\.whole)
        guard isMethod else {
            return Draft(
                "\(name)(\(texts.joined(separator: ", ")))", .member, using: arguments)
        }
        let rest = texts.dropFirst().joined(separator: ", ")
        return Draft("\(arguments[0].at(.member)).\(name)(\(rest))", .member, using: arguments)
    }
}
