/// Functions that make another string of one: case, white space, order and quotes.
enum StringChange {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] = [
        method("lowerAscii") { text in
            String(decoding: text.utf8.map { 65...90 ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
        },
        method("upperAscii") { text in
            String(decoding: text.utf8.map { 97...122 ~= $0 ? $0 & 0xDF : $0 }, as: UTF8.self)
        },
        method("trim", trimmed),
        method("reverse") { text in
            var reversed = String.UnicodeScalarView()
            reversed.append(contentsOf: text.unicodeScalars.reversed())
            return String(reversed)
        },
        .unary("strings.quote", [Signature(.string, gives: .string)], quote),
    ]

    private static func method(
        _ name: String, _ change: @escaping @Sendable (String) -> String
    ) -> Function {
        .method(name, [Signature(.string, gives: .string)]) {
            value, fuel throws(Failure) in
            guard let text = value.string else { throw .noOverload(name, value.kind, nil) }
            try fuel.spend(text.utf8.count >> 2)
            return .string(change(text))
        }
    }

    /// Without the white space of Unicode at both ends.
    private static func trimmed(_ text: String) -> String {
        let tail = text.unicodeScalars.drop { $0.properties.isWhitespace }
        let last = tail.lastIndex { !$0.properties.isWhitespace }
        return last.map { String(tail[...$0]) } ?? ""
    }

    /// The text as a literal of the language in double quotes, control characters escaped.
    private static func quote(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        guard let text = value.string else { throw .noOverload("strings.quote", value.kind, nil) }
        // An escape takes two bytes for one.
        try fuel.claim(bytes: 2 * text.utf8.count + 2, "a string")
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(text.utf8.count + 2)
        for byte in text.utf8 {
            if let escape = escape(byte) {
                quoted += [UInt8(ascii: "\\"), escape]
            } else {
                quoted.append(byte)
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return .string(String(decoding: quoted, as: UTF8.self))
    }

    private static func escape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x07: UInt8(ascii: "a")
        case 0x08: UInt8(ascii: "b")
        case 0x0C: UInt8(ascii: "f")
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        case 0x0B: UInt8(ascii: "v")
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): byte
        default: nil
        }
    }
}
