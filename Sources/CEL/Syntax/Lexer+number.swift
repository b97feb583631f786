extension Lexer {
    /// INT_LIT, UINT_LIT or FLOAT_LIT without a sign.
    mutating func number() throws(SyntaxFault) -> Token.Kind {
        let start = offset
        if peek() == UInt8(ascii: "0"), let x = peek(1), x | 0x20 == UInt8(ascii: "x") {
            advance(2)
            return try hexadecimal(from: start)
        }
        skipDigits()
        var isDouble = false
        if peek() == UInt8(ascii: "."), peek(1)?.isDigit == true {
            isDouble = true
            advance()
            skipDigits()
        }
        if let e = peek(), e | 0x20 == UInt8(ascii: "e"), skipExponent() { isDouble = true }
        return isDouble
            ? try double(from: start) : try integer(from: start, radix: 10, digits: start)
    }

    private mutating func skipDigits() {
        while peek()?.isDigit == true { advance() }
    }

    private mutating func skipExponent() -> Bool {
        let hasSign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
        guard peek(hasSign ? 2 : 1)?.isDigit == true else { return false }
        advance(hasSign ? 2 : 1)
        skipDigits()
        return true
    }

    private mutating func hexadecimal(from start: Int) throws(SyntaxFault) -> Token.Kind {
        let digits = offset
        while peek()?.hexDigit != nil { advance() }
        guard offset > digits else { throw fault("'0x' needs hexadecimal digits", at: start) }
        return try integer(from: start, radix: 16, digits: digits)
    }

    private mutating func integer(
        from start: Int, radix: Int, digits: Int
    ) throws(SyntaxFault) -> Token.Kind {
        let magnitude = UInt64(text(digits..<offset), radix: radix)
        let isUnsigned = peek().map { $0 | 0x20 == UInt8(ascii: "u") } ?? false
        if isUnsigned { advance() }
        try endOfNumber(from: start)
        guard let magnitude else { throw fault("the number does not fit 64 bits", at: start) }
        return isUnsigned ? .uint(magnitude) : .int(magnitude)
    }

    private func double(from start: Int) throws(SyntaxFault) -> Token.Kind {
        try endOfNumber(from: start)
        guard let value = Double(text(start..<offset)), value.isFinite else {
            throw fault("the number is beyond the range of a double", at: start)
        }
        return .double(value)
    }

    /// `12abc` and `0x1g` are slips, not two tokens.
    private func endOfNumber(from start: Int) throws(SyntaxFault) {
        guard let next = peek(), next.isIdentifierStart || next.isDigit else { return }
        throw fault("a number is followed by a letter", at: start)
    }
}
