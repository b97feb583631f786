/// Base 64 for names and tokens, without padding (RFC 4648, section 5; RFC 7515, appendix C).
public enum Base64URL {
    public static func encode(_ bytes: [UInt8]) -> String {
        var digits = Array(Base64.encode(bytes).utf8)
        while digits.last == UInt8(ascii: "=") { digits.removeLast() }
        for place in digits.indices {
            switch digits[place] {
            case UInt8(ascii: "+"): digits[place] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): digits[place] = UInt8(ascii: "_")
            case _: continue
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// - Returns: nil unless the text is canonical: no padding, no white space, unused bits zero.
    ///   So there is one text for a signature, and nobody makes another one of it that is good too.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        digits.reserveCapacity(text.count + 3)
        for digit in text {
            switch digit {
            case UInt8(ascii: "-"): digits.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): digits.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            case _: digits.append(digit)
            }
        }
        while !digits.count.isMultiple(of: 4) { digits.append(UInt8(ascii: "=")) }
        return Base64.decode(String(decoding: digits, as: UTF8.self))
    }
}
