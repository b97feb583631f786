/// `{name}` or `{name...}` as patterns and templates write it.
struct Placeholder: Hashable, Sendable {
    static let open = UInt8(ascii: "{")
    static let close = UInt8(ascii: "}")

    var name: String
    /// Written `{name...}`: one or more levels.
    var isRest: Bool

    /// Reads what stands between two braces: a CEL identifier, so that `params.name` can name it.
    ///
    /// - Throws: `.malformedPlaceholder`.
    init(inBraces text: Substring) throws(TopicError) {
        isRest = text.utf8.suffix(3).elementsEqual("...".utf8)
        name = String(Substring(isRest ? text.utf8.dropLast(3) : text.utf8))
        guard let first = name.utf8.first, Self.isLetter(first),
            name.utf8.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) })
        else { throw .malformedPlaceholder("{\(text)}") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: byte == UInt8(ascii: "_")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
