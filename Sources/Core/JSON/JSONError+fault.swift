extension JSONError {
    /// What the scanner throws inside: eight bytes; the place is only worked out at the end.
    struct Fault: Error {
        var reason: Reason
        private var offset32: UInt32
        var offset: Int { Int(offset32) }

        init(_ reason: Reason, at offset: Int) {
            self.reason = reason
            // No place is beyond `Limits.jsonBytesMax`.
            offset32 = UInt32(truncatingIfNeeded: offset)
        }
    }

    /// In the words of the message.
    enum Reason: String {
        case tooLarge = "it has more than 16,777,215 bytes"
        case byteOrderMark = "it begins with a byte order mark: send UTF-8 without one"
        case empty = "it is empty: a JSON value was expected"
        case surplus = "something follows the end of the JSON value"
        case noValue = "it ends where a value was expected"
        case otherThanValue = "a value was expected"
        case otherThanLiteral =
            "a value was expected: true, false and null are written out"
        case tooDeep = "it is nested too deeply: at most 64 levels are read"
        case tooManyElements = "an array has more than 65,536 elements"
        case tooManyMembers = "an object has more than 65,536 members"
        case otherThanArray = "`,` or `]` was expected in an array"
        case otherThanObject = "`,` or `}` was expected in an object"
        case otherThanName = "a name in double quotes was expected"
        case otherThanColon = "`:` was expected after a name"
        case sameName = "a name stands twice in one object"
        case openString = "a string has no end"
        case controlCharacter = "a control character in a string must be escaped"
        case illFormed = "a string is not valid UTF-8"
        case otherThanEscape = "no such escape in a string"
        case loneSurrogate = "an escaped surrogate has no partner"
        case otherThanHexadecimal = "\\u needs four hexadecimal digits"
        case otherThanDigit = "a digit was expected in a number"
        case leadingZeros = "a number has leading zeros"
        case noFraction = "a digit was expected after the point"
        case noExponent = "a digit was expected in an exponent"
        case outOfRange = "a number is beyond the range of a double"

        var code: Code {
            switch self {
            case .tooLarge: .tooLarge
            case .tooDeep: .tooDeep
            case .tooManyElements, .tooManyMembers: .tooManyElements
            case .sameName: .duplicateKey
            case .illFormed, .loneSurrogate: .invalidUTF8
            case .outOfRange: .numberOutOfRange
            case .byteOrderMark, .empty, .surplus, .noValue, .otherThanValue, .otherThanLiteral,
                .otherThanArray, .otherThanObject, .otherThanName, .otherThanColon, .openString,
                .controlCharacter, .otherThanEscape, .otherThanHexadecimal, .otherThanDigit,
                .leadingZeros, .noFraction, .noExponent:
                .malformed
            }
        }
    }

    init(_ fault: Fault, in bytes: UnsafeRawBufferPointer) {
        code = fault.reason.code
        offset = fault.offset
        message = fault.reason.rawValue
        line = 1
        column = 1
        for byte in bytes[..<min(fault.offset, bytes.count)] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }
}
