import Core

/// Writes the mind as bytes: little-endian, lengths before texts, no padding.
struct CheckpointEncoder {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// What was written, without a second copy of it.
    mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func int(_ value: Int64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func double(_ value: Double) { int(Int64(bitPattern: value.bitPattern)) }

    mutating func time(_ value: Timestamp) { int(value.microseconds) }

    /// LEB128, for counts and lengths.
    mutating func count(_ value: Int) {
        precondition(value >= 0)
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            count(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func data(_ value: [UInt8]) {
        count(value.count)
        bytes.append(contentsOf: value)
    }

    mutating func json(_ value: JSONValue) {
        switch value {
        case .null: byte(0)
        case .bool(false): byte(1)
        case .bool(true): byte(2)
        case .number(.int(let number)):
            byte(3)
            int(number)
        case .number(.double(let number)):
            byte(4)
            double(number)
        case .string(let string):
            byte(5)
            text(string)
        case .array(let elements):
            byte(6)
            count(elements.count)
            for element in elements { json(element) }
        case .object(let object):
            byte(7)
            self.object(object)
        }
    }

    mutating func object(_ value: JSONObject) {
        count(value.members.count)
        for member in value.members {
            text(member.name)
            json(member.value)
        }
    }
}
