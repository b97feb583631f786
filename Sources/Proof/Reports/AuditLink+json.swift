import Core
import Store

extension AuditLink {
    /// A link as a JSON object, with its record where it keeps it.
    public var json: [UInt8] {
        JSONWriter.object { json in
            json.member("seq", seq)
            json.member("timestamp", at.rfc3339(.microseconds))
            json.member("kind", kind.name)
            json.member("ref", reference)
            json.member("digest", Hexadecimal.text(of: digest))
            json.member("hash", Hexadecimal.text(of: hash))
            guard let record else { return }
            // As it is, where it is JSON at all.
            if let value = try? JSONScanner.scan(Array(record.utf8)) {
                json.member("record", value)
            } else {
                json.member("record", record)
            }
        }
    }
}
