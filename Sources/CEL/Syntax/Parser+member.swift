extension Parser {
    /// A primary and what follows it: selections, calls, indices, a message's fields.
    mutating func member(isNegative: Bool, from start: Int) throws(SyntaxFault) -> Syntax {
        var operand = try primary(isNegative: isNegative, from: start)
        while case .symbol(let symbol) = token.kind {
            let at = token.start
            if symbol == .dot {
                try advance()
                operand = try selection(of: operand)
            } else if symbol == .leftBracket {
                try advance()
                try refuseOptional("[?")
                let index = try expression()
                try expect(.rightBracket, "']'")
                operand = try node(
                    .index(operand, index), from: operand.start, at: at, over: [operand, index])
            } else if symbol == .leftBrace, let name = operand.dottedName {
                operand = try message(name, from: operand)
            } else {
                break
            }
        }
        return operand
    }

    private mutating func selection(of operand: Syntax) throws(SyntaxFault) -> Syntax {
        try refuseOptional(".?")
        let at = token.start
        let field: String
        switch token.kind {
        case .quotedField(let name):
            try advance()
            return try node(
                .select(operand, field: name), from: operand.start, at: at, over: [operand])
        case .identifier(let name) where !Self.literalWords.contains(name): field = name
        case .identifier(let name):
            throw SyntaxFault(
                offset: at, message: "'\(name)' cannot be a field's name",
                hint: "write [\"\(name)\"]")
        case .int, .uint, .double, .string, .bytes, .symbol, .end:
            throw unexpected("a field's name")
        }
        try advance()
        guard try accept(.leftParenthesis) else {
            return try node(
                .select(operand, field: field), from: operand.start, at: at, over: [operand])
        }
        let arguments = try arguments()
        return try node(
            .call(field, arguments, target: operand, isRooted: false), from: operand.start, at: at,
            over: [operand] + arguments)
    }

    /// The rest of `Name{field: value, …}`: read for its grammar, refused by the resolver.
    private mutating func message(
        _ name: String, from operand: Syntax
    ) throws(SyntaxFault) -> Syntax {
        try expect(.leftBrace, "'{'")
        var values: [Syntax] = []
        while token.kind != .symbol(.rightBrace) {
            try refuseOptional("{?")
            guard try fieldName() else { throw unexpected("a field's name") }
            try expect(.colon, "':' after the field's name")
            values.append(try expression())
            guard try accept(.comma) else { break }
        }
        try expect(.rightBrace, "'}'")
        return try node(.message(name), from: operand.start, at: operand.start, over: values)
    }

    private mutating func fieldName() throws(SyntaxFault) -> Bool {
        switch token.kind {
        case .identifier, .quotedField:
            try advance()
            return true
        case .int, .uint, .double, .string, .bytes, .symbol, .end: return false
        }
    }

    /// What follows an opening parenthesis, with the closing one.
    mutating func arguments() throws(SyntaxFault) -> [Syntax] {
        var arguments: [Syntax] = []
        if try accept(.rightParenthesis) { return arguments }
        repeat { arguments.append(try expression()) } while try accept(.comma)
        try expect(.rightParenthesis, "',' or ')'")
        return arguments
    }

    /// The optional syntax has its place in the grammar, but no values yet.
    func refuseOptional(_ form: String) throws(SyntaxFault) {
        guard token.kind == .symbol(.question) else { return }
        throw SyntaxFault(
            kind: .unsupported, offset: token.start,
            message: "the optional syntax '\(form)' is not supported",
            hint: "test with has(…) ? … : …")
    }
}

extension Syntax {
    /// `a.b.c` when the expression is nothing but names, else nil. A leading dot is kept.
    var dottedName: String? {
        switch kind {
        case .name(let name, let isRooted): isRooted ? "." + name : name
        case .select(let operand, let field): operand.dottedName.map { $0 + "." + field }
        case .literal, .index, .call, .not, .negate, .and, .or, .binary, .conditional, .list,
            .map, .message:
            nil
        }
    }
}
