/// Cuts an expression's bytes into tokens, one at a time.
struct Lexer {
    let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next token; `.end` again and again once the text is used up.
    mutating func next() throws(SyntaxFault) -> Token {
        skipBlanks()
        let start = offset
        guard let byte = peek() else { return Token(kind: .end, start: start, end: start) }
        let kind: Token.Kind
        if let literal = try stringLiteral() {
            kind = literal
        } else if byte.isIdentifierStart {
            kind = .identifier(identifier())
        } else if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) {
            kind = try number()
        } else if byte == UInt8(ascii: "`") {
            kind = try quotedField()
        } else {
            kind = try symbol()
        }
        return Token(kind: kind, start: start, end: offset)
    }

    // MARK: Bytes

    func peek(_ ahead: Int = 0) -> UInt8? {
        let index = offset + ahead
        return index < bytes.count ? bytes[index] : nil
    }

    mutating func advance(_ count: Int = 1) { offset += count }

    /// The source between two offsets; it was valid UTF-8 when it came in.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func fault(_ message: String, at place: Int, hint: String? = nil) -> SyntaxFault {
        SyntaxFault(offset: place, message: message, hint: hint)
    }

    // MARK: Blanks and words

    private mutating func skipBlanks() {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: " "), 0x09, 0x0A, 0x0C, 0x0D: advance()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while let rest = peek(), rest != 0x0A { advance() }
            default: return
            }
        }
    }

    private mutating func identifier() -> String {
        let start = offset
        while let byte = peek(), byte.isIdentifierStart || byte.isDigit { advance() }
        return text(start..<offset)
    }

    private mutating func quotedField() throws(SyntaxFault) -> Token.Kind {
        let start = offset
        advance()
        while let byte = peek(), byte != UInt8(ascii: "`") {
            guard byte.isIdentifierStart || byte.isDigit || "./- ".utf8.contains(byte) else {
                throw fault(
                    "a name in backticks has letters, digits, '_', '.', '-', '/' and spaces only",
                    at: offset, hint: "write [\"…\"] for other names")
            }
            advance()
        }
        guard peek() != nil else { throw fault("the name in backticks is not closed", at: start) }
        guard offset > start + 1 else { throw fault("the name in backticks is empty", at: start) }
        advance()
        return .quotedField(text(start + 1..<offset - 1))
    }

    private mutating func symbol() throws(SyntaxFault) -> Token.Kind {
        let start = offset
        for length in [2, 1] where start + length <= bytes.count {
            let candidate = bytes[start..<start + length]
            guard candidate.allSatisfy({ $0 < 0x80 }) else { continue }
            if let symbol = Token.Symbol(rawValue: String(decoding: candidate, as: UTF8.self)) {
                advance(length)
                return .symbol(symbol)
            }
        }
        throw unexpectedCharacter(at: start)
    }

    private func unexpectedCharacter(at start: Int) -> SyntaxFault {
        var end = start + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        let hint: String? =
            switch bytes[start] {
            case UInt8(ascii: "="): "equality is '=='"
            case UInt8(ascii: "&"): "the logical 'and' is '&&'"
            case UInt8(ascii: "|"): "the logical 'or' is '||'"
            default: nil
            }
        return fault("unexpected character '\(text(start..<end))'", at: start, hint: hint)
    }
}

extension UInt8 {
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    var isIdentifierStart: Bool {
        (self | 0x20) &- UInt8(ascii: "a") < 26 || self == UInt8(ascii: "_")
    }

    /// 0...15, or nil.
    var hexDigit: UInt32? {
        if isDigit { return UInt32(self - UInt8(ascii: "0")) }
        let letter = (self | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? UInt32(letter) + 10 : nil
    }
}
