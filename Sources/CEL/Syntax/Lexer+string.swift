extension Lexer {
    /// A string or bytes literal, or nil (and nothing is read) where none begins.
    mutating func stringLiteral() throws(SyntaxFault) -> Token.Kind? {
        let start = offset
        var ahead = 0
        var isBytes = false
        var isRaw = false
        if let byte = peek(ahead), byte | 0x20 == UInt8(ascii: "b") {
            isBytes = true
            ahead += 1
        }
        if let byte = peek(ahead), byte | 0x20 == UInt8(ascii: "r") {
            isRaw = true
            ahead += 1
        }
        guard let quote = peek(ahead), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { return nil }
        let isTriple = peek(ahead + 1) == quote && peek(ahead + 2) == quote
        advance(ahead + (isTriple ? 3 : 1))
        let content = try content(
            from: start, quote: quote, isTriple: isTriple, isRaw: isRaw, isBytes: isBytes)
        return isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
    }

    private mutating func content(
        from start: Int, quote: UInt8, isTriple: Bool, isRaw: Bool, isBytes: Bool
    ) throws(SyntaxFault) -> [UInt8] {
        var content: [UInt8] = []
        while let byte = peek() {
            if byte == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                advance(isTriple ? 3 : 1)
                return content
            }
            if byte == UInt8(ascii: "\\"), !isRaw {
                try escape(into: &content, isBytes: isBytes)
                continue
            }
            if !isTriple, byte == 0x0A || byte == 0x0D { break }
            content.append(byte)
            advance()
        }
        throw fault(
            "the string is not closed", at: start,
            hint: isTriple ? nil : "only triple-quoted strings span lines")
    }

    private mutating func escape(
        into content: inout [UInt8], isBytes: Bool
    ) throws(SyntaxFault) {
        let start = offset
        guard let code = peek(1) else { throw fault("the string is not closed", at: start) }
        advance(2)
        switch code {
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: "`"):
            content.append(code)
        case UInt8(ascii: "a"): content.append(0x07)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "v"): content.append(0x0B)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            append(try hexadecimal(2, from: start), to: &content, isBytes: isBytes)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            append(try octal(code, from: start), to: &content, isBytes: isBytes)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let scalar = try unicode(code == UInt8(ascii: "u") ? 4 : 8, from: start, isBytes)
            content.append(contentsOf: Character(scalar).utf8)
        default:
            throw fault(
                "unknown escape sequence", at: start,
                hint: "write \\\\ for a backslash, or a raw string r\"…\"")
        }
    }

    /// Of a value below 256: the octet in bytes, the code point in a string.
    private func append(_ value: UInt32, to content: inout [UInt8], isBytes: Bool) {
        let octet = UInt8(truncatingIfNeeded: value)
        if isBytes {
            content.append(octet)
        } else {
            content.append(contentsOf: Character(Unicode.Scalar(octet)).utf8)
        }
    }

    private mutating func hexadecimal(
        _ count: Int, from start: Int
    ) throws(SyntaxFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek()?.hexDigit else {
                throw fault("the escape sequence needs \(count) hexadecimal digits", at: start)
            }
            value = value << 4 | digit
            advance()
        }
        return value
    }

    private mutating func octal(_ first: UInt8, from start: Int) throws(SyntaxFault) -> UInt32 {
        var value = UInt32(first - UInt8(ascii: "0"))
        for _ in 0..<2 {
            guard let digit = peek(), digit.isDigit, digit < UInt8(ascii: "8") else {
                throw fault("the escape sequence needs three octal digits, to \\377", at: start)
            }
            value = value << 3 | UInt32(digit - UInt8(ascii: "0"))
            advance()
        }
        return value
    }

    private mutating func unicode(
        _ count: Int, from start: Int, _ isBytes: Bool
    ) throws(SyntaxFault) -> Unicode.Scalar {
        if isBytes {
            throw fault(
                "\\u and \\U have no meaning in bytes", at: start, hint: "write \\x and two digits")
        }
        guard let scalar = Unicode.Scalar(try hexadecimal(count, from: start)) else {
            throw fault("the escape sequence is not a Unicode code point", at: start)
        }
        return scalar
    }
}
