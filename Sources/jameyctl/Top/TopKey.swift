/// What a key does.
enum TopKey: Equatable, Sendable {
    case quit
    /// The next order of devices.
    case next
    /// The alerts before, and those behind.
    case up
    case down

    private static let escape: UInt8 = 0x1B

    /// The keys that a terminal has sent; what has no meaning here is passed over.
    static func keys(in bytes: [UInt8]) -> [TopKey] {
        var keys: [TopKey] = []
        var rest = bytes[...]
        while let first = rest.popFirst() {
            guard first == escape else {
                if let key = Self.key(for: first) { keys.append(key) }
                continue
            }
            // ESC [ A, or ESC O A, where the cursor keys are those of an application.
            guard rest.first == UInt8(ascii: "[") || rest.first == UInt8(ascii: "O") else {
                continue
            }
            rest.removeFirst()
            let end = rest.firstIndex { (0x40...0x7E).contains($0) } ?? rest.endIndex
            if end == rest.startIndex, let final = rest.first, let key = Self.arrow(for: final) {
                keys.append(key)
            }
            rest = rest[end...].dropFirst()
        }
        return keys
    }

    private static func key(for byte: UInt8) -> TopKey? {
        switch byte {
        case UInt8(ascii: "q"), UInt8(ascii: "Q"): .quit
        case UInt8(ascii: "\t"): .next
        case UInt8(ascii: "k"): .up
        case UInt8(ascii: "j"): .down
        case _: nil
        }
    }

    private static func arrow(for final: UInt8) -> TopKey? {
        switch final {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .next
        case _: nil
        }
    }
}
