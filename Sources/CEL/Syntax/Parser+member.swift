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
                let isOptional = try accept(.question)
                let index = try expression()
                try expect(.rightBracket, "']'")
                operand = try node(
                    isOptional ? .optionalIndex(operand, index) : .index(operand, index),
                    from: operand.start, at: at, over: [operand, index])
            } else if symbol == .leftBrace, let name = operand.dottedName {
                operand = try message(name, from: operand)
            } else {
                break
            }
        }
        return operand
    }

    private mutating func selection(of operand: Syntax) throws(SyntaxFault) -> Syntax {
        let isOptional = try accept(.question)
        let at = token.start
        let field: String
        switch token.kind {
        case .quotedField(let name):
            try advance()
            return try select(name, of: operand, isOptional: isOptional, at: at)
        case .identifier(let name) where !Self.literalWords.contains(name): field = name
        case .identifier(let name):
            throw SyntaxFault(
                offset: at, message: "'\(name)' cannot be a field's name",
                hint: "write [\"\(name)\"]")
        case .int, .uint, .double, .string, .bytes, .symbol, .end:
            throw unexpected("a field's name")
        }
        try advance()
        if isOptional, token.kind == .symbol(.leftParenthesis) {
            throw SyntaxFault(
                offset: at, message: "a function cannot be called behind '.?'",
                hint: "write .optMap(x, x.\(field)(…))")
        }
        guard try accept(.leftParenthesis) else {
            return try select(field, of: operand, isOptional: isOptional, at: at)
        }
        let arguments = try arguments()
        return try node(
            .call(field, arguments, target: operand, isRooted: false), from: operand.start, at: at,
            over: [operand] + arguments)
    }

    private mutating func select(
        _ field: String, of operand: Syntax, isOptional: Bool, at: Int
    ) throws(SyntaxFault) -> Syntax {
        try node(
            isOptional ? .optionalSelect(operand, field: field) : .select(operand, field: field),
            from: operand.start, at: at, over: [operand])
    }

    /// The rest of `Name{field: value, …}`: read for its grammar, refused by the resolver.
    private mutating func message(
        _ name: String, from operand: Syntax
    ) throws(SyntaxFault) -> Syntax {
        try expect(.leftBrace, "'{'")
        var values: [Syntax] = []
        while token.kind != .symbol(.rightBrace) {
            _ = try accept(.question)
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
}

extension Syntax {
    /// `a.b.c` when the expression is nothing but names, else nil. A leading dot is kept.
    var dottedName: String? {
        switch kind {
        case .name(let name, let isRooted): isRooted ? "." + name : name
        case .select(let operand, let field): operand.dottedName.map { $0 + "." + field }
        case .literal, .optionalSelect, .index, .optionalIndex, .call, .not, .negate, .and, .or,
            .binary, .conditional, .list, .map, .message:
            nil
        }
    }
}
