import Core
import Proof
import Store

/// One link as a line for a person.
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
            link.kind.text(about: link.reference).padded(to: aboutColumns), String(hash),
        ].joined(separator: " ")
        if let record = link.record { line += " " + record.printable }
        return line.fitted(to: columns ?? .max)
    }
}
