extension JSONScanner {
    /// The rest of a string whose opening quote was read.
    mutating func string() throws(JSONError.Fault) -> String {
        let start = position
        var isASCII = true
        while position < count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let content = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                if !isASCII { try validate(content, at: start) }
                position += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw fault("a control character in a string must be escaped")
            default:
                if byte >= 0x80 { isASCII = false }
                position += 1
            }
        }
        throw fault("a string has no end", at: start - 1)
    }

    /// The same, from its first escape on.
    private mutating func escapedString(from start: Int) throws(JSONError.Fault) -> String {
        var content: [UInt8] = []
        var run = start
        while position < count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                try flush(run, into: &content)
                position += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try flush(run, into: &content)
                try escape(into: &content)
                run = position
            case 0..<0x20: throw fault("a control character in a string must be escaped")
            default: position += 1
            }
        }
        throw fault("a string has no end", at: start - 1)
    }

    private func flush(_ run: Int, into content: inout [UInt8]) throws(JSONError.Fault) {
        let piece = UnsafeRawBufferPointer(rebasing: bytes[run..<position])
        try validate(piece, at: run)
        content.append(contentsOf: piece)
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError.Fault) {
        let start = position
        guard count - position >= 2 else { throw fault("a string has no end") }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): content.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): content.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): content.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            content.append(contentsOf: UTF8.encode(try escapedScalar(from: start)) ?? .init())
        default: throw fault("no such escape in a string", at: start)
        }
    }

    /// What follows `\u`, with the second half of a surrogate pair.
    private mutating func escapedScalar(
        from start: Int
    ) throws(JSONError.Fault) -> Unicode.Scalar {
        let first = try hexadecimals()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, count - position >= 2, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw loneSurrogate(at: start) }
        position += 2
        let second = try hexadecimals()
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw loneSurrogate(at: start) }
        return scalar
    }

    private func loneSurrogate(at start: Int) -> JSONError.Fault {
        fault("an escaped surrogate has no partner", .invalidUTF8, at: start)
    }

    private mutating func hexadecimals() throws(JSONError.Fault) -> UInt32 {
        guard count - position >= 4 else { throw fault("\\u needs four hexadecimal digits") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            switch bytes[position] {
            case let byte where 0x30...0x39 ~= byte: value = value << 4 | UInt32(byte - 0x30)
            case let byte where 0x41...0x46 ~= byte: value = value << 4 | UInt32(byte - 0x41 + 10)
            case let byte where 0x61...0x66 ~= byte: value = value << 4 | UInt32(byte - 0x61 + 10)
            default: throw fault("\\u needs four hexadecimal digits")
            }
            position += 1
        }
        return value
    }

    private func validate(
        _ content: UnsafeRawBufferPointer, at start: Int
    ) throws(JSONError.Fault) {
        if let bad = UTF8Check.firstInvalid(in: content) {
            throw fault("a string is not valid UTF-8", .invalidUTF8, at: start + bad)
        }
    }
}
