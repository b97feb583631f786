/// Finds a part in texts, in time linear in both: Knuth, Morris and Pratt's search.
struct ByteSearch {
    private let part: [UInt8]
    /// For every prefix of the part, the length of its longest border.
    private let borders: [Int]

    /// - Precondition: `part` is not empty.
    init(_ part: [UInt8]) {
        self.part = part
        var borders = [0]
        borders.reserveCapacity(part.count)
        for index in 1..<max(1, part.count) {
            var length = borders[index - 1]
            while length > 0, part[index] != part[length] { length = borders[length - 1] }
            borders.append(part[index] == part[length] ? length + 1 : 0)
        }
        self.borders = borders
    }

    /// Calls `body` with the place of every match, until it returns false.
    ///
    /// - Parameter isOverlapping: Whether the next match may begin inside of the last.
    func matches(
        in text: some Collection<UInt8>, isOverlapping: Bool = false, _ body: (Int) -> Bool
    ) {
        var matched = 0
        for (offset, byte) in text.enumerated() {
            while matched > 0, byte != part[matched] { matched = borders[matched - 1] }
            if byte == part[matched] { matched += 1 }
            guard matched == part.count else { continue }
            guard body(offset + 1 - part.count) else { return }
            matched = isOverlapping ? borders[matched - 1] : 0
        }
    }
}
