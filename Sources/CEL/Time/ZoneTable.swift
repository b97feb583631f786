/// The history of one zone's clocks, from a TZif file (RFC 8536).
struct ZoneTable: Sendable {
    /// Moments at which the offset changed, ascending.
    private var transitions: [Int64] = []
    /// The offset from each transition on.
    private var offsets: [Int64] = []
    /// The offset before the first transition.
    private var firstOffset: Int64 = 0
    /// The rule after the last transition.
    private var rule: ZoneRule?

    /// Reads a file's bytes; nil when they are not a sound TZif file.
    init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes: bytes)
        guard let first = Header(&reader) else { return nil }
        if first.version == 0 {
            guard readBody(&reader, first, timeSize: 4) else { return nil }
            return
        }
        guard reader.skip(first.bodySize(timeSize: 4)), let second = Header(&reader),
            readBody(&reader, second, timeSize: 8)
        else { return nil }
        rule = Self.footer(&reader).flatMap { ZoneRule($0) }
    }

    /// Seconds east of UTC.
    func offset(at seconds: Int64) -> Int64 {
        guard let last = transitions.last, let first = transitions.first else {
            return rule?.offset(at: seconds) ?? firstOffset
        }
        if seconds < first { return firstOffset }
        if seconds >= last, let rule { return rule.offset(at: seconds) }
        var low = 0
        var high = transitions.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle } else { high = middle }
        }
        return offsets[low]
    }

    private struct Header {
        var version: UInt8
        var utCount, standardCount, leapCount, timeCount, typeCount, nameBytes: Int

        init?(_ reader: inout ByteReader) {
            guard reader.accept("TZif"), let version = reader.byte(), reader.skip(15),
                let utCount = reader.count(), let standardCount = reader.count(),
                let leapCount = reader.count(), let timeCount = reader.count(),
                let typeCount = reader.count(), let nameBytes = reader.count(), typeCount > 0
            else { return nil }
            self.version = version
            self.utCount = utCount
            self.standardCount = standardCount
            self.leapCount = leapCount
            self.timeCount = timeCount
            self.typeCount = typeCount
            self.nameBytes = nameBytes
        }

        func bodySize(timeSize: Int) -> Int {
            timeCount * (timeSize + 1) + typeCount * 6 + nameBytes + leapCount * (timeSize + 4)
                + standardCount + utCount
        }
    }

    private mutating func readBody(
        _ reader: inout ByteReader, _ header: Header, timeSize: Int
    ) -> Bool {
        guard header.bodySize(timeSize: timeSize) <= reader.remaining else { return false }
        var times: [Int64] = []
        for _ in 0..<header.timeCount {
            guard let time = reader.integer(timeSize) else { return false }
            if let last = times.last, time <= last { return false }
            times.append(time)
        }
        let indices = (0..<header.timeCount).compactMap { _ in reader.byte() }
        var types: [Int64] = []
        for _ in 0..<header.typeCount {
            guard let offset = reader.integer(4), reader.skip(2) else { return false }
            types.append(offset)
        }
        guard indices.allSatisfy({ Int($0) < types.count }) else { return false }
        transitions = times
        offsets = indices.map { types[Int($0)] }
        firstOffset = types[0]
        return reader.skip(
            header.nameBytes + header.leapCount * (timeSize + 4) + header.standardCount
                + header.utCount)
    }

    /// The rule between two newlines at the end of the file.
    private static func footer(_ reader: inout ByteReader) -> [UInt8]? {
        guard reader.accept("\n") else { return nil }
        var text: [UInt8] = []
        while let byte = reader.byte(), byte != UInt8(ascii: "\n") { text.append(byte) }
        return text
    }
}

/// Big-endian fields of a file; every read says whether there was enough.
private struct ByteReader {
    let bytes: [UInt8]
    var offset = 0

    var remaining: Int { bytes.count - offset }

    mutating func byte() -> UInt8? {
        guard remaining > 0 else { return nil }
        offset += 1
        return bytes[offset - 1]
    }

    mutating func skip(_ count: Int) -> Bool {
        guard count <= remaining else { return false }
        offset += count
        return true
    }

    mutating func accept(_ text: String) -> Bool {
        guard bytes[offset...].starts(with: text.utf8) else { return false }
        return skip(text.utf8.count)
    }

    /// A signed number of 4 or 8 bytes.
    mutating func integer(_ size: Int) -> Int64? {
        guard size <= remaining else { return nil }
        var value: UInt64 = 0
        for byte in bytes[offset..<offset + size] { value = value << 8 | UInt64(byte) }
        offset += size
        return size == 4
            ? Int64(Int32(truncatingIfNeeded: value)) : Int64(truncatingIfNeeded: value)
    }

    /// A size that the file itself must then be large enough for.
    mutating func count() -> Int? {
        guard let value = integer(4), 0...0xFFFF ~= value else { return nil }
        return Int(value)
    }
}
