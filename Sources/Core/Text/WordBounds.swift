/// Where the words of a text begin and end, a word being what a name may be a part of.
///
/// ASCII letters and digits make a word, `-`, `_` and `.` within it, and beyond ASCII letters that
/// have case, marks and decimal digits. Names may have other characters, but what stands beside a
/// name in a text is mostly none of it: blanks, quotes, colons, the `/` between the levels of a
/// topic, and the letters of scripts that do not part words. These end a word, so that what is in
/// doubt counts as the name.
struct WordBounds {
    /// UTF-8.
    let text: UnsafeRawBufferPointer

    /// Whether bytes are a text: elsewhere lengths and numbers stand directly beside names.
    static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let isControlled = bytes.contains { byte in
            byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D
        }
        return !isControlled && UTF8Check.firstInvalid(in: bytes) == nil
    }

    /// The word in which something stands, or itself; of a long word the part that is near.
    func word(around place: Range<Int>) -> Range<Int> {
        let reach = Limits.searchWordBytesMax
        var (first, last) = (place.lowerBound, place.upperBound)
        while place.lowerBound - first < reach, let next = start(before: first) { first = next }
        while last - place.upperBound < reach, let next = end(behind: last) { last = next }
        // At the end of a word they are punctuation: a sentence ends behind a name.
        while first < place.lowerBound, Self.joins(text[first]) { first += 1 }
        while last > place.upperBound, Self.joins(text[last - 1]) { last -= 1 }
        return first..<last
    }

    /// Where the character before a place begins; nil where it is of no word.
    private func start(before place: Int) -> Int? {
        guard place > 0 else { return nil }
        if text[place - 1] < 0x80 {
            return Self.isOfWord(text[place - 1]) && !isEscape(endingAt: place) ? place - 1 : nil
        }
        var first = place - 1
        while first > 0, text[first] & 0xC0 == 0x80 { first -= 1 }
        return isLetter(first..<place) ? first : nil
    }

    /// Where the character at a place ends; nil where it is of no word.
    private func end(behind place: Int) -> Int? {
        guard place < text.count else { return nil }
        if text[place] < 0x80 { return Self.isOfWord(text[place]) ? place + 1 : nil }
        var last = place + 1
        while last < text.count, text[last] & 0xC0 == 0x80 { last += 1 }
        return isLetter(place..<last) ? last : nil
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: joins(byte)
        }
    }

    private static func joins(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    /// Whether a character beyond ASCII makes a word.
    private func isLetter(_ character: Range<Int>) -> Bool {
        let scalar = String(decoding: text[character], as: UTF8.self).unicodeScalars.first
        switch scalar?.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber:
            return true
        case _: return false
        }
    }

    /// Whether an escape of JSON or of a topic's level ends there, whose last character says
    /// nothing: `\n`, `\u00e9`, `%20`.
    private func isEscape(endingAt end: Int) -> Bool {
        func has(_ character: Unicode.Scalar, _ distance: Int) -> Bool {
            end >= distance && text[end - distance] == UInt8(ascii: character)
        }
        func areHexadecimal(_ count: Int) -> Bool {
            text[(end - count)..<end].allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        }
        if has("\\", 2) { return "bfnrt".utf8.contains(text[end - 1]) }
        if has("%", 3) { return areHexadecimal(2) }
        return has("\\", 6) && has("u", 5) && areHexadecimal(4)
    }
}
