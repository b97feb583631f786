extension Parser {
    /// Words that are values or operators, and therefore not even fields.
    static let literalWords: Set<String> = ["true", "false", "null", "in"]
    /// Words kept for host languages: fields and methods, but no names (language definition).
    static let reservedWords: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    /// A literal, a name or call, a list, a map, or an expression in parentheses.
    mutating func primary(isNegative: Bool, from start: Int) throws(SyntaxFault) -> Syntax {
        let first = token
        switch first.kind {
        case .int(let magnitude):
            return try literal(.int(try signed(magnitude, isNegative)), from: start)
        case .uint(let value): return try literal(.uint(value), from: start)
        case .double(let value):
            return try literal(.double(isNegative ? -value : value), from: start)
        case .string(let value): return try literal(.string(value), from: start)
        case .bytes(let value): return try literal(.bytes(value), from: start)
        case .identifier("true"): return try literal(.bool(true), from: start)
        case .identifier("false"): return try literal(.bool(false), from: start)
        case .identifier("null"): return try literal(.null, from: start)
        case .identifier: return try nameOrCall(isRooted: false, from: start)
        case .symbol(.dot):
            try advance()
            return try nameOrCall(isRooted: true, from: start)
        case .symbol(.leftParenthesis):
            try advance()
            let inner = try expression()
            try expect(.rightParenthesis, "')'")
            return inner
        case .symbol(.leftBracket): return try list(from: start)
        case .symbol(.leftBrace): return try map(from: start)
        case .symbol, .quotedField, .end: throw unexpected("a value")
        }
    }

    private mutating func literal(_ value: Value, from start: Int) throws(SyntaxFault) -> Syntax {
        try advance()
        return try node(.literal(value), from: start, at: start)
    }

    private func signed(_ magnitude: UInt64, _ isNegative: Bool) throws(SyntaxFault) -> Int64 {
        let bound = UInt64(Int64.max) + (isNegative ? 1 : 0)
        guard magnitude <= bound else {
            throw SyntaxFault(
                offset: token.start, message: "the number does not fit an int",
                hint: isNegative ? nil : "write a 'u' after it for an unsigned number")
        }
        return Int64(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude)
    }

    private mutating func nameOrCall(
        isRooted: Bool, from start: Int
    ) throws(SyntaxFault) -> Syntax {
        guard case .identifier(let name) = token.kind, !Self.literalWords.contains(name) else {
            throw unexpected("a name")
        }
        guard !Self.reservedWords.contains(name) else {
            throw SyntaxFault(
                offset: token.start, message: "'\(name)' is reserved and cannot be a name")
        }
        let at = token.start
        try advance()
        guard try accept(.leftParenthesis) else {
            return try node(.name(name, isRooted: isRooted), from: start, at: at)
        }
        let arguments = try arguments()
        return try node(
            .call(name, arguments, target: nil, isRooted: isRooted), from: start, at: at,
            over: arguments)
    }

    private mutating func list(from start: Int) throws(SyntaxFault) -> Syntax {
        try advance()
        var elements: [Syntax.Element] = []
        while token.kind != .symbol(.rightBracket) {
            let isOptional = try accept(.question)
            elements.append(Syntax.Element(value: try expression(), isOptional: isOptional))
            guard try accept(.comma) else { break }
        }
        try expect(.rightBracket, "',' or ']'")
        return try node(.list(elements), from: start, at: start, over: elements.map(\.value))
    }

    private mutating func map(from start: Int) throws(SyntaxFault) -> Syntax {
        try advance()
        var entries: [Syntax.Entry] = []
        while token.kind != .symbol(.rightBrace) {
            let isOptional = try accept(.question)
            let key = try expression()
            try expect(.colon, "':' after the key")
            entries.append(
                Syntax.Entry(key: key, value: try expression(), isOptional: isOptional))
            guard try accept(.comma) else { break }
        }
        try expect(.rightBrace, "',' or '}'")
        return try node(
            .map(entries), from: start, at: start, over: entries.flatMap { [$0.key, $0.value] })
    }
}
