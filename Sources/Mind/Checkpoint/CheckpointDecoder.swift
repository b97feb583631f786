import Core

/// Why a checkpoint cannot be used: take an older one, or fold the whole log.
public enum CheckpointError: Error, Equatable {
    /// Written by a version whose form this one does not read.
    case unknownVersion(UInt8)
    /// Cut off or damaged; found at this byte.
    case damaged(offset: Int)
    /// It belongs to another rule set than the one given.
    case otherRuleset(String)
}

/// Reads what `CheckpointEncoder` wrote; every length is checked against what is there.
struct CheckpointDecoder {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }
    var damaged: CheckpointError { .damaged(offset: offset) }

    mutating func byte() throws(CheckpointError) -> UInt8 {
        guard offset < bytes.count else { throw damaged }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func int() throws(CheckpointError) -> Int64 {
        guard bytes.count - offset >= 8 else { throw damaged }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[offset + index]) << (8 * UInt64(index)) }
        offset += 8
        return Int64(bitPattern: value)
    }

    mutating func double() throws(CheckpointError) -> Double {
        Double(bitPattern: UInt64(bitPattern: try int()))
    }

    mutating func time() throws(CheckpointError) -> Timestamp {
        Timestamp(microseconds: try int())
    }

    /// A count of things of at least one byte each, so never more than there are bytes left.
    mutating func count() throws(CheckpointError) -> Int {
        let value = try size()
        guard value <= bytes.count - offset else { throw damaged }
        return value
    }

    /// Any number that `count` of the encoder wrote.
    mutating func size() throws(CheckpointError) -> Int {
        var value = 0
        var shift = 0
        while true {
            let next = try byte()
            guard shift < 56 else { throw damaged }
            value |= Int(next & 0x7f) << shift
            if next & 0x80 == 0 { break }
            shift += 7
        }
        return value
    }

    mutating func text() throws(CheckpointError) -> String {
        let length = try count()
        defer { offset += length }
        return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }

    mutating func data() throws(CheckpointError) -> [UInt8] {
        let length = try count()
        defer { offset += length }
        return Array(bytes[offset..<offset + length])
    }

    mutating func json(depth: Int = 0) throws(CheckpointError) -> JSONValue {
        guard depth <= Limits.jsonDepthMax else { throw damaged }
        switch try byte() {
        case 0: return .null
        case 1: return .bool(false)
        case 2: return .bool(true)
        case 3: return .number(.int(try int()))
        case 4: return .number(.double(try double()))
        case 5: return .string(try text())
        case 6:
            let length = try count()
            var elements: [JSONValue] = []
            for _ in 0..<length { elements.append(try json(depth: depth + 1)) }
            return .array(elements)
        case 7: return .object(try object(depth: depth + 1))
        default: throw damaged
        }
    }

    mutating func object(depth: Int = 0) throws(CheckpointError) -> JSONObject {
        let length = try count()
        var members: [JSONObject.Member] = []
        for _ in 0..<length {
            let name = try text()
            members.append(.init(name: name, value: try json(depth: depth)))
        }
        return JSONObject(members)
    }
}
