/// Where the values of a JSON document are: read and checked whole, none of them made.
///
/// Nodes stand in the order of the document, a container before what it holds; node 0 is the whole
/// document. The tape does not keep the bytes: `JSONDocument` holds both. Made once and used for
/// one document after the other, it asks for no memory.
public struct JSONTape: Sendable {
    @usableFromInline
    enum Kind: UInt8 {
        case null, no, yes, int, double, string, array, object
    }

    /// One value and the name that it has in its object: trivial, 16 bytes.
    @usableFromInline
    struct Node: Sendable {
        /// A number's bits. A text's place and length. A container's count and the node behind it.
        @usableFromInline var content: UInt64
        /// Where the name begins.
        @usableFromInline var nameStart: UInt32
        /// From the lowest: the kind (3 bits), whether the name and the text are among `decoded`
        /// (1 bit each), and the length of the name (24 bits, from the 8th).
        @usableFromInline var bits: UInt32

        init(_ kind: Kind, _ label: Label, content: UInt64 = 0, isDecoded: Bool = false) {
            self.content = content
            nameStart = label.start
            bits = label.bits | UInt32(kind.rawValue) | (isDecoded ? 1 << 4 : 0)
        }

        init(_ kind: Kind, _ label: Label, text: Slice) {
            self.init(
                kind, label, content: UInt64(text.start) << 32 | UInt64(text.count),
                isDecoded: text.isDecoded)
        }

        /// A container, once its end is known.
        mutating func close(count: Int, next: Int) {
            content = UInt64(count) << 32 | UInt64(next)
        }

        @inlinable @inline(__always) var kind: Kind {
            // Three bits, eight cases.
            unsafeBitCast(UInt8(truncatingIfNeeded: bits & 7), to: Kind.self)
        }
        @inlinable @inline(__always) var name: Slice {
            Slice(start: nameStart, count: bits >> 8, isDecoded: bits & 1 << 3 != 0)
        }
        @inlinable @inline(__always) var text: Slice {
            Slice(
                start: UInt32(content >> 32), count: UInt32(truncatingIfNeeded: content),
                isDecoded: bits & 1 << 4 != 0)
        }
        /// Members or elements of a container.
        @inlinable @inline(__always) var count: Int { Int(content >> 32) }
        /// The node behind everything that the container holds.
        @inlinable @inline(__always) var next: Int { Int(UInt32(truncatingIfNeeded: content)) }
    }

    /// A text: bytes of the document, or of `decoded` where it had escapes.
    @usableFromInline
    struct Slice {
        @usableFromInline var start: UInt32
        @usableFromInline var count: UInt32
        @usableFromInline var isDecoded: Bool

        @inlinable @inline(__always)
        init(start: UInt32, count: UInt32, isDecoded: Bool) {
            self.start = start
            self.count = count
            self.isDecoded = isDecoded
        }
    }

    /// The name of a member that is about to be read.
    struct Label {
        var start: UInt32 = 0
        var bits: UInt32 = 0

        static let none = Label()

        private init() {}

        init(_ name: Slice) {
            start = name.start
            bits = name.count << 8 | (name.isDecoded ? 1 << 3 : 0)
        }

        var slice: Slice {
            Slice(start: start, count: bits >> 8, isDecoded: bits & 1 << 3 != 0)
        }
    }

    @usableFromInline var nodes: [Node] = []
    /// Texts that had escapes, without them.
    @usableFromInline var decoded: [UInt8] = []

    public init() {}

    mutating func removeAll() {
        nodes.removeAll(keepingCapacity: true)
        decoded.removeAll(keepingCapacity: true)
    }
}
