import CEL

/// Expressions of unusual size or shape: what passes the bounds of code rather than of values.
extension ExpressionGenerator {
    mutating func extreme() -> String {
        switch random.below(9) {
        case 0: return tower()
        case 1: return signs()
        case 2: return wide(random.pick([40, 260, 700]))
        case 3: return row(random.pick([30, 130, 300]))
        case 4: return large()
        case 5: return nestedMacros()
        case 6: return ladder()
        case 7: return namesInPlenty()
        default:
            let part = draft(.bool, 3).at(.relation)
            return Array(repeating: part, count: 2 + random.below(20))
                .joined(separator: random.pick([" && ", " || "]))
        }
    }

    /// Bindings in bindings, each of which may be used below.
    private mutating func tower() -> String {
        var text = ""
        let count = 5 + random.below(40)
        var locals: [Local] = []
        for index in 0..<count {
            let name = "v\(index % 7)"
            let value = within(locals) { $0.draft(.int, 1) }
            text += "cel.bind(\(name), \(value.whole), "
            locals.append(Local(name: name, type: .int))
        }
        text += within(locals) { $0.draft(.bool, 3) }.whole
        return text + String(repeating: ")", count: count)
    }

    private mutating func signs() -> String {
        let isNot = random.chance(50)
        let operand = draft(isNot ? .bool : .int, 2)
        return String(repeating: isNot ? "!" : "- ", count: 1 + random.below(60))
            + operand.at(.member)
    }

    /// A list or map with more parts than a small number can count.
    private mutating func wide(_ count: Int) -> String {
        let parts = (0..<count).map { index in
            let value = random.chance(10) ? leaf(.number).whole : "\(index)"
            return random.chance(50) ? value : "payload.?f\(index).orValue(\(index))"
        }
        switch random.below(3) {
        case 0: return "[\((0..<count).map(String.init).joined(separator: ", "))][\(count - 1)]"
        case 1: return "[\(parts.joined(separator: ", "))].exists(x, x == payload.temp)"
        default:
            let entries = (0..<count).map { "'k\($0)': \($0)" }
            return "{\(entries.joined(separator: ", "))}.transformMap(k, v, v > 3, k)"
        }
    }

    /// A long row whose last operands are looked at only where all others let it.
    private mutating func row(_ count: Int) -> String {
        let isAnd = random.chance(50)
        let failsAt = random.chance(50) ? random.below(count) : count
        let decidesAt = random.chance(50) ? random.below(count) : count
        let operands = (0..<count).map { index in
            if index == failsAt { return failing(.bool).at(.relation) }
            if index == decidesAt { return isAnd ? "false" : "true" }
            return isAnd ? "payload.temp != \(index).25" : "payload.temp == \(index).25"
        }
        return operands.joined(separator: isAnd ? " && " : " || ")
    }

    /// Values at and beyond their bounds.
    private mutating func large() -> String {
        let text = "'%.1000f%.1000f'.format([1.0, 2.0])"
        return switch random.below(4) {
        case 0: "cel.bind(t, \(text), t.replace('', t))"
        case 1: "cel.bind(t, \(text), t.replace('0', t + t).size())"
        case 2:
            "cel.bind(l, \(text).split(''), "
                + "cel.bind(m, l + l + l + l, cel.bind(n, m + m + m + m, n + n + n)))"
        default: "[[1, 2, 3, 4, 5, 6, 7, 8]].map(x, x.map(y, x.map(z, x.map(w, x.map(u, x)))))"
        }
    }

    private mutating func nestedMacros() -> String {
        let depth = 2 + random.below(4)
        let names = ["x", "y", "z", "w", "x"]
        var text = ""
        var locals: [Local] = []
        for level in 0..<depth {
            let macro = random.pick(["all", "exists", "exists_one"])
            text +=
                "\(within(locals) { $0.draft(.list(.number), 1) }.at(.member))"
                + ".\(macro)(\(names[level]), "
            locals.append(Local(name: names[level], type: .number))
        }
        text += within(locals) { $0.draft(.bool, 3) }.whole
        return text + String(repeating: ")", count: depth)
    }

    /// A chain of conditionals.
    private mutating func ladder() -> String {
        let count = 2 + random.below(30)
        let steps = (0..<count).map { index in
            let test = random.chance(30) ? draft(.bool, 1).at(.or) : "payload.temp < \(index * 10)"
            return "\(test) ? \(index)"
        }
        return (steps + [leaf(.int).at(.conditional)]).joined(separator: " : ")
    }

    /// More names of bindings than a small number can count, in one row.
    private mutating func namesInPlenty() -> String {
        let count = random.pick([20, 90, 280])
        let parts = (0..<count).map { index in
            "cel.bind(n, payload.temp + \(index), n > \(index) || n < \(index))"
        }
        return parts.joined(separator: random.pick([" && ", " || "]))
    }
}
