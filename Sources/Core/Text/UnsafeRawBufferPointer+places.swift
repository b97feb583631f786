import Glibc

extension UnsafeRawBufferPointer {
    /// Hands over the places at which these bytes stand, in order, until the body says false.
    ///
    /// - Parameters:
    ///   - wanted: may overlap with itself; every place counts.
    ///   - places: where they may begin.
    public func forEachPlace(
        of wanted: [UInt8], in places: Range<Int>, _ body: (Int) -> Bool
    ) {
        guard let start = baseAddress, let first = wanted.first else { return }
        let end = Swift.min(places.upperBound, count - wanted.count + 1)
        var place = places.lowerBound
        while place < end, let found = memchr(start + place, Int32(first), end - place) {
            place = UnsafeRawPointer(found) - start
            if memcmp(found, wanted, wanted.count) == 0, !body(place) { return }
            place += 1
        }
    }
}
