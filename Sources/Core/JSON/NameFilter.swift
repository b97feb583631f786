/// Which names an object may have: one bit for each, by its first and last bytes. Most new names
/// meet no bit and need no comparison.
struct NameFilter {
    /// More names than this are looked for in a `NameTable`.
    static let countMax = 64
    private var bits: UInt64 = 0

    /// Equal for equal names; mostly different for others.
    ///
    /// - Parameter ends: the first eight bytes with the last eight; all of a shorter name with the
    ///   quote behind it.
    @inline(__always)
    static func bit(of ends: UInt64) -> UInt64 {
        1 &<< ((ends &* 0x9E37_79B9_7F4A_7C15) &>> 58)
    }

    @inline(__always)
    static func ends(_ first: JSONWord, _ last: JSONWord) -> UInt64 {
        first.bits ^ (last.bits &<< 23 | last.bits &>> 41)
    }

    /// The same of any name.
    @inline(never)
    static func bit(of name: JSONTape.Slice, in text: JSONText) -> UInt64 {
        let bytes = text[name.range]
        if bytes.count >= 8 {
            let first = JSONWord(bytes.loadUnaligned(as: UInt64.self))
            let last = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
            return bit(of: ends(first, JSONWord(last)))
        }
        return bit(of: bytes.reversed().reduce(UInt64(UInt8(ascii: "\""))) { $0 << 8 | UInt64($1) })
    }

    @inline(__always) func mayHave(_ bit: UInt64) -> Bool { bits & bit != 0 }
    @inline(__always) mutating func insert(_ bit: UInt64) { bits |= bit }
    /// From now on every name may be there.
    @inline(__always) mutating func fill() { bits = .max }
}
