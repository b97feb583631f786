import Core

/// The fields of a roll-up in its row, and the rows of an hour in theirs.
///
/// Of each field the length of the name and the name, the count, a byte that says whether least,
/// greatest, mean and last are one number, and that one, or all of them and the squares.
/// Counts and lengths are LEB128, numbers little-endian.
enum RollUpCoding {
    static func encode(_ fields: [RollUp.Field]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.count * 56)
        for field in fields {
            append(UInt64(field.name.utf8.count), to: &bytes)
            bytes.append(contentsOf: field.name.utf8)
            let summary = field.summary
            append(UInt64(bitPattern: summary.count), to: &bytes)
            let isOne = [summary.maximum, summary.mean, summary.last].allSatisfy {
                $0.bitPattern == summary.minimum.bitPattern
            }
            bytes.append(isOne && summary.squares == 0 ? 1 : 0)
            append(summary.minimum, to: &bytes)
            if bytes[bytes.count - 9] == 1 { continue }
            for number in [summary.maximum, summary.mean, summary.squares, summary.last] {
                append(number, to: &bytes)
            }
        }
        return bytes
    }

    /// nil when the bytes are not what `encode` makes.
    static func decode(_ bytes: [UInt8]) -> [RollUp.Field]? {
        var reader = Reader(bytes)
        var fields: [RollUp.Field] = []
        while !reader.isAtEnd {
            guard let length = reader.number(), let name = reader.text(length),
                let count = reader.number(), count > 0, let form = reader.byte(),
                let first = reader.double()
            else { return nil }
            var summary = Summary(
                count: Int64(bitPattern: count), minimum: first, maximum: first, mean: first,
                squares: 0, last: first)
            if form == 0 {
                guard let maximum = reader.double(), let mean = reader.double(),
                    let squares = reader.double(), let last = reader.double()
                else { return nil }
                summary.maximum = maximum
                summary.mean = mean
                summary.squares = squares
                summary.last = last
            }
            fields.append(RollUp.Field(name: name, summary: summary))
        }
        return fields
    }

    /// Row numbers, ascending: each as its distance from the one before.
    static func encode(rows: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: Int64 = 0
        for row in rows {
            append(UInt64(bitPattern: row - last), to: &bytes)
            last = row
        }
        return bytes
    }

    static func decode(rows bytes: [UInt8]) -> [Int64]? {
        var reader = Reader(bytes)
        var rows: [Int64] = []
        var last: Int64 = 0
        while !reader.isAtEnd {
            guard let distance = reader.number() else { return nil }
            last &+= Int64(bitPattern: distance)
            rows.append(last)
        }
        return rows
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func append(_ number: Double, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private struct Reader {
        private let bytes: [UInt8]
        private var place = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { place == bytes.count }

        mutating func byte() -> UInt8? {
            guard place < bytes.count else { return nil }
            defer { place += 1 }
            return bytes[place]
        }

        mutating func number() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while let next = byte(), shift < 64 {
                value |= UInt64(next & 0x7f) << shift
                if next & 0x80 == 0 { return value }
                shift += 7
            }
            return nil
        }

        mutating func text(_ length: UInt64) -> String? {
            guard length <= UInt64(bytes.count - place) else { return nil }
            defer { place += Int(length) }
            return String(decoding: bytes[place..<place + Int(length)], as: UTF8.self)
        }

        mutating func double() -> Double? {
            guard bytes.count - place >= 8 else { return nil }
            defer { place += 8 }
            let pattern = bytes.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            }
            return Double(bitPattern: UInt64(littleEndian: pattern))
        }
    }
}
