import Core

/// Looks for bytes in files, without ever holding more than a piece of them.
public struct FileSearch: Sendable {
    private let wanted: [[UInt8]]
    private let words: LongerWords
    public private(set) var files = 0
    public private(set) var bytesRead = 0
    /// How often one of what is wanted was found.
    public private(set) var hits = 0

    /// - Parameters:
    ///   - wanted: none of them empty.
    ///   - words: What is a part of one of these does not count.
    public init(_ wanted: [[UInt8]], besides words: LongerWords = LongerWords()) {
        (self.wanted, self.words) = (wanted, words)
    }

    /// Reads a file from its beginning to its end.
    ///
    /// - Parameters:
    ///   - read: puts the next of its bytes into a buffer, and says how many; 0 ends it.
    ///   - isOver: whether whoever asked has waited for long enough: asked before each piece, and
    ///     within one, in which a short name can stand a million times.
    /// - Returns: false where that was so; what was found until then is of no use.
    /// - Throws: what kept it from being read.
    @discardableResult
    public mutating func search<Failure: Error>(
        reading read: (UnsafeMutableRawBufferPointer) -> Result<Int, Failure>,
        unless isOver: () -> Bool = { false }
    ) throws(Failure) -> Bool {
        files += 1
        // What is looked at must be there as a whole, with the word in which it stands.
        let ahead = (wanted.map(\.count).max() ?? 1) - 1 + words.bytesBehind
        let keptMax = words.bytesBefore + ahead
        var piece = [UInt8](repeating: 0, count: keptMax + Limits.searchPieceBytes)
        var end = 0
        // The first place that was not looked at.
        var next = 0
        while !isOver() {
            let free = end..<(end + Limits.searchPieceBytes)
            let result = piece.withUnsafeMutableBytes { bytes in
                read(UnsafeMutableRawBufferPointer(rebasing: bytes[free]))
            }
            let count = try result.get()
            bytesRead += count
            end += count
            let last = count == 0 ? end : max(next, end - ahead)
            guard look(at: piece[..<end], in: next..<last, unless: isOver) else { return false }
            if count == 0 { return true }
            let start = max(0, last - words.bytesBefore)
            piece.replaceSubrange(..<(end - start), with: Array(piece[start..<end]))
            (next, end) = (last - start, end - start)
        }
        return false
    }

    /// Counts what begins at these places.
    /// - Returns: false where it was over before all of them were looked at.
    private mutating func look(
        at piece: ArraySlice<UInt8>, in places: Range<Int>, unless isOver: () -> Bool
    ) -> Bool {
        var isCut = false
        piece.withUnsafeBytes { bytes in
            for form in wanted where !isCut {
                var count = 0
                bytes.forEachPlace(of: form, in: places) { first in
                    if !words.cover(first..<(first + form.count), in: bytes) { hits += 1 }
                    count += 1
                    isCut = count % Limits.searchLookPlaces == 0 && isOver()
                    return !isCut
                }
            }
        }
        return !isCut
    }
}
