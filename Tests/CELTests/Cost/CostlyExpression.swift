/// Writes expressions at random, of everything that costs more than a step.
struct CostlyExpression {
    private var random: CostRandom
    private var names: [String] = []
    private var nameCount = 0

    init(seed: UInt64) { random = CostRandom(seed: seed) }

    static let variables = ["p", "q", "t", "l"]
    static let fields = ["a", "b", "c", "d"]

    mutating func next() -> String {
        names = []
        nameCount = 0
        let levels = 2 + random.below(4)
        switch random.below(6) {
        case 0: return any(levels)
        case 1: return text(levels)
        case 2: return list(levels)
        default: return truth(levels)
        }
    }

    private mutating func one(of choices: [String]) -> String {
        choices[random.below(choices.count)]
    }

    private mutating func literal() -> String {
        one(of: ["''", "'a'", "'ab'", "'the quick brown fox'", "'%s|%d'", "','"])
    }

    /// What has a body under a name of its own.
    private mutating func named(_ make: (inout Self, String) -> String) -> String {
        let name = "x\(nameCount)"
        nameCount += 1
        names.append(name)
        defer { names.removeLast() }
        return make(&self, name)
    }

    private mutating func any(_ levels: Int) -> String {
        guard levels > 0 else { return names.isEmpty ? one(of: Self.variables) : one(of: names) }
        switch random.below(12) {
        case 0, 1: return one(of: Self.variables)
        case 2, 3: return any(0)
        case 4, 5: return "\(any(levels - 1)).\(one(of: Self.fields))"
        case 6: return "\(any(levels - 1))[0]"
        case 7: return text(levels - 1)
        case 8: return list(levels - 1)
        case 9: return map(levels - 1)
        case 10:
            let value = any(levels - 1)
            return named { me, name in "cel.bind(\(name), \(value), \(me.any(levels - 1)))" }
        default:
            return "(\(truth(levels - 1)) ? \(any(levels - 1)) : \(any(levels - 1)))"
        }
    }

    private mutating func truth(_ levels: Int) -> String {
        guard levels > 0 else {
            return one(of: [
                "true", "false", "\(any(0)) == 1", "\(any(0)) != 'a'", "\(any(0)) != \(any(0))",
            ])
        }
        let a = any(levels - 1)
        switch random.below(11) {
        case 0: return "\(a) == \(any(levels - 1))"
        case 1: return "\(a) in \(any(levels - 1))"
        case 2: return "!(\(a) < \(text(levels - 1)))"
        case 3: return "\(text(levels - 1)).contains(\(text(levels - 1)))"
        case 4:
            let pattern = one(of: ["'[a-z]+9'", "'x.*y|z'", "'never'", "'(a|b){3}c'"])
            return "\(text(levels - 1)).matches(\(pattern))"
        case 5: return "(\(truth(levels - 1)) && \(truth(levels - 1)))"
        case 6: return "(\(truth(levels - 1)) || \(truth(levels - 1)))"
        case 7: return "has(\(a).\(one(of: Self.fields)))"
        default:
            let macro = one(of: ["all", "exists", "exists_one"])
            let range = random.below(3) == 0 ? list(levels - 1) : a
            return named { me, x in "\(range).\(macro)(\(x), \(me.truth(levels - 1)))" }
        }
    }

    private mutating func text(_ levels: Int) -> String {
        guard levels > 0 else { return random.below(2) == 0 ? literal() : any(0) }
        let a = any(levels - 1)
        switch random.below(11) {
        case 0: return "(\(text(levels - 1)) + \(text(levels - 1)))"
        case 1: return "\(a).replace(\(literal()), \(text(levels - 1)))"
        case 2: return "\(a).substring(0)"
        case 3: return "\(a).lowerAscii()"
        case 4: return "'%s %x %.3f'.format([\(a), \(any(levels - 1)), 1.5])"
        case 5: return "'%s%d%s'.format(\(a))"
        case 6: return "string(\(a))"
        case 7: return "\(list(levels - 1)).join(\(literal()))"
        case 8: return "base64.encode(bytes(\(a)))"
        case 9: return "strings.quote(\(a))"
        default: return a
        }
    }

    private mutating func list(_ levels: Int) -> String {
        guard levels > 0 else {
            return one(of: ["[1, 2, 3]", "['a', 'bc']", "[[1], [2, 3]]", any(0)])
        }
        switch random.below(9) {
        case 0: return "[\(any(levels - 1)), \(any(levels - 1))]"
        case 1: return "(\(list(levels - 1)) + \(list(levels - 1)))"
        case 2: return "\(any(levels - 1)).split(\(literal()))"
        case 3, 4:
            let range = any(levels - 1)
            return named { me, x in "\(range).map(\(x), \(me.any(levels - 1)))" }
        case 5:
            let range = any(levels - 1)
            return named { me, x in "\(range).filter(\(x), \(me.truth(levels - 1)))" }
        case 6:
            let range = any(levels - 1)
            return named { me, x in "\(range).transformList(i, \(x), \(me.any(levels - 1)))" }
        case 7: return "[?\(any(levels - 1)).?a, \(any(levels - 1)).first()]"
        default: return any(levels - 1)
        }
    }

    private mutating func map(_ levels: Int) -> String {
        guard levels > 0 else { return "{'a': 1, 'b': 'text'}" }
        let range = any(levels - 1)
        switch random.below(4) {
        case 0: return "{'a': \(range), 'b': \(any(levels - 1))}"
        case 1: return named { me, x in "\(range).transformMap(k, \(x), \(me.any(levels - 1)))" }
        case 2:
            return named { me, x in
                "\(range).transformMapEntry(k, \(x), {string(k): \(me.any(levels - 1))})"
            }
        default: return range
        }
    }
}

/// A small generator whose runs can be repeated.
struct CostRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
