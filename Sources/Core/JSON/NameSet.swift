/// The names of an object under way: compared one by one while there are few, then hashed, so that
/// 65,536 names cost no 65,536² comparisons.
struct NameSet {
    private static let linearMax = 16
    private var names: Set<Key> = []

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
            for member in members where member.name.hasSameBytes(as: name) { return false }
            return true
        }
        if names.isEmpty {
            for member in members { names.insert(Key(name: member.name)) }
        }
        return names.insert(Key(name: name)).inserted
    }
}
