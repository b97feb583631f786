import Core
import GRDBSQLite

/// A row of the chain as it stands in the file, which may hold anything.
struct StoredLink {
    var seq: Int64
    /// The other values that the hash covers, encoded as they are stored.
    private var values: [UInt8]
    private var isPlain: Bool
    var at: Timestamp
    var kind: AuditLink.Kind?
    var reference: Int64
    var digest: [UInt8]
    var hash: [UInt8]
    var record: String?

    static let columns = "seq, at, kind, ref, digest, hash, record"

    /// From a row of `columns`.
    init(_ row: OpaquePointer) {
        seq = sqlite3_column_int64(row, 0)
        var encoding = AuditEncoding(reservingBytes: 80)
        for column in Int32(1)...4 { encoding.column(row, column) }
        values = encoding.bytes
        at = Timestamp(microseconds: sqlite3_column_int64(row, 1))
        kind = AuditLink.Kind(rawValue: sqlite3_column_int64(row, 2))
        reference = sqlite3_column_int64(row, 3)
        digest = Self.bytes(row, 4)
        hash = Self.bytes(row, 5)
        let recordType = sqlite3_column_type(row, 6)
        if recordType != SQLITE_NULL {
            record = String(decoding: Self.bytes(row, 6), as: UTF8.self)
        }
        isPlain =
            sqlite3_column_type(row, 5) == SQLITE_BLOB
            && (recordType == SQLITE_NULL || recordType == SQLITE_TEXT)
    }

    private static func bytes(_ row: OpaquePointer, _ column: Int32) -> [UInt8] {
        let start = sqlite3_column_blob(row, column)
        let count = Int(sqlite3_column_bytes(row, column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// Whether the hash is that of these values at a place of the chain.
    func isWhole(after previous: [UInt8], as seq: Int64? = nil) -> Bool {
        var place = AuditEncoding(reservingBytes: 96)
        place.integer(seq ?? self.seq)
        return isPlain && kind != nil && place.hash(of: values, after: previous) == hash
    }

    func isNext(after anchor: AuditAnchor) -> Bool {
        seq == anchor.linksThrough + 1 && isWhole(after: anchor.hash) && hasWholeRecord
    }

    /// Whether what it keeps is what its digest was made of; a record elsewhere is not looked at.
    var hasWholeRecord: Bool {
        guard let kind, kind.keepsRecord else { return record == nil }
        return record.map { AuditEncoding.digest(of: $0.utf8) == digest } ?? false
    }

    /// nil where the kind is none that this version knows.
    var link: AuditLink? {
        kind.map {
            AuditLink(
                seq: seq, at: at, kind: $0, reference: reference, digest: digest, hash: hash,
                record: record)
        }
    }
}
