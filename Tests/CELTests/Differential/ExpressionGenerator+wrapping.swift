import CEL

/// What can be of any type: a choice, a name for a part, a part of a list, what an optional has.
extension ExpressionGenerator {
    mutating func wrapped(_ type: ValueType, _ depth: Int) -> Draft {
        switch random.below(12) {
        case 0, 1, 2: return choice(type, depth)
        case 3, 4, 5: return binding(type, depth)
        case 6: return block(type, depth)
        case 7:
            let (optional, other) = (draft(.optional(type), depth), draft(type, depth))
            return call("orValue", [optional, other], isMethod: true)
        case 8: return element(type, depth)
        case 9, 10: return entry(type, depth)
        default: return call(random.pick(["dyn", "echo"]), [draft(type, depth)])
        }
    }

    /// An element of a list, which mostly has it.
    private mutating func element(_ type: ValueType, _ depth: Int) -> Draft {
        if random.chance(30) {
            let (list, index) = (draft(.list(type), depth), draft(.int, min(depth, 1)))
            return Draft("\(list.at(.member))[\(index.whole)]", .member, using: list, index)
        }
        let parts = (0...random.below(3)).map { _ in draft(type, depth) }
        let index = random.pick(["0", "0", "\(parts.count - 1)", "0u", "0.0", "\(parts.count)"])
        return Draft(
            "[\(parts.map(\.whole).joined(separator: ", "))][\(index)]", .member, using: parts)
    }

    /// An entry of a map, which mostly has it.
    private mutating func entry(_ type: ValueType, _ depth: Int) -> Draft {
        if random.chance(30) {
            let key = keyType()
            let (map, place) = (draft(.map(key, type), depth), draft(key, min(depth, 1)))
            return Draft("\(map.at(.member))[\(place.whole)]", .member, using: map, place)
        }
        let names = Array(["a", "x", "temp", "b"].prefix(1 + random.below(4)))
        let parts = names.map { _ in draft(type, depth) }
        let entries = zip(names, parts).map { "'\($0)': \($1.whole)" }
        let map = Draft("{\(entries.joined(separator: ", "))}", .member, using: parts)
        return selection(of: map, random.chance(90) ? random.pick(names) : "absent")
    }

    private mutating func choice(_ type: ValueType, _ depth: Int) -> Draft {
        let (test, a, b) = (draft(.bool, depth), draft(type, depth), draft(type, depth))
        return Draft(
            "\(test.at(.or)) ? \(a.at(.or)) : \(b.at(.conditional))", .conditional,
            using: test, a, b)
    }

    /// `cel.bind`, its name used never, once or often.
    private mutating func binding(_ type: ValueType, _ depth: Int) -> Draft {
        let bound = random.chance(60) ? type : anyType(depth: 1)
        let value = draft(bound, depth)
        let name = random.pick(["x", "y", "t", "temp", "payload"])
        let body = within([Local(name: name, type: bound)]) { $0.draft(type, depth) }
            .binding(name)
        return Draft(
            "cel.bind(\(name), \(value.whole), \(body.text))", .member, using: value, body)
    }

    private mutating func block(_ type: ValueType, _ depth: Int) -> Draft {
        var locals: [Local] = []
        var values: [Draft] = []
        for index in 0...random.below(3) {
            let bound = random.chance(60) ? type : anyType(depth: 1)
            values.append(within(locals) { $0.draft(bound, depth) })
            locals.append(Local(name: "cel.index(\(index))", type: bound))
        }
        let body = within(locals) { $0.draft(type, depth) }
        let list = values.map(\.whole).joined(separator: ", ")
        let made = Draft("cel.block([\(list)], \(body.text))", .member, using: values + [body])
        return locals.reduce(made) { $0.binding($1.name) }
    }
}
