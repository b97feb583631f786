import Core

/// A value while code runs: 16 bytes and trivial, so that nothing is counted or freed.
///
/// What does not fit lies elsewhere for as long as it is needed: texts in the message, among a
/// program's constants or in an `Arena`; lists as cells in one of these; what is rare, maps above
/// all, as a `Value` in a `Shelf`.
struct Cell {
    enum Tag: UInt8 {
        /// No value yet.
        case unset
        case null, bool, int, uint, double
        /// A JSON number, integral within int64 or not.
        case jsonInt, jsonDouble
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

    var tag: Tag
    /// Of a shelved value its `ValueKind`.
    var kindCode: UInt8 = 0
    /// Of a shelved value the shelf's level.
    var level: UInt8 = 0
    /// The length of a text or list; the nanoseconds of a timestamp; the place on a shelf.
    var count: UInt32 = 0
    /// A number's bits; an address; a node.
    var bits: UInt64 = 0

    static let unset = Cell(tag: .unset)
    static let null = Cell(tag: .null)
    static let none = Cell(tag: .optional)

    @inline(__always)
    init(tag: Tag, count: UInt32 = 0, bits: UInt64 = 0) {
        self.tag = tag
        self.count = count
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

    /// A node of the message.
    @inline(__always) init(_ node: Int, of view: JSONView) {
        switch view.content(of: node) {
        case .null: self = .null
        case .bool(let value): self.init(value)
        case .int(let value): self.init(tag: .jsonInt, bits: UInt64(bitPattern: value))
        case .double(let value): self.init(tag: .jsonDouble, bits: value.bitPattern)
        case .string(let text): self.init(text: text)
        case .array: self.init(tag: .array, bits: UInt64(node))
        case .object: self.init(tag: .object, bits: UInt64(node))
        }
    }

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
        case .shelved: ValueKind(rawValue: kindCode) ?? .null
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
