import Core
import GRDB

extension AuditRecordWalk {
    /// Every API key against the newest link about it, and no key without one.
    ///
    /// All of it in one moment, in which key and link agree, also where they are newer than the
    /// walk: they are written in one transaction.
    mutating func checkKeys(_ database: Database) throws(ReadError) {
        let records = try AuditRecordReader(database)
        // Beside max(), SQLite takes other columns from the same row.
        let newest = try AuditCursor(
            database,
            """
            SELECT max(seq), ref, record FROM audit
            WHERE kind <> \(AuditLink.Kind.decision.rawValue)
                AND kind = \(AuditLink.Kind.key.rawValue)
            GROUP BY ref ORDER BY 1
            """)
        while try newest.step() {
            // A record that is none of ours was found among the links.
            guard let mark = AuditKeyMark(json: newest.text(2)) else { continue }
            let (seq, number) = (newest.integer(0), newest.integer(1))
            let found = try records.key(number)
            if let problem = problem(of: found, mark) {
                add(AuditFinding(problem, seq: seq, kind: .key, reference: number))
            } else if let broken = mark.broken {
                add(
                    AuditFinding(
                        .recordChanged, seq: seq, kind: .key, reference: number,
                        detail: broken == 0
                            ? "before, no link was about it" : "before, after link \(broken)"))
            }
        }
        let unlinked = try AuditCursor(
            database,
            """
            SELECT id FROM api_key WHERE id NOT IN (
                SELECT printf('%012x', ref) FROM audit
                WHERE kind <> \(AuditLink.Kind.decision.rawValue)
                    AND kind = \(AuditLink.Kind.key.rawValue))
            LIMIT \(Limits.auditFindingsMax)
            """)
        while try unlinked.step() {
            let number = StoredKey.number(of: unlinked.text(0))
            add(AuditFinding(.recordUnlinked, kind: .key, reference: number))
        }
    }

    private func problem(
        of found: AuditRecordReader.Found, _ mark: AuditKeyMark
    ) -> AuditFinding.Problem? {
        switch found {
        case .none: mark.row == nil ? nil : .recordMissing
        case .erased, .contradicted: .recordChanged
        case .record(let digest):
            mark.row == nil
                ? .recordBack : mark.row == AuditKeyMark.text(of: digest) ? nil : .recordChanged
        }
    }
}
