import CEL

/// Lists, maps, optionals and what goes through them.
extension ExpressionGenerator {
    /// What makes a value of a type out of parts; nil for types that are not made so.
    mutating func construction(_ type: ValueType, _ depth: Int) -> Draft? {
        switch type {
        case .bool: random.chance(30) ? test(depth) : quantifier(depth)
        case .list(let element):
            random.chance(40) ? listing(element, depth) : listMacro(element, depth)
        case .map(let key, let value):
            random.chance(50) ? mapping(key, value, depth) : mapMacro(key, value, depth)
        case .optional(let content): optional(content, depth)
        case .dyn: construction(anyType(depth: 2), depth)
        case .number, .simple, .parameter: nil
        }
    }

    private mutating func test(_ depth: Int) -> Draft {
        let name = random.pick(["temp", "absent", "x", "pos", "label", "id", "items"])
        let operand =
            random.chance(60)
            ? Draft("payload", .member) : draft(.map(.string, .dyn), depth)
        let optional = random.chance(15) ? ".pos" : ""
        return Draft("has(\(operand.at(.member))\(optional).\(name))", .member, using: operand)
    }

    // MARK: Written out

    private mutating func listing(_ element: ValueType, _ depth: Int) -> Draft {
        let parts = (0..<random.below(5)).map { _ in
            let isOptional = random.chance(20)
            let part = draft(isOptional ? .optional(element) : element, depth)
            return Draft((isOptional ? "?" : "") + part.whole, .conditional, using: part)
        }
        return Draft("[\(parts.map(\.whole).joined(separator: ", "))]", .member, using: parts)
    }

    private mutating func mapping(
        _ key: ValueType, _ value: ValueType, _ depth: Int
    ) -> Draft {
        let entries = (0..<random.below(4)).map { _ in
            let isOptional = random.chance(20)
            // Constants mostly differ.
            let key = random.chance(70) ? constant(key) : draft(key, depth)
            let value = draft(isOptional ? .optional(value) : value, depth)
            return Draft(
                "\(isOptional ? "?" : "")\(key.whole): \(value.whole)", .conditional,
                using: key, value)
        }
        return Draft("{\(entries.map(\.whole).joined(separator: ", "))}", .member, using: entries)
    }

    // MARK: Macros

    /// What a macro goes through, and the types of what it sees.
    private struct Range {
        let draft: Draft
        let key: ValueType
        let value: ValueType
        /// What a macro with one variable sees.
        let single: ValueType
    }

    private mutating func range(_ depth: Int) -> Range {
        if random.chance(25) {
            let key = keyType()
            let value = anyType(depth: 0)
            let type: ValueType = random.chance(50) ? .map(.string, .dyn) : .map(key, value)
            guard case .map(let key, let value) = type else { return range(depth) }
            return Range(draft: draft(type, depth), key: key, value: value, single: key)
        }
        let element =
            random.chance(50)
            ? random.pick([ValueType.number, .string, .dyn]) : anyType(depth: 1)
        return Range(
            draft: draft(.list(element), depth), key: .int, value: element, single: element)
    }

    /// Few names, so that they hide each other and equal texts mean different things.
    private mutating func names() -> (String, String) {
        let first = random.pick(["x", "x", "y", "item", "temp"])
        return (first, random.pick(["k", "v", "z"]))
    }

    /// `range.macro(x, …)` or with two variables.
    private mutating func macro(
        _ names: [String], _ range: Range, hasTwo: Bool,
        _ body: (inout ExpressionGenerator) -> Draft, _ variables: (String, String)
    ) -> Draft {
        let locals =
            hasTwo
            ? [
                Local(name: variables.0, type: range.key),
                Local(name: variables.1, type: range.value),
            ]
            : [Local(name: variables.0, type: range.single)]
        let made = within(locals, body)
        let inner = made.binding(variables.0, hasTwo ? variables.1 : variables.0)
        let list = hasTwo ? "\(variables.0), \(variables.1)" : variables.0
        return Draft(
            "\(range.draft.at(.member)).\(random.pick(names))(\(list), \(inner.text))", .member,
            using: range.draft, inner)
    }

    private mutating func quantifier(_ depth: Int) -> Draft {
        let range = range(depth)
        return macro(
            ["all", "exists", "exists_one", "existsOne", "all", "exists"], range,
            hasTwo: random.chance(30), { $0.draft(.bool, depth) }, names())
    }

    /// Arguments of a macro that may ask something of elements before it makes something of them.
    private mutating func body(
        _ type: ValueType, _ depth: Int, asksPercent: Int
    ) -> (inout ExpressionGenerator) -> Draft {
        let asks = random.chance(asksPercent)
        return { generator in
            let made = generator.draft(type, depth)
            guard asks else { return made }
            let asked = generator.draft(.bool, depth)
            return Draft("\(asked.whole), \(made.whole)", .conditional, using: asked, made)
        }
    }

    private mutating func listMacro(_ element: ValueType, _ depth: Int) -> Draft {
        switch random.below(4) {
        case 0:
            let range = Range(
                draft: draft(.list(element), depth), key: .int, value: element, single: element)
            return macro(
                ["filter"], range, hasTwo: false, { $0.draft(.bool, depth) }, names())
        case 1:
            let body = body(element, depth, asksPercent: 30)
            return macro(["transformList"], range(depth), hasTwo: true, body, names())
        default:
            let body = body(element, depth, asksPercent: 30)
            return macro(["map"], range(depth), hasTwo: false, body, names())
        }
    }

    private mutating func mapMacro(
        _ key: ValueType, _ value: ValueType, _ depth: Int
    ) -> Draft {
        if random.chance(40) {
            let body = body(.map(key, value), depth, asksPercent: 30)
            return macro(["transformMapEntry"], range(depth), hasTwo: true, body, names())
        }
        let range = Range(
            draft: key == .int
                ? draft(.list(value), depth) : draft(.map(key, value), depth), key: key,
            value: value, single: key)
        let body = body(value, depth, asksPercent: 30)
        return macro(["transformMap"], range, hasTwo: true, body, names())
    }

    // MARK: Optionals

    private mutating func optional(_ content: ValueType, _ depth: Int) -> Draft {
        switch random.below(6) {
        case 0:
            let (a, b) = (draft(.optional(content), depth), draft(.optional(content), depth))
            return call("or", [a, b], isMethod: true)
        case 1, 2:
            let inner = anyType(depth: 0)
            let target = draft(.optional(inner), depth)
            let isFlat = random.chance(50)
            let name = names().0
            let body = within([Local(name: name, type: inner)]) {
                $0.draft(isFlat ? .optional(content) : content, depth)
            }.binding(name)
            return Draft(
                "\(target.at(.member)).\(isFlat ? "optFlatMap" : "optMap")(\(name), \(body.text))",
                .member, using: target, body)
        case 3:
            let map = draft(.map(.string, content), depth)
            let name = random.pick(["temp", "x", "a", "absent", "`a-b`"])
            return Draft("\(map.at(.member)).?\(name)", .member, using: map)
        case 4:
            let (list, index) = (draft(.list(content), depth), draft(.int, min(depth, 1)))
            return Draft(
                "\(list.at(.member))[?\(index.whole)]", .member, using: list, index)
        default:
            let (target, name) = (draft(.optional(.map(.string, content)), depth), names().0)
            return random.chance(50)
                ? Draft("\(target.at(.member)).\(name)", .member, using: target)
                : Draft("\(target.at(.member))[\(literal(name))]", .member, using: target)
        }
    }
}
