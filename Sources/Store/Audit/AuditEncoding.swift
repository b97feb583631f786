import Crypto

/// The canonical bytes of a record: the values of its columns one after the other, each behind a
/// letter for its type as SQLite stores it (docs/audit.md, "The canonical record").
struct AuditEncoding {
    private(set) var bytes: [UInt8] = []

    init(reservingBytes capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    mutating func null() { bytes.append(UInt8(ascii: "N")) }

    mutating func integer(_ value: Int64) {
        bytes.append(UInt8(ascii: "I"))
        append(UInt64(bitPattern: value), count: 8)
    }

    mutating func real(_ value: Double) {
        bytes.append(UInt8(ascii: "R"))
        append(value.bitPattern, count: 8)
    }

    mutating func text(_ value: String) {
        bytes.append(UInt8(ascii: "T"))
        append(UInt64(value.utf8.count), count: 4)
        bytes += value.utf8
    }

    mutating func text(_ value: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "T"))
        append(UInt64(value.count), count: 4)
        bytes += value
    }

    mutating func blob(_ value: some Collection<UInt8>) {
        bytes.append(UInt8(ascii: "B"))
        append(UInt64(value.count), count: 4)
        bytes += value
    }

    /// Big-endian.
    private mutating func append(_ value: UInt64, count: UInt64) {
        for index in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - index))))
        }
    }

    var digest: [UInt8] { Self.digest(of: bytes) }

    static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array(bytes))
        return Array(hash.finalize())
    }

    /// The hash of a link whose own values these bytes are.
    func hash(after previous: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: previous)
        hash.update(data: bytes)
        return Array(hash.finalize())
    }

    /// The hash of a link with these bytes and further ones.
    func hash(of values: [UInt8], after previous: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: previous)
        hash.update(data: bytes)
        hash.update(data: values)
        return Array(hash.finalize())
    }

    /// What the first link follows.
    static let origin = [UInt8](repeating: 0, count: 32)
}

extension AuditLink {
    /// What the hash is over, behind the hash before.
    var encoding: AuditEncoding {
        var encoding = AuditEncoding(reservingBytes: 80)
        encoding.integer(seq)
        encoding.integer(at.microseconds)
        encoding.integer(kind.rawValue)
        encoding.integer(reference)
        encoding.blob(digest)
        return encoding
    }
}
