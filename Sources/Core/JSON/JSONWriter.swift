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
    public internal(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(reservingBytes capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// The bytes of one object.
    ///
    /// - Parameter capacity: What it nearly always fits into; a larger one is no error.
    public static func object(
        reservingBytes capacity: Int = 256, _ content: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: capacity)
        writer.object(content)
        return writer.bytes
    }

    public mutating func null() { token("null") }

    public mutating func bool(_ value: Bool) { token(value ? "true" : "false") }

    public mutating func int(_ value: Int64) {
        separate()
        bytes.append(addingCapacity: Int64.digitsMax) { $0.append(number: value) }
    }

    public mutating func number(_ value: JSONNumber) {
        switch value {
        case .int(let int): self.int(int)
        case .double(let double): self.double(double)
        }
    }

    public mutating func string(_ text: String) {
        quote(text)
        needsComma = true
    }

    /// RFC 3339 in UTC with milliseconds.
    public mutating func time(_ time: Timestamp) {
        separate()
        bytes.append(addingCapacity: Timestamp.rfc3339BytesMax + 2) { output in
            output.append(UInt8(ascii: "\""))
            time.write(.milliseconds, to: &output)
            output.append(UInt8(ascii: "\""))
        }
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
        quote(text, then: UInt8(ascii: ":"))
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

    mutating func token(_ text: String) {
        separate()
        text.utf8.span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// Nearly no text has anything to escape: it is copied as a whole, with what stands around it.
    private mutating func quote(_ text: String, then last: UInt8? = nil) {
        let needsComma = needsComma
        text.utf8.span.withUnsafeBufferPointer { content in
            guard !JSONEscape.isNeeded(in: content) else {
                if needsComma { bytes.append(UInt8(ascii: ",")) }
                escape(content)
                if let last { bytes.append(last) }
                return
            }
            bytes.append(addingCapacity: content.count + 4) { output in
                if needsComma { output.append(UInt8(ascii: ",")) }
                output.append(UInt8(ascii: "\""))
                output.append(bytes: content)
                output.append(UInt8(ascii: "\""))
                if let last { output.append(last) }
            }
        }
    }

    private mutating func escape(_ content: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in content {
            if JSONEscape.isNeeded(for: byte) { escape(byte) } else { bytes.append(byte) }
        }
        bytes.append(UInt8(ascii: "\""))
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
