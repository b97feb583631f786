/// A string as bytes that can be cut at code points, which the language counts.
struct CodePoints {
    let bytes: [UInt8]
    let count: Int

    /// Costs more than reading the text: it is copied, and its code points are counted.
    init(_ text: String, _ fuel: inout Fuel) throws(EvaluationError.Reason) {
        try fuel.spend(text.utf8.count >> 2)
        bytes = Array(text.utf8)
        count = bytes.reduce(0) { $0 + ($1.continuesCodePoint ? 0 : 1) }
    }

    private var isASCII: Bool { count == bytes.count }

    /// Where a code point begins; at `count` it is the end.
    ///
    /// - Precondition: `index` is in `0...count`.
    func offset(of index: Int) -> Int {
        if isASCII { return index }
        var left = index
        for (offset, byte) in bytes.enumerated() where !byte.continuesCodePoint {
            if left == 0 { return offset }
            left -= 1
        }
        return bytes.count
    }

    /// The code points before a byte.
    func index(ofByte offset: Int) -> Int {
        if isASCII { return offset }
        return bytes[..<offset].reduce(0) { $0 + ($1.continuesCodePoint ? 0 : 1) }
    }

    /// - Precondition: `range` is in `0..<count`.
    func text(_ range: Range<Int>) -> String {
        let start = offset(of: range.lowerBound)
        let end = range.count == 0 ? start : offset(of: range.upperBound)
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

extension UInt8 {
    /// Whether the byte is inside of a UTF-8 sequence.
    fileprivate var continuesCodePoint: Bool { self & 0xC0 == 0x80 }
}
