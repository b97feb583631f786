import Core
import Store

/// What a verification came to, for a person or as a JSON object.
struct AuditReport: Report {
    private static let findingsShown = 10

    private let verification: AuditVerification
    private let held: HeldHead?
    private var refused: [AuditFinding] = []
    /// The head that was held was signed by the key.
    var isSigned = false

    init(_ verification: AuditVerification, held: HeldHead?) {
        self.verification = verification
        self.held = held
    }

    /// Something else than the chain is wrong.
    mutating func refuse(_ finding: AuditFinding) { refused.append(finding) }

    var isWhole: Bool { findings.isEmpty }

    private var findings: [AuditFinding] { verification.findings + refused }

    // MARK: For a person

    var lines: [String] {
        guard let first = findings.first else { return ["the audit chain is whole"] + counts }
        var lines = ["the audit chain is BROKEN: \(Self.text(first))"]
        let further = findings.dropFirst()
        lines += further.prefix(Self.findingsShown).map { "  also: \(Self.text($0))" }
        let left = further.dropFirst(Self.findingsShown).count + verification.more
        if left > 0 { lines.append("  and \(left) more") }
        return lines + counts
    }

    private var counts: [String] {
        let head = verification.head
        var lines = [
            row("links", "\(verification.links), from \(verification.first) to \(head.seq)"),
            row("records", "\(verification.records) as they were linked"),
        ]
        if verification.removed > 0 {
            lines.append(row("removed", "\(verification.removed) records, as the chain says"))
        }
        if verification.unlinked > 0 {
            lines.append(
                row("not linked", "\(verification.unlinked) decisions older than the chain"))
        }
        lines.append(row("head", "\(head.seq):"))
        lines.append(row("", Hexadecimal.text(of: head.hash)))
        if held != nil, isWhole {
            lines.append(row("held head", "is in the chain" + (isSigned ? ", and signed" : "")))
        }
        return lines
    }

    private func row(_ name: String, _ value: String) -> String {
        "  \(name.padded(to: 11)) \(value)"
    }

    /// `link 17 (decision 12): the record was changed`
    static func text(_ finding: AuditFinding) -> String {
        let about = finding.kind.map { AuditLine.about($0, finding.reference ?? 0) }
        var text =
            switch (finding.seq, about) {
            case (let seq?, let about?): "link \(seq) (\(about)): "
            case (let seq?, nil): "link \(seq): "
            case (nil, let about?): "\(about): "
            case (nil, nil): ""
            }
        text += finding.problem.text
        return finding.detail.isEmpty ? text : text + "; " + finding.detail
    }

    // MARK: For a program

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("ok", isWhole)
            if let first = findings.first { json.object("broken") { Self.write(first, to: &$0) } }
            json.member("links", verification.links)
            json.member("first", verification.first)
            json.member("records", verification.records)
            json.member("removed", verification.removed)
            json.member("not_linked", verification.unlinked)
            json.object("head") { json in
                json.member("seq", verification.head.seq)
                json.member("hash", Hexadecimal.text(of: verification.head.hash))
                json.member("timestamp", verification.head.at.rfc3339(.microseconds))
            }
            if held != nil { json.member("signed", isSigned) }
            json.array("findings") { list in
                for finding in findings { list.object { Self.write(finding, to: &$0) } }
            }
            json.member("more", verification.more)
        }
    }

    private static func write(_ finding: AuditFinding, to json: inout JSONWriter) {
        json.member("problem", finding.problem.rawValue)
        if let seq = finding.seq { json.member("seq", seq) }
        json.member("kind", ifPresent: finding.kind?.name)
        if finding.kind != nil, let reference = finding.reference {
            json.member("ref", reference)
        }
        json.member("message", text(finding))
    }
}
