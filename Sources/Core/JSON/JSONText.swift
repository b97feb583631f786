/// The bytes of a document, in memory of the tape that may be read beyond their end.
///
/// Behind them stand `slack` zero bytes. No text, number or sign goes beyond a zero, so that
/// whoever looks at what comes next need not ask whether there is anything: a place is never
/// beyond `count`, and the eight bytes from there are always to be had. Behind the zeros there is
/// room for the texts that had escapes; without these they are not longer than the document.
struct JSONText {
    static let slack = 8
    /// What may be written behind a text that is added, until the next one stands there.
    private static let overrun = 8

    private let start: UnsafeMutableRawPointer
    /// Of the document.
    let count: Int

    /// The bytes that a document of so many needs.
    static func room(for count: Int) -> Int { count + slack + count + overrun }

    /// Copies a document.
    ///
    /// - Parameter memory: as many bytes as `room(for:)` says.
    @inline(__always)
    init(copying bytes: UnsafeRawBufferPointer, to memory: UnsafeMutableBufferPointer<UInt8>) {
        guard let start = UnsafeMutableRawBufferPointer(memory).baseAddress,
            memory.count >= Self.room(for: bytes.count)
        else { preconditionFailure("there is room for what is read") }
        self.start = start
        count = bytes.count
        if let source = bytes.baseAddress { start.copyMemory(from: source, byteCount: count) }
        start.storeBytes(of: 0, toByteOffset: count, as: UInt64.self)
    }

    /// Where texts without escapes may be written.
    var roomStart: Int { count + Self.slack }

    @inline(__always)
    func store(_ byte: UInt8, at place: Int) {
        assert(place >= roomStart && place < Self.room(for: count))
        start.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
    }

    @inline(__always)
    func store(_ word: JSONWord, at place: Int) {
        assert(place >= roomStart && place <= Self.room(for: count) - 8)
        start.storeBytes(of: word.bits.littleEndian, toByteOffset: place, as: UInt64.self)
    }

    // MARK: Looking

    @inline(__always)
    subscript(_ place: Int) -> UInt8 {
        assert(place >= 0 && place < count + Self.slack)
        return start.load(fromByteOffset: place, as: UInt8.self)
    }

    /// Whether a name ends here as nearly every one does.
    @inline(__always)
    func hasQuoteAndColon(at place: Int) -> Bool {
        assert(place >= 0 && place <= count)
        let pair = start.loadUnaligned(fromByteOffset: place, as: UInt16.self)
        return UInt16(littleEndian: pair) == 0x3A22
    }

    /// Four bytes, the first one lowest.
    @inline(__always)
    func halfWord(at place: Int) -> UInt32 {
        assert(place >= 0 && place <= count + Self.slack - 4)
        return UInt32(littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    /// Eight bytes, the first one lowest.
    @inline(__always)
    func word(at place: Int) -> JSONWord {
        assert(place >= 0 && place <= count)
        return JSONWord(start.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// Of the document, or of the room behind it.
    subscript(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        assert(range.lowerBound >= 0 && range.upperBound <= Self.room(for: count))
        return UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
    }

    /// Of an empty text what stands before it: at least a quote does.
    @inline(__always)
    func lastByte(of text: JSONTape.Slice) -> UInt8 {
        let place = Int(text.start) &+ Int(text.count) &- 1
        assert(place >= 0 && place < Self.room(for: count))
        return start.load(fromByteOffset: place, as: UInt8.self)
    }

    /// Whether two texts of the same length have the same bytes.
    @inline(__always)
    func isSame(_ text: JSONTape.Slice, _ other: JSONTape.Slice) -> Bool {
        self[text.range].hasSameBytes(as: self[other.range])
    }

    // MARK: Going on

    /// - Returns: where something else than white space stands, or the document's end.
    @inline(never)
    func endOfWhitespace(from start: Int) -> Int {
        var place = start
        while true {
            switch self[place] {
            case 0x20, 0x0A, 0x0D, 0x09: place &+= 1
            default: return place
            }
        }
    }

    /// - Returns: where something else than a plain character stands, or the document's end.
    @inline(never)
    func endOfPlain(from start: Int) -> Int { firstPlace(from: start) { $0.marksOfUnplain } }

    /// - Returns: where a quote, a backslash or a control character stands, or the document's end.
    func endOfRun(from start: Int) -> Int { firstPlace(from: start) { $0.marksOfStops } }

    /// The first byte with a mark; a zero has one, so that none is beyond the document's end.
    @inline(__always)
    private func firstPlace(from start: Int, _ marks: (JSONWord) -> UInt64) -> Int {
        var place = start
        while true {
            let marks = marks(word(at: place))
            if marks != 0 { return place &+ marks.trailingZeroBitCount &>> 3 }
            place &+= 8
        }
    }
}
