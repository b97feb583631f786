/// What cannot stand for itself inside of a JSON string (RFC 8259, section 7).
enum JSONEscape {
    @inline(__always)
    static func isNeeded(for byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Looks at eight bytes at a time; the last ones overlap those before them.
    @inline(__always)
    static func isNeeded(in content: UnsafeBufferPointer<UInt8>) -> Bool {
        let bytes = UnsafeRawBufferPointer(content)
        guard bytes.count >= 8 else {
            guard bytes.count >= 4 else { return content.contains { isNeeded(for: $0) } }
            let low = bytes.loadUnaligned(as: UInt32.self)
            let high = bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)
            return isNeeded(inWord: UInt64(high) << 32 | UInt64(low))
        }
        let last = bytes.count - 8
        var place = 0
        while place < last {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            if isNeeded(inWord: word) { return true }
            place += 8
        }
        return isNeeded(inWord: bytes.loadUnaligned(fromByteOffset: last, as: UInt64.self))
    }

    /// Subtracting borrows into the highest bit of a byte that was too small; bytes that had that
    /// bit before are none of ours.
    @inline(__always)
    private static func isNeeded(inWord word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let isSmall = (word &- ones &* 0x20) & ~word
        let isQuote = (quote &- ones) & ~quote
        let isBackslash = (backslash &- ones) & ~backslash
        return (isSmall | isQuote | isBackslash) & (ones << 7) != 0
    }
}
