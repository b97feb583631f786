/// Eight bytes of a document that are looked at together.
///
/// What is found is told by marks: the highest bit of a byte. Of several marks only the lowest one
/// is certain, since a borrow goes upwards from there.
struct JSONWord {
    /// The first byte lowest.
    let bits: UInt64

    @inline(__always)
    init(_ loaded: UInt64) { bits = UInt64(littleEndian: loaded) }

    @inline(__always)
    private static func each(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    @inline(__always)
    var isASCII: Bool { bits & Self.each(0x80) == 0 }

    // MARK: Strings

    /// Bytes that end a piece of a string or have no place in one: a quote, a backslash, a control
    /// character. What this marks of bytes from 0x80 on means nothing.
    ///
    /// 0x02 turns round what is below 0x20 among itself, and makes a quote the next one above.
    @inline(__always)
    private var stops: UInt64 {
        ((bits ^ Self.each(0x02)) &- Self.each(0x21))
            | ((bits ^ Self.each(UInt8(ascii: "\\"))) &- Self.each(0x01))
    }

    @inline(__always)
    var marksOfStops: UInt64 { stops & ~bits & Self.each(0x80) }

    /// The same with all that is not ASCII.
    @inline(__always)
    var marksOfUnplain: UInt64 { (stops | bits) & Self.each(0x80) }

    /// The bytes up to the lowest mark and the marked one, which is ASCII; zeros for the others.
    @inline(__always)
    func upToMark(of marks: UInt64) -> UInt64 { bits & (marks ^ (marks &- 1)) }

    /// The bytes before the lowest mark; zeros for the others.
    @inline(__always)
    func before(_ marks: UInt64) -> JSONWord {
        JSONWord(bits: bits & (marks ^ (marks &- 1)) &>> 8)
    }

    private init(bits: UInt64) { self.bits = bits }
}
