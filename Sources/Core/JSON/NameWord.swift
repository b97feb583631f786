/// A name's length and as much of it as a word holds, which is nearly always all.
public struct NameWord: Equatable, Sendable {
    @usableFromInline var head: UInt64 = 0
    @usableFromInline var count: UInt32 = 0

    /// Of the empty name.
    @inlinable
    public init() {}

    @inlinable @inline(__always)
    public init(_ name: UnsafeRawBufferPointer) {
        let count = name.count
        self.count = UInt32(truncatingIfNeeded: count)
        guard let start = name.baseAddress else { return }
        // Two loads that overlap where there are fewer bytes than they have.
        if count >= 8 {
            head = start.loadUnaligned(as: UInt64.self)
        } else if count >= 4 {
            let first = start.loadUnaligned(as: UInt32.self)
            let last = start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            head = UInt64(first) | UInt64(last) << 32
        } else if count > 0 {
            let middle = start.load(fromByteOffset: count / 2, as: UInt8.self)
            let last = start.load(fromByteOffset: count &- 1, as: UInt8.self)
            head =
                UInt64(start.load(as: UInt8.self)) | UInt64(middle) << 8 | UInt64(last) << 16
        }
    }

    /// Whether names of the same word are the same.
    @inlinable @inline(__always)
    public var isWhole: Bool { count <= 8 }

    @inlinable @inline(__always)
    public static func == (a: NameWord, b: NameWord) -> Bool {
        a.head == b.head && a.count == b.count
    }

    /// Not negative, and far from the greatest.
    @inlinable @inline(__always)
    func hash(under parent: Int) -> Int {
        let mixed =
            (head ^ UInt64(truncatingIfNeeded: parent) &* 0xBF58_476D_1CE4_E5B9)
            &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (mixed ^ UInt64(count)) >> 32)
    }
}

/// Tells of nearly every name that it is not among a few, at the price of looking at its end.
@usableFromInline
struct NameBits: Sendable {
    @usableFromInline var bits: UInt64 = 0

    @inlinable
    init() {}

    @inlinable @inline(__always)
    var isEmpty: Bool { bits == 0 }

    mutating func insert(_ name: UnsafeRawBufferPointer) { bits |= 1 << Self.bit(of: name) }

    @inlinable @inline(__always)
    func mayContain(_ name: UnsafeRawBufferPointer) -> Bool { bits >> Self.bit(of: name) & 1 != 0 }

    @inlinable @inline(__always)
    static func bit(of name: UnsafeRawBufferPointer) -> UInt64 {
        guard let start = name.baseAddress, name.count > 0 else { return 0 }
        let last = start.load(fromByteOffset: name.count &- 1, as: UInt8.self)
        return (UInt64(last) ^ UInt64(truncatingIfNeeded: name.count) &<< 2) & 63
    }
}
