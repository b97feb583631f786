import Core

/// A value while code runs: 16 bytes and trivial, so that nothing is counted or freed.
///
/// What does not fit lies elsewhere for as long as it is needed: texts in the message, among a
/// program's constants or in an `Arena`; lists as cells in one of these; what is rare, maps above
/// all, as a `Value` in a `Shelf`.
struct Cell {
    enum Tag: UInt8 {
        /// No value: not yet, or because of a fault.
        case unset
        case null, bool, uint
        // Of two numbers that are alike the second is a JSON number, which only the last bit tells.
        case int, jsonInt, double, jsonDouble
        case string, bytes
        /// Cells in a row.
        case list
        /// A node of a document.
        case array, object
        case timestamp, duration, type
        /// With a cell, or without.
        case optional
        /// A `Value` on a shelf.
        case shelved
    }

    /// From the lowest: the tag (8 bits), of a shelved value its `ValueKind` and the shelf's level
    /// (8 bits each), and, from the 32nd bit on, a count: the length of a text or list, the
    /// nanoseconds of a timestamp or the place on a shelf.
    var word: UInt64
    /// A number's bits; an address; a node.
    var bits: UInt64

    static let unset = Cell(tag: .unset)
    static let null = Cell(tag: .null)
    static let none = Cell(tag: .optional)

    @inline(__always)
    init(tag: Tag, count: UInt32 = 0, bits: UInt64 = 0) {
        word = UInt64(tag.rawValue) | UInt64(count) << 32
        self.bits = bits
    }

    @inline(__always) init(_ value: Bool) { self.init(tag: .bool, bits: value ? 1 : 0) }
    @inline(__always) init(_ value: Int64) {
        self.init(tag: .int, bits: UInt64(bitPattern: value))
    }
    @inline(__always) init(_ value: UInt64) { self.init(tag: .uint, bits: value) }
    @inline(__always) init(_ value: Double) { self.init(tag: .double, bits: value.bitPattern) }

    @inline(__always) init(_ number: JSONNumber) {
        switch number {
        case .int(let value): self.init(tag: .jsonInt, bits: UInt64(bitPattern: value))
        case .double(let value): self.init(tag: .jsonDouble, bits: value.bitPattern)
        }
    }

    @inline(__always) init(text: UnsafeRawBufferPointer, tag: Tag = .string) {
        self.init(
            tag: tag, count: UInt32(truncatingIfNeeded: text.count),
            bits: UInt64(UInt(bitPattern: text.baseAddress)))
    }

    @inline(__always) init(list cells: UnsafePointer<Cell>?, count: Int) {
        self.init(
            tag: .list, count: UInt32(truncatingIfNeeded: count),
            bits: UInt64(UInt(bitPattern: cells)))
    }

    /// A value on a shelf.
    init(shelved kind: ValueKind, at place: Int, level: UInt8) {
        self.init(tag: .shelved, count: UInt32(truncatingIfNeeded: place))
        word |= UInt64(kind.rawValue) << 8 | UInt64(level) << 16
    }

    /// A node of the message.
    @inline(__always) init(_ node: Int, of view: JSONView) {
        switch view.kind(of: node) {
        case .null: self = .null
        case .no: self.init(false)
        case .yes: self.init(true)
        case .int: self.init(tag: .jsonInt, bits: view.bits(of: node))
        case .double: self.init(tag: .jsonDouble, bits: view.bits(of: node))
        case .string: self.init(text: view.text(of: node))
        case .array: self.init(tag: .array, bits: UInt64(node))
        case .object: self.init(tag: .object, bits: UInt64(node))
        }
    }

    // MARK: Parts

    @inline(__always) var tag: Tag {
        // Written as one.
        unsafeBitCast(UInt8(truncatingIfNeeded: word), to: Tag.self)
    }
    @inline(__always) var isUnset: Bool { UInt8(truncatingIfNeeded: word) == 0 }
    /// The tag without what tells a JSON number.
    @inline(__always) var likeness: UInt8 { UInt8(truncatingIfNeeded: word) | 1 }
    @inline(__always) var count: UInt32 {
        get { UInt32(truncatingIfNeeded: word >> 32) }
        set { word = word & 0xFFFF_FFFF | UInt64(newValue) << 32 }
    }
    @inline(__always) var level: UInt8 { UInt8(truncatingIfNeeded: word >> 16) }

    // MARK: Contents; of another tag they mean nothing

    @inline(__always) var isTrue: Bool { bits != 0 }
    @inline(__always) var int: Int64 { Int64(bitPattern: bits) }
    @inline(__always) var double: Double { Double(bitPattern: bits) }
    @inline(__always) var node: Int { Int(truncatingIfNeeded: bits) }

    @inline(__always) var text: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: bits)),
            count: Int(count))
    }

    /// A list's elements, or what an optional has.
    @inline(__always) var cells: UnsafePointer<Cell>? {
        UnsafePointer<Cell>(bitPattern: UInt(truncatingIfNeeded: bits))
    }

    /// What the language takes it for.
    var kind: ValueKind {
        switch tag {
        case .unset, .null: .null
        case .bool: .bool
        case .int, .jsonInt: .int
        case .uint: .uint
        case .double, .jsonDouble: .double
        case .string: .string
        case .bytes: .bytes
        case .list, .array: .list
        case .object: .map
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .optional: .optional
        // What put it there wrote its kind.
        case .shelved: ValueKind(rawValue: UInt8(truncatingIfNeeded: word >> 8)) ?? .null
        }
    }

    @inline(__always) var isJSONNumber: Bool { tag == .jsonInt || tag == .jsonDouble }

    @inline(__always) var numeric: Numeric? {
        switch tag {
        case .int, .jsonInt: .int(int)
        case .uint: .uint(bits)
        case .double, .jsonDouble: .double(double)
        case .unset, .null, .bool, .string, .bytes, .list, .array, .object, .timestamp,
            .duration, .type, .optional, .shelved:
            nil
        }
    }
}
