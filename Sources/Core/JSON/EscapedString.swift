/// A string on its way to where it stands without its escapes, in the room behind the document.
///
/// It never becomes longer than what it is read from: as many bytes are free in the room as are
/// left of the document, before and behind every step.
struct EscapedString {
    private let text: JSONText
    /// Behind the opening quote.
    private let start: Int
    private(set) var place: Int
    /// Behind what is written.
    private(set) var end: Int

    /// - Parameter room: the first byte that is free.
    init(_ text: JSONText, from start: Int, to room: Int) {
        self.text = text
        self.start = start
        place = start
        end = room
    }

    private var count: Int { text.count }

    /// Up to the closing quote and behind it.
    mutating func read() throws(JSONError.Fault) {
        while true {
            let run = place
            let isASCII = copyRun()
            guard place < count else { throw JSONError.Fault(.openString, at: start - 1) }
            let stop = text[place]
            if stop < 0x20 { throw JSONError.Fault(.controlCharacter, at: place) }
            if !isASCII {
                try text.validateUTF8(run..<place)
            }
            if stop == UInt8(ascii: "\"") { break }
            try escape()
        }
        place &+= 1
    }

    /// Copies what stands for itself; comes to a quote, an escape, a control character or the end.
    ///
    /// - Returns: Whether it is all ASCII.
    private mutating func copyRun() -> Bool {
        var isASCII = true
        while true {
            let word = text.word(at: place)
            text.store(word, at: end)
            let marks = word.marksOfStops
            if marks != 0 {
                let length = marks.trailingZeroBitCount &>> 3
                place &+= length
                end &+= length
                return word.before(marks).isASCII && isASCII
            }
            isASCII = word.isASCII && isASCII
            place &+= 8
            end &+= 8
        }
    }

    private mutating func put(_ byte: UInt8) {
        text.store(byte, at: end)
        end &+= 1
    }

    private mutating func escape() throws(JSONError.Fault) {
        let start = place
        guard count &- start >= 2 else { throw JSONError.Fault(.openString, at: start) }
        place &+= 2
        switch text[start &+ 1] {
        case UInt8(ascii: "\""): put(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): put(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): put(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): put(0x08)
        case UInt8(ascii: "f"): put(0x0C)
        case UInt8(ascii: "n"): put(0x0A)
        case UInt8(ascii: "r"): put(0x0D)
        case UInt8(ascii: "t"): put(0x09)
        case UInt8(ascii: "u"):
            for byte in UTF8.encode(try escapedScalar(from: start)) ?? .init() { put(byte) }
        default: throw JSONError.Fault(.otherThanEscape, at: start)
        }
    }

    /// What follows `\u`, with the second half of a surrogate pair.
    private mutating func escapedScalar(
        from start: Int
    ) throws(JSONError.Fault) -> Unicode.Scalar {
        let first = try hexadecimals()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, count &- place >= 2, text[place] == UInt8(ascii: "\\"),
            text[place &+ 1] == UInt8(ascii: "u")
        else { throw loneSurrogate(at: start) }
        place &+= 2
        let second = try hexadecimals()
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw loneSurrogate(at: start) }
        return scalar
    }

    private func loneSurrogate(at start: Int) -> JSONError.Fault {
        JSONError.Fault(.loneSurrogate, at: start)
    }

    private mutating func hexadecimals() throws(JSONError.Fault) -> UInt32 {
        guard count &- place >= 4 else { throw notHexadecimal }
        var value: UInt32 = 0
        for _ in 0..<4 {
            switch text[place] {
            case let byte where 0x30...0x39 ~= byte: value = value << 4 | UInt32(byte - 0x30)
            case let byte where 0x41...0x46 ~= byte: value = value << 4 | UInt32(byte - 0x41 + 10)
            case let byte where 0x61...0x66 ~= byte: value = value << 4 | UInt32(byte - 0x61 + 10)
            default: throw notHexadecimal
            }
            place &+= 1
        }
        return value
    }

    private var notHexadecimal: JSONError.Fault {
        JSONError.Fault(.otherThanHexadecimal, at: place)
    }
}
