/// Writes compact JSON, byte for byte the same for the same calls: members in the order given,
/// doubles in their shortest exact form, nothing escaped that need not be.
///
/// ```swift
/// let status = JSONWriter.object {
///     $0.member("status", "online")
///     $0.object("store") { $0.member("rows", 12) }
///     $0.array("tags") { $0.string("heat") }
/// }
/// ```
/// Commas are its business, balance is the caller's: a name in an object, no name in an array.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(reservingBytes capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// The bytes of one object.
    public static func object(_ content: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 256)
        writer.object(content)
        return writer.bytes
    }

    public mutating func null() { token("null") }

    public mutating func bool(_ value: Bool) { token(value ? "true" : "false") }

    public mutating func int(_ value: Int64) {
        separate()
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = value.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Always with a fraction or an exponent: `-1.0`. JSON has no NaN and no infinity: `null`.
    public mutating func double(_ value: Double) {
        if value.isFinite { token(value.description) } else { null() }
    }

    public mutating func number(_ value: JSONNumber) {
        switch value {
        case .int(let int): self.int(int)
        case .double(let double): self.double(double)
        }
    }

    public mutating func string(_ text: String) {
        separate()
        quote(text)
    }

    /// Any value, recursively.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements):
            array { for element in elements { $0.value(element) } }
        case .object(let object):
            self.object { for member in object.members { $0.member(member.name, member.value) } }
        }
    }

    /// A value that is JSON already, such as a stored decision.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    public mutating func object(_ content: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        content(&self)
        close(UInt8(ascii: "}"))
    }

    public mutating func array(_ content: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        content(&self)
        close(UInt8(ascii: "]"))
    }

    /// The name of the member whose value is written next.
    public mutating func name(_ text: String) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        quote(text)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func open(_ brace: UInt8) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        bytes.append(brace)
        needsComma = false
    }

    private mutating func close(_ brace: UInt8) {
        bytes.append(brace)
        needsComma = true
    }

    private mutating func token(_ text: String) {
        separate()
        text.utf8.span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        text.utf8.span.withUnsafeBufferPointer { content in
            // Nearly no text has anything to escape.
            guard content.contains(where: Self.needsEscape) else {
                return bytes.append(contentsOf: content)
            }
            for byte in content {
                if Self.needsEscape(byte) { escape(byte) } else { bytes.append(byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 15
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: bytes.append(byte)
        }
    }
}
