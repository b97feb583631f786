/// The names of an object under way: compared one by one while there are few, then hashed, so that
/// 65,536 names cost no 65,536² comparisons.
struct NameSet {
    private static let linearMax = 16
    /// The object's node; the members read so far are behind it on the tape.
    private let object: Int
    private(set) var count = 0
    /// One bit for each name's fingerprint: most new names meet no bit and need no comparison.
    private var fingerprints: UInt64 = 0
    /// Beyond `linearMax`: names by their hash, which is seeded anew in every process, so that
    /// nobody can send names that collide.
    private var places: [Int: [JSONTape.Slice]] = [:]

    init(object: Int) { self.object = object }

    /// - Parameters:
    ///   - tape: with the members that were inserted before, and no other one behind them.
    ///   - bytes: of the document.
    /// - Returns: false when the name is there already.
    @inline(__always)
    mutating func insert(
        _ name: JSONTape.Slice, _ tape: borrowing JSONTape, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        defer { count += 1 }
        if count >= Self.linearMax {
            return insertHashed(name, tape, Text(bytes: bytes, decoded: tape.decoded))
        }
        // A name with escapes is compared with all others, and all that follow with it.
        let bit = name.isDecoded ? .max : Self.fingerprint(name, bytes)
        let isNewBit = !name.isDecoded && fingerprints & bit == 0
        fingerprints |= bit
        if isNewBit { return true }
        let text = Text(bytes: bytes, decoded: tape.decoded)
        var isNew = true
        Self.forEachName(of: object, tape) { if text.isSame($0, name) { isNew = false } }
        return isNew
    }

    /// Equal for equal names without escapes, otherwise mostly different.
    @inline(__always)
    private static func fingerprint(
        _ name: JSONTape.Slice, _ bytes: UnsafeRawBufferPointer
    ) -> UInt64 {
        var mixed = UInt64(name.count)
        for place in Int(name.start)..<Int(name.start) + Int(name.count) {
            mixed = (mixed ^ UInt64(bytes[place])) &* 0x9E37_79B9_7F4A_7C15
        }
        return 1 << (mixed >> 58)
    }

    private mutating func insertHashed(
        _ name: JSONTape.Slice, _ tape: borrowing JSONTape, _ text: Text
    ) -> Bool {
        if places.isEmpty {
            var places: [Int: [JSONTape.Slice]] = [:]
            Self.forEachName(of: object, tape) { places[text.hash($0), default: []].append($0) }
            self.places = places
        }
        let hash = text.hash(name)
        if let others = places[hash], others.contains(where: { text.isSame($0, name) }) {
            return false
        }
        places[hash, default: []].append(name)
        return true
    }

    private static func forEachName(
        of object: Int, _ tape: borrowing JSONTape, _ body: (JSONTape.Slice) -> Void
    ) {
        var node = object + 1
        while node < tape.nodes.count {
            body(tape.nodes[node].name)
            switch tape.nodes[node].kind {
            case .null, .no, .yes, .int, .double, .string: node += 1
            case .array, .object: node = tape.nodes[node].next
            }
        }
    }

    /// Where the texts of names are.
    private struct Text {
        let bytes: UnsafeRawBufferPointer
        let decoded: [UInt8]

        func isSame(_ a: JSONTape.Slice, _ b: JSONTape.Slice) -> Bool {
            guard a.count == b.count else { return false }
            return with(a) { left in with(b) { right in left.hasSameBytes(as: right) } }
        }

        func hash(_ name: JSONTape.Slice) -> Int {
            var hasher = Hasher()
            with(name) { hasher.combine(bytes: $0) }
            return hasher.finalize()
        }

        @inline(__always)
        private func with<Result>(
            _ slice: JSONTape.Slice, _ body: (UnsafeRawBufferPointer) -> Result
        ) -> Result {
            let range = Int(slice.start)..<Int(slice.start) + Int(slice.count)
            if slice.isDecoded {
                return decoded.withUnsafeBytes { body(.init(rebasing: $0[range])) }
            }
            return body(.init(rebasing: bytes[range]))
        }
    }
}
