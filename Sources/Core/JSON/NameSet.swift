/// The names of an object under way: compared one by one while there are few, then hashed, so that
/// 65,536 names cost no 65,536² comparisons.
struct NameSet {
    private static let linearMax = 16
    private var names: Set<Key> = []
    /// One bit for each name's fingerprint: most new names meet no bit and need no comparison.
    private var fingerprints: UInt64 = 0

    private struct Key: Hashable {
        let name: String

        static func == (a: Key, b: Key) -> Bool { a.name.hasSameBytes(as: b.name) }

        func hash(into hasher: inout Hasher) {
            name.utf8.span.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// - Parameter members: Those whose names were inserted before.
    /// - Returns: false when the name is among them.
    @inline(__always)
    mutating func insert(_ name: String, into members: [JSONObject.Member]) -> Bool {
        if members.count < Self.linearMax {
            let bit = Self.fingerprint(name)
            if fingerprints & bit == 0 {
                fingerprints |= bit
                return true
            }
            for member in members where member.name.hasSameBytes(as: name) { return false }
            return true
        }
        if names.isEmpty {
            for member in members { names.insert(Key(name: member.name)) }
        }
        return names.insert(Key(name: name)).inserted
    }

    /// Equal for equal names, otherwise mostly different.
    @inline(__always)
    private static func fingerprint(_ name: String) -> UInt64 {
        var mixed: UInt64 = 0
        for byte in name.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }
        return 1 << (mixed >> 58)
    }
}
