import Core
import Store

/// One link as a line for a person, or as a JSON object.
///
/// ```
///     17 03-01 12:00:00 decision 12           3f0c9a5b…
///     18 03-01 12:00:04 removal               77ab01c2… {"reason":"retention", …
/// ```
enum AuditLine {
    private static let seqColumns = 7
    private static let aboutColumns = 22
    private static let hashDigits = 8

    /// - Parameter columns: The width of the terminal; nil writes everything out.
    static func text(_ link: AuditLink, columns: Int? = nil) -> String {
        let seq = "\(link.seq)"
        let blanks = String(repeating: " ", count: max(0, seqColumns - seq.count))
        let hash = Hexadecimal.text(of: link.hash).prefix(hashDigits) + "…"
        var line = [
            blanks + seq, SoulLine.time(link.at),
            about(link.kind, link.reference).padded(to: aboutColumns), String(hash),
        ].joined(separator: " ")
        if let record = link.record { line += " " + record.printable }
        return line.cut(to: columns ?? .max)
    }

    /// `decision 12`, `trust, event 7`
    static func about(_ kind: AuditLink.Kind, _ reference: Int64) -> String {
        switch kind {
        case .decision, .ruleset, .activation: "\(kind.name) \(reference)"
        case .trust, .forgetting: "\(kind.name), event \(reference)"
        case .beginning, .configuration, .removal, .credential: kind.name
        }
    }

    static func json(_ link: AuditLink) -> [UInt8] {
        JSONWriter.object { json in
            json.member("seq", link.seq)
            json.member("timestamp", link.at.rfc3339(.microseconds))
            json.member("kind", link.kind.name)
            json.member("ref", link.reference)
            json.member("digest", Hexadecimal.text(of: link.digest))
            json.member("hash", Hexadecimal.text(of: link.hash))
            guard let record = link.record else { return }
            // As it is, where it is JSON at all.
            if let value = try? JSONScanner.scan(Array(record.utf8)) {
                json.member("record", value)
            } else {
                json.member("record", record)
            }
        }
    }
}
