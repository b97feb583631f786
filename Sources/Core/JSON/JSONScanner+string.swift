extension JSONScanner {
    /// The rest of a string whose opening quote was read.
    @inline(__always)
    mutating func string() throws(JSONError.Fault) -> JSONTape.Slice {
        let start = position
        var combined: UInt8 = 0
        while position < count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let end = position
                if combined >= 0x80 {
                    try validate(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), at: start)
                }
                position += 1
                return JSONTape.Slice(
                    start: UInt32(truncatingIfNeeded: start),
                    count: UInt32(truncatingIfNeeded: end - start), isDecoded: false)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw controlCharacter }
            combined |= byte
            position += 1
        }
        throw fault("a string has no end", at: start - 1)
    }

    private var controlCharacter: JSONError.Fault {
        fault("a control character in a string must be escaped")
    }

    /// The same, from its first escape on; what it comes to stands in `decoded`, which is never
    /// longer than the document.
    private mutating func escapedString(
        from start: Int
    ) throws(JSONError.Fault) -> JSONTape.Slice {
        let first = tape.decoded.count
        var run = start
        while position < count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                try flush(run)
                position += 1
                return JSONTape.Slice(
                    start: UInt32(truncatingIfNeeded: first),
                    count: UInt32(truncatingIfNeeded: tape.decoded.count - first), isDecoded: true)
            case UInt8(ascii: "\\"):
                try flush(run)
                try escape()
                run = position
            case 0..<0x20: throw controlCharacter
            default: position += 1
            }
        }
        throw fault("a string has no end", at: start - 1)
    }

    private mutating func flush(_ run: Int) throws(JSONError.Fault) {
        let piece = UnsafeRawBufferPointer(rebasing: bytes[run..<position])
        try validate(piece, at: run)
        tape.decoded.append(contentsOf: piece)
    }

    private mutating func escape() throws(JSONError.Fault) {
        let start = position
        guard count - position >= 2 else { throw fault("a string has no end") }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): tape.decoded.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): tape.decoded.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): tape.decoded.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): tape.decoded.append(0x08)
        case UInt8(ascii: "f"): tape.decoded.append(0x0C)
        case UInt8(ascii: "n"): tape.decoded.append(0x0A)
        case UInt8(ascii: "r"): tape.decoded.append(0x0D)
        case UInt8(ascii: "t"): tape.decoded.append(0x09)
        case UInt8(ascii: "u"):
            tape.decoded.append(contentsOf: UTF8.encode(try escapedScalar(from: start)) ?? .init())
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
