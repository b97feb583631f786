import Core

/// Reads RE2's syntax (https://github.com/google/re2/wiki/Syntax) into a tree.
///
/// Not there: `\C`, and scripts in `\p{…}`.
struct PatternParser {
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
    }

    let scalars: [Unicode.Scalar]
    var offset = 0
    var flags = Flags()
    private var depth = 0
    /// RE2's bound on `{n}`.
    static let repetitionMax = 1_000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try alternatives()
        if offset < scalars.count { throw fault("')' without '('") }
        return node
    }

    // MARK: Code points

    var next: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

    mutating func take() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        offset += 1
        return scalar
    }

    mutating func accept(_ text: String) -> Bool {
        guard scalars[offset...].starts(with: text.unicodeScalars) else { return false }
        offset += text.unicodeScalars.count
        return true
    }

    func fault(_ message: String, at place: Int? = nil) -> PatternError {
        PatternError(offset: place ?? offset, message: message)
    }

    func set(_ items: [CharacterSet.Item], isNegated: Bool = false) -> PatternNode {
        .scalars(
            CharacterSet(items: items, isNegated: isNegated, ignoresCase: flags.ignoresCase))
    }

    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        set([.range(scalar.value...scalar.value)])
    }

    // MARK: Structure

    private mutating func alternatives() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limits.expressionDepthMax else { throw fault("groups nest too deep") }
        var branches = [try sequence()]
        while accept("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if accept("\\Q") {
                try quotation(into: &nodes)
                continue
            }
            let atom = try atom()
            nodes.append(try repetitions(of: atom))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    /// The rest of `\Q…\E`; a repetition after it is that of its last letter.
    private mutating func quotation(into nodes: inout [PatternNode]) throws(PatternError) {
        let count = nodes.count
        while offset < scalars.count, !accept("\\E") {
            if let scalar = take() { nodes.append(literal(scalar)) }
        }
        if nodes.count > count, let last = nodes.popLast() {
            nodes.append(try repetitions(of: last))
        }
    }

    private mutating func repetitions(of atom: PatternNode) throws(PatternError) -> PatternNode {
        let start = offset
        guard let (least, most) = try repetition() else { return atom }
        _ = accept("?")
        // A second operator repeats the repetition only in parentheses.
        let again = offset
        if try repetition() != nil {
            throw fault("a repetition is repeated", at: again)
        }
        if least > Self.repetitionMax || most ?? 0 > Self.repetitionMax {
            throw fault("a repetition of more than \(Self.repetitionMax)", at: start)
        }
        if let most, most < least { throw fault("a repetition from more to fewer", at: start) }
        return .repeated(atom, least: least, most: most)
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`; other braces are letters.
    private mutating func repetition() throws(PatternError) -> (least: Int, most: Int?)? {
        if accept("*") { return (0, nil) }
        if accept("+") { return (1, nil) }
        if accept("?") { return (0, 1) }
        let start = offset
        if accept("{"), let least = number() {
            if accept("}") { return (least, least) }
            if accept(",") {
                if accept("}") { return (least, nil) }
                if let most = number(), accept("}") { return (least, most) }
            }
        }
        offset = start
        return nil
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value) - 0x30, Self.repetitionMax + 1)
            offset += 1
        }
        return value
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        let start = offset
        guard let scalar = take() else { return .empty }
        switch scalar {
        case ".": return .scalars(flags.dotMatchesNewline ? .any : .anyButNewline)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "(": return try group(from: start)
        case "[": return try characterClass(from: start)
        case "\\": return try escape(from: start)
        case "*", "+", "?": throw fault("nothing to repeat before '\(scalar)'", at: start)
        default: return literal(scalar)
        }
    }

    // MARK: Groups

    private mutating func group(from start: Int) throws(PatternError) -> PatternNode {
        let outer = flags
        if accept("?") {
            if accept("P<") || accept("<") {
                try groupName(from: start)
            } else if try flagsOnly(from: start) {
                return .empty
            }
        }
        let node = try alternatives()
        guard accept(")") else { throw fault("'(' without ')'", at: start) }
        flags = outer
        return node
    }

    private mutating func groupName(from start: Int) throws(PatternError) {
        let first = offset
        while let scalar = take(), scalar != ">" {
            guard scalar.isWord else { throw fault("a group's name has word letters only") }
        }
        guard offset > first + 1, offset <= scalars.count, scalars[offset - 1] == ">" else {
            throw fault("a group's name is not closed", at: start)
        }
    }

    /// Reads `i`, `m`, `s`, `U`, `-` up to `)`, then true, or up to `:`.
    private mutating func flagsOnly(from start: Int) throws(PatternError) -> Bool {
        var isOn = true
        while let scalar = take() {
            switch scalar {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "U": break
            case "-": isOn = false
            case ":": return false
            case ")": return true
            default: throw fault("unknown group flag '\(scalar)'", at: start)
            }
        }
        throw fault("'(' without ')'", at: start)
    }
}
