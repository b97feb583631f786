extension PatternParser {
    private typealias Item = CharacterSet.Item

    /// The rest of `[…]`.
    mutating func characterClass(from start: Int) throws(PatternError) -> PatternNode {
        let isNegated = accept("^")
        var items: [CharacterSet.Item] = []
        // A bracket that comes first is a letter.
        if accept("]") { items.append(try range(from: "]")) }
        while let scalar = next, scalar != "]" {
            let place = offset
            if accept("[:") {
                items.append(try namedClass(from: place))
                continue
            }
            offset += 1
            if scalar == "\\" {
                if let escaped = try classEscape(from: place) {
                    items.append(escaped)
                    continue
                }
                items.append(try range(from: try escapedScalar(from: place)))
            } else {
                items.append(try range(from: scalar))
            }
        }
        guard accept("]") else { throw fault("'[' without ']'", at: start) }
        return set(items, isNegated: isNegated)
    }

    /// `a`, or `a-z` when a dash and an end follow.
    private mutating func range(from low: Unicode.Scalar) throws(PatternError) -> Item {
        let start = offset
        guard next == "-", offset + 1 < scalars.count, scalars[offset + 1] != "]" else {
            return .range(low.value...low.value)
        }
        offset += 1
        var high = low
        if let scalar = take() { high = scalar == "\\" ? try escapedScalar(from: start) : scalar }
        guard low <= high else { throw fault("a range from higher to lower", at: start) }
        return .range(low.value...high.value)
    }

    private mutating func namedClass(from start: Int) throws(PatternError) -> Item {
        let isNegated = accept("^")
        var name = ""
        while let scalar = take(), scalar != ":" { name.unicodeScalars.append(scalar) }
        guard accept("]"), let items = Self.named[name] else {
            throw fault("unknown class '[:\(name):]'", at: start)
        }
        return isNegated ? .not(items) : items.count == 1 ? items[0] : .not([.not(items)])
    }

    private static let named: [String: [CharacterSet.Item]] = [
        "alnum": [.range(0x30...0x39), .range(0x41...0x5A), .range(0x61...0x7A)],
        "alpha": [.range(0x41...0x5A), .range(0x61...0x7A)],
        "ascii": [.range(0...0x7F)],
        "blank": [.range(0x09...0x09), .range(0x20...0x20)],
        "cntrl": [.range(0...0x1F), .range(0x7F...0x7F)],
        "digit": CharacterSet.digits,
        "graph": [.range(0x21...0x7E)],
        "lower": [.range(0x61...0x7A)],
        "print": [.range(0x20...0x7E)],
        "punct": [
            .range(0x21...0x2F), .range(0x3A...0x40), .range(0x5B...0x60), .range(0x7B...0x7E),
        ],
        "space": [.range(0x09...0x0D), .range(0x20...0x20)],
        "upper": [.range(0x41...0x5A)],
        "word": CharacterSet.words,
        "xdigit": [.range(0x30...0x39), .range(0x41...0x46), .range(0x61...0x66)],
    ]

    // MARK: Escapes

    /// The rest of `\…` outside of a class.
    mutating func escape(from start: Int) throws(PatternError) -> PatternNode {
        if let item = try classEscape(from: start) { return set([item]) }
        let assertions: [(String, PatternNode.Assertion)] = [
            ("A", .textStart), ("z", .textEnd), ("b", .wordBoundary), ("B", .noWordBoundary),
        ]
        for (letter, assertion) in assertions where accept(letter) {
            return .assertion(assertion)
        }
        return literal(try escapedScalar(from: start))
    }

    /// `\d` and the like, `\pL`, `\p{Lu}`; nil, and nothing is read, for other escapes.
    private mutating func classEscape(from start: Int) throws(PatternError) -> Item? {
        guard let scalar = next else { throw fault("a backslash at the end", at: start) }
        let item: Item
        switch scalar {
        case "d": item = .not([.not(CharacterSet.digits)])
        case "D": item = .not(CharacterSet.digits)
        case "w": item = .not([.not(CharacterSet.words)])
        case "W": item = .not(CharacterSet.words)
        case "s": item = .not([.not(CharacterSet.spaces)])
        case "S": item = .not(CharacterSet.spaces)
        case "p", "P":
            offset += 1
            return try category(isNegated: scalar == "P", from: start)
        default: return nil
        }
        offset += 1
        return item
    }

    private mutating func category(isNegated: Bool, from start: Int) throws(PatternError) -> Item {
        var isNegated = isNegated
        var name = ""
        if accept("{") {
            if accept("^") { isNegated.toggle() }
            while let scalar = take(), scalar != "}" { name.unicodeScalars.append(scalar) }
        } else if let scalar = take() {
            name.unicodeScalars.append(scalar)
        }
        guard let category = UnicodeCategory(rawValue: name) else {
            throw fault("unknown Unicode category '\(name)'", at: start)
        }
        return .category(category, isNegated: isNegated)
    }

    /// One code point after a backslash.
    private mutating func escapedScalar(from start: Int) throws(PatternError) -> Unicode.Scalar {
        guard let scalar = take() else { throw fault("a backslash at the end", at: start) }
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x": return try hexadecimal(from: start)
        case "0"..."7": return try octal(scalar, from: start)
        default:
            guard scalar.value < 0x80, !scalar.isWord || scalar == "_" else {
                throw fault("unknown escape '\\\(scalar)'", at: start)
            }
            return scalar
        }
    }

    /// `\x7F` or `\x{10FFFF}`.
    private mutating func hexadecimal(from start: Int) throws(PatternError) -> Unicode.Scalar {
        let isBraced = accept("{")
        var value: UInt32 = 0
        var count = 0
        while isBraced || count < 2, let scalar = next, scalar.isASCII,
            let digit = UInt8(scalar.value).hexDigit
        {
            value = min(value, 0x10FFFF) << 4 | digit
            count += 1
            offset += 1
        }
        guard isBraced ? accept("}") && count > 0 : count == 2,
            let scalar = Unicode.Scalar(value)
        else { throw fault("'\\x' needs two hexadecimal digits, or braces", at: start) }
        return scalar
    }

    /// `\0`, `\012`, `\123`; a single digit above 0 would refer to a group, which RE2 has not.
    private mutating func octal(
        _ first: Unicode.Scalar, from start: Int
    ) throws(PatternError) -> Unicode.Scalar {
        var value = first.value - 0x30
        var count = 1
        while count < 3, let scalar = next, ("0"..."7").contains(scalar) {
            value = value << 3 | (scalar.value - 0x30)
            count += 1
            offset += 1
        }
        guard first == "0" || count > 1, let scalar = Unicode.Scalar(value) else {
            throw fault("references to groups do not exist", at: start)
        }
        return scalar
    }
}
