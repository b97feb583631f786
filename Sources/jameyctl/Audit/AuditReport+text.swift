import Core
import Proof

extension AuditReport: Report {
    private static let findingsShown = 10

    var lines: [String] {
        guard let first = findings.first else { return ["the audit chain is whole"] + counts }
        var lines = ["the audit chain is BROKEN: \(first.message.printable)"]
        let further = findings.dropFirst()
        lines += further.prefix(Self.findingsShown).map { "  also: \($0.message.printable)" }
        let left = Int64(further.dropFirst(Self.findingsShown).count) + more
        if left > 0 { lines.append("  and \(left) more") }
        return lines + counts
    }

    private var counts: [String] {
        var lines = [
            row("links", "\(links), from \(first) to \(head.seq)"),
            row("records", "\(records) as they were linked"),
        ]
        if removed > 0 {
            lines.append(row("removed", "\(removed) records, as the chain says"))
        }
        if unlinked > 0 {
            lines.append(row("not linked", "\(unlinked) decisions older than the chain"))
        }
        lines.append(row("head", "\(head.seq):"))
        lines.append(row("", head.hash.printable))
        if let isSigned, isWhole {
            lines.append(row("held head", "is in the chain" + (isSigned ? ", and signed" : "")))
        }
        return lines
    }

    private func row(_ name: String, _ value: String) -> String {
        "  \(name.padded(to: 11)) \(value)"
    }
}
