/// Where the values of a JSON document are: read and checked whole, none of them made.
///
/// Nodes stand in the order of the document, a container before what it holds; node 0 is the whole
/// document. Made once and used for one document after the other, it asks for no memory.
public struct JSONTape: Sendable {
    @usableFromInline
    enum Kind: UInt8 {
        case null, no, yes, int, double, string, array, object
    }

    /// One value and the name that it has in its object: trivial, 16 bytes.
    @usableFromInline
    struct Node: Sendable {
        /// A number's bits. A text's place and length. A container's count and the node behind it.
        @usableFromInline var content: UInt64 = 0
        /// Where the name begins.
        @usableFromInline var nameStart: UInt32 = 0
        /// From the lowest: the kind (3 bits), and from the 8th on the length of the name.
        @usableFromInline var bits: UInt32 = 0

        init() {}

        /// A value is about to be read. What stood here for another document is gone.
        @inline(__always)
        mutating func begin(named name: Slice) {
            nameStart = name.start
            bits = name.count << 8
        }

        /// The value of what has begun.
        @inline(__always)
        mutating func set(_ kind: Kind, _ content: UInt64) {
            self.content = content
            bits |= UInt32(kind.rawValue)
        }

        /// The end of a container.
        @inline(__always)
        mutating func close(count: UInt32, next: Int) {
            content = UInt64(count) << 32 | UInt64(truncatingIfNeeded: next)
        }

        @inlinable @inline(__always) var kind: Kind {
            // Three bits, eight cases.
            unsafeBitCast(UInt8(truncatingIfNeeded: bits & 7), to: Kind.self)
        }
        @inlinable @inline(__always) var name: Slice { Slice(start: nameStart, count: bits >> 8) }
        @inlinable @inline(__always) var text: Slice {
            Slice(
                start: UInt32(truncatingIfNeeded: content >> 32),
                count: UInt32(truncatingIfNeeded: content))
        }
        /// Members or elements of a container.
        @inlinable @inline(__always) var count: Int { Int(truncatingIfNeeded: content >> 32) }
        /// The node behind everything that the container holds.
        @inlinable @inline(__always) var next: Int { Int(UInt32(truncatingIfNeeded: content)) }
    }

    /// A text: bytes among `texts`.
    @usableFromInline
    struct Slice {
        @usableFromInline var start: UInt32
        @usableFromInline var count: UInt32

        static var none: Slice { Slice(start: 0, count: 0) }

        @inlinable @inline(__always)
        init(start: UInt32, count: UInt32) {
            self.start = start
            self.count = count
        }

        @inline(__always)
        init(_ start: Int, upTo end: Int) {
            self.start = UInt32(truncatingIfNeeded: start)
            count = UInt32(truncatingIfNeeded: end &- start)
        }

        @inline(__always) var content: UInt64 { UInt64(start) << 32 | UInt64(count) }
        @inline(__always) var range: Range<Int> { Int(start)..<Int(start) &+ Int(count) }
    }

    /// As many as were ever needed; those of the document are the first `count`.
    @usableFromInline var nodes: [Node] = []
    @usableFromInline var count = 0
    /// The document and its texts without escapes, in as many bytes as were ever needed
    /// (`JSONText`).
    @usableFromInline var texts: [UInt8] = []

    public init() {}
}
