/// A number of at most 15 characters without a sign and an exponent, as nearly every one is:
/// `mantissa × 10^-fraction`, both exact as doubles.
struct ShortNumber {
    let mantissa: Int64
    /// Digits behind the point.
    let fraction: Int
    let end: Int

    /// - Returns: nil for any other number, and for what is none.
    @inline(__always)
    init?(in text: JSONText, from start: Int) {
        let first = text[start] &- UInt8(ascii: "0")
        guard first <= 9 else { return nil }
        var mantissa = UInt64(first)
        var end = start &+ 1
        Self.readDigits(of: text, from: &end, into: &mantissa)
        if first == 0, end &- start > 1 { return nil }
        var fraction = 0
        if text[end] == UInt8(ascii: ".") {
            end &+= 1
            let point = end
            Self.readDigits(of: text, from: &end, into: &mantissa)
            fraction = end &- point
            if fraction == 0 { return nil }
        }
        guard end &- start <= 15, text[end] & 0xDF != UInt8(ascii: "E") else { return nil }
        self.mantissa = Int64(bitPattern: mantissa)
        self.fraction = fraction
        self.end = end
    }

    @inline(__always)
    private static func readDigits(
        of text: JSONText, from end: inout Int, into mantissa: inout UInt64
    ) {
        while true {
            let digit = text[end] &- UInt8(ascii: "0")
            if digit > 9 { return }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            end &+= 1
        }
    }
}
