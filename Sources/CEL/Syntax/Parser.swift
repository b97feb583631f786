import Core

/// Reads the grammar of CEL by recursive descent (language definition, "Syntax").
///
/// Depth is counted both of the recursion here and of the tree made, since a row of operators
/// nests without recursion; neither passes `Limits.expressionDepthMax`.
struct Parser {
    private var lexer: Lexer
    private(set) var token: Token
    /// Where the last consumed token ended.
    private(set) var lastEnd = 0
    private var nesting = 0
    private var nodes = 0

    init(_ bytes: [UInt8]) throws(SyntaxFault) {
        guard bytes.count <= Limits.expressionBytesMax else {
            throw SyntaxFault(
                kind: .tooLarge, offset: 0,
                message: "the expression has more than \(Limits.expressionBytesMax) bytes")
        }
        lexer = Lexer(bytes)
        token = try lexer.next()
    }

    /// The whole text as one expression.
    mutating func parse() throws(SyntaxFault) -> Syntax {
        let root = try expression()
        guard token.kind == .end else { throw unexpected("an operator or the end") }
        return root
    }

    /// Expr = ConditionalOr ["?" ConditionalOr ":" Expr]
    mutating func expression() throws(SyntaxFault) -> Syntax {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Limits.expressionDepthMax else { throw tooDeep(at: token.start) }
        let test = try row(.or)
        let at = token.start
        guard try accept(.question) else { return test }
        let positive = try row(.or)
        try expect(.colon, "':' of the conditional")
        let negative = try expression()
        return try node(
            .conditional(test, positive, negative), from: test.start, at: at,
            over: [test, positive, negative])
    }

    /// A row of `||` over rows of `&&` over relations.
    private mutating func row(_ symbol: Token.Symbol) throws(SyntaxFault) -> Syntax {
        let first = try rowOperand(symbol)
        let at = token.start
        guard token.kind == .symbol(symbol) else { return first }
        var operands = [first]
        while try accept(symbol) { operands.append(try rowOperand(symbol)) }
        let kind: Syntax.Kind = symbol == .or ? .or(operands) : .and(operands)
        return try node(kind, from: first.start, at: at, over: operands)
    }

    private mutating func rowOperand(_ symbol: Token.Symbol) throws(SyntaxFault) -> Syntax {
        symbol == .or ? try row(.and) : try binary(level: 0)
    }

    /// Relations (0), sums (1) and products (2), each from the left.
    private mutating func binary(level: Int) throws(SyntaxFault) -> Syntax {
        var left = level == 2 ? try unary() : try binary(level: level + 1)
        while let (found, place) = binaryOperator, place == level {
            let at = token.start
            try advance()
            let right = level == 2 ? try unary() : try binary(level: level + 1)
            left = try node(
                .binary(found, left, right), from: left.start, at: at, over: [left, right])
        }
        return left
    }

    private var binaryOperator: (BinaryOperator, level: Int)? {
        if token.kind == .identifier("in") { return (.isIn, 0) }
        guard case .symbol(let symbol) = token.kind,
            let found = BinaryOperator(rawValue: symbol.rawValue)
        else { return nil }
        switch found {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn:
            return (found, 0)
        case .add, .subtract: return (found, 1)
        case .multiply, .divide, .remainder: return (found, 2)
        }
    }

    /// Signs before a member; a minus directly before a number is part of the number.
    private mutating func unary() throws(SyntaxFault) -> Syntax {
        var signs: [(symbol: Token.Symbol, at: Int)] = []
        var isNegative = false
        while case .symbol(let symbol) = token.kind, symbol == .not || symbol == .minus {
            signs.append((symbol, token.start))
            guard signs.count <= Limits.expressionDepthMax else { throw tooDeep(at: token.start) }
            try advance()
        }
        var start = token.start
        if signs.last?.symbol == .minus, token.isSignable, let minus = signs.popLast() {
            isNegative = true
            start = minus.at
        }
        var operand = try member(isNegative: isNegative, from: start)
        for sign in signs.reversed() {
            operand = try node(
                sign.symbol == .not ? .not(operand) : .negate(operand), from: sign.at, at: sign.at,
                over: [operand])
        }
        return operand
    }

    // MARK: Tokens

    mutating func advance() throws(SyntaxFault) {
        lastEnd = token.end
        token = try lexer.next()
    }

    /// Consumes the symbol if it is next.
    mutating func accept(_ symbol: Token.Symbol) throws(SyntaxFault) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ symbol: Token.Symbol, _ what: String) throws(SyntaxFault) {
        guard try accept(symbol) else { throw unexpected(what) }
    }

    // MARK: Nodes

    mutating func node(
        _ kind: Syntax.Kind, from start: Int, at: Int, over children: [Syntax] = []
    ) throws(SyntaxFault) -> Syntax {
        let depth = 1 + (children.lazy.map(\.depth).max() ?? 0)
        guard depth <= Limits.expressionDepthMax else { throw tooDeep(at: at) }
        nodes += 1
        guard nodes <= Limits.expressionNodesMax else {
            throw SyntaxFault(
                kind: .tooLarge, offset: at,
                message: "the expression has more than \(Limits.expressionNodesMax) terms")
        }
        return Syntax(kind: kind, start: start, end: lastEnd, at: at, depth: depth)
    }

    func unexpected(_ wanted: String) -> SyntaxFault {
        SyntaxFault(offset: token.start, message: "expected \(wanted), found \(token.text)")
    }

    private func tooDeep(at offset: Int) -> SyntaxFault {
        SyntaxFault(
            kind: .tooLarge, offset: offset,
            message: "the expression nests deeper than \(Limits.expressionDepthMax) levels")
    }
}

extension Token {
    /// Numbers that take a minus into the literal, so that the least int64 can be written.
    fileprivate var isSignable: Bool {
        switch kind {
        case .int, .double: true
        case .identifier, .quotedField, .uint, .string, .bytes, .symbol, .end: false
        }
    }
}
