import Core
import GRDB

/// The second walk of a verification: every record against the digest in its link, and no record
/// without one.
struct AuditRecordWalk {
    private(set) var result: AuditVerification
    private var removals: AuditRemovals
    /// The last link that is looked at.
    private let end: Int64
    private var after: Int64
    /// The last decision that a link was about.
    private var lastDecision: Int64 = 0
    private(set) var done: Int64 = 0

    init(_ links: AuditLinkWalk) {
        result = links.result
        removals = links.removals
        end = links.result.head.seq
        after = max(links.result.first, 1) - 1
        lastDecision = links.result.unlinkedThrough
    }

    /// - Returns: whether there are more.
    mutating func page(_ database: Database) throws(ReadError) -> Bool {
        try removals.read(database)
        lastDecision = max(lastDecision, removals.anchor?.decisionsThrough ?? 0)
        let row = try AuditCursor(
            database,
            """
            SELECT \(StoredLink.columns) FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq
            LIMIT \(Limits.auditPageLinks)
            """)
        row.bind(after, end)
        var records = try AuditRecordReader(database)
        var count = 0
        var decisions = DecisionRows(after: lastDecision)
        let start = after
        while try row.step() {
            let link = StoredLink(row.row)
            after = link.seq
            count += 1
            try look(at: link, &records, &decisions)
        }
        done += Int64(count)
        let isLast = count < Limits.auditPageLinks
        try findUnlinked(decisions, behind: start, isLast: isLast, database)
        lastDecision = decisions.last
        if isLast { try finish(database) }
        return !isLast
    }

    /// Decisions that a page of links is about.
    private struct DecisionRows {
        let after: Int64
        var last: Int64
        /// Those that are there, of rows beyond `after`.
        var found = 0

        init(after: Int64) {
            self.after = after
            last = after
        }
    }

    private mutating func look(
        at link: StoredLink, _ records: inout AuditRecordReader, _ decisions: inout DecisionRows
    ) throws(ReadError) {
        guard let kind = link.kind, !kind.keepsRecord else {
            result.records += 1
            return
        }
        let reference = link.reference
        let record: AuditRecordReader.Found
        let isRemoved: Bool
        switch kind {
        case .decision:
            record = try records.decision(reference)
            isRemoved = removals.hasDecision(reference)
            if record != .none, reference > decisions.after { decisions.found += 1 }
            decisions.last = max(decisions.last, reference)
        case .ruleset:
            record = try records.ruleset(reference)
            isRemoved = removals.rulesets.contains(reference)
        case .activation:
            record = try records.activation(reference)
            isRemoved = removals.activations.contains(reference)
        case .acknowledgement:
            record = try records.acknowledgement(reference)
            isRemoved = removals.acknowledgements.contains(reference)
        case .trust, .forgetting:
            record = try records.event(reference)
            isRemoved = removals.events.contains(reference)
        case .beginning, .configuration, .removal, .credential, .access, .key: return
        }
        if let problem = problem(record, link.digest, isRemoved: isRemoved) {
            add(AuditFinding(problem, seq: link.seq, kind: kind, reference: reference))
        } else if isRemoved {
            result.removed += 1
        } else {
            result.records += 1
        }
    }

    private func problem(
        _ record: AuditRecordReader.Found, _ digest: [UInt8], isRemoved: Bool
    ) -> AuditFinding.Problem? {
        switch record {
        case .none: isRemoved ? nil : .recordMissing
        case .erased: isRemoved ? nil : .recordChanged
        case .contradicted: isRemoved ? .recordBack : .recordChanged
        case .record(let found):
            isRemoved ? .recordBack : found == digest ? nil : .recordChanged
        }
    }

    /// A link that was found broken in the first walk is not told of again.
    mutating func add(_ finding: AuditFinding) {
        if let seq = finding.seq, result.findings.contains(where: { $0.seq == seq }) { return }
        result.add(finding)
    }

    // MARK: Records without a link

    private mutating func findUnlinked(
        _ decisions: DecisionRows, behind start: Int64, isLast: Bool, _ database: Database
    ) throws(ReadError) {
        var end = decisions.last
        if isLast {
            // Those behind the last belong to links that came since.
            let later = try AuditCursor(
                database,
                """
                SELECT coalesce(min(ref) - 1, 9223372036854775807) FROM audit
                WHERE seq > ? AND kind = \(AuditLink.Kind.decision.rawValue)
                """)
            later.bind(self.end)
            if try later.step() { end = max(end, later.integer(0)) }
        }
        let all = try AuditCursor(
            database, "SELECT count(*) FROM decision WHERE row > ? AND row <= ?")
        all.bind(decisions.after, end)
        guard try all.step(), Int(all.integer(0)) != decisions.found else { return }
        let row = try AuditCursor(
            database,
            """
            SELECT row FROM decision WHERE row > ? AND row <= ? AND NOT EXISTS (
                SELECT 1 FROM audit WHERE kind = \(AuditLink.Kind.decision.rawValue)
                AND seq > ? AND seq <= ? AND ref = decision.row)
            LIMIT \(Limits.auditFindingsMax)
            """)
        row.bind(decisions.after, end, start, after)
        while try row.step() {
            add(AuditFinding(.recordUnlinked, kind: .decision, reference: row.integer(0)))
        }
    }

    private mutating func finish(_ database: Database) throws(ReadError) {
        // An acknowledgement that is being forgotten is emptied before it is deleted.
        for (kind, table, isThere) in [
            (AuditLink.Kind.ruleset, "ruleset", "TRUE"), (.activation, "activation", "TRUE"),
            (.acknowledgement, "alert_ack", "typeof(entity) = 'text'"),
        ] {
            let row = try AuditCursor(
                database,
                """
                SELECT id FROM \(table) WHERE \(isThere) AND id NOT IN (
                    SELECT ref FROM audit WHERE kind <> \(AuditLink.Kind.decision.rawValue)
                        AND kind = \(kind.rawValue))
                LIMIT \(Limits.auditFindingsMax)
                """)
            while try row.step() {
                add(AuditFinding(.recordUnlinked, kind: kind, reference: row.integer(0)))
            }
        }
        try checkKeys(database)
        let back = try AuditCursor(
            database,
            "SELECT row FROM decision WHERE row <= ? LIMIT \(Limits.auditFindingsMax)")
        back.bind(removals.anchor?.decisionsThrough ?? 0)
        while try back.step() {
            add(AuditFinding(.recordBack, kind: .decision, reference: back.integer(0)))
        }
        let unlinked = try AuditCursor(database, "SELECT count(*) FROM decision WHERE row <= ?")
        unlinked.bind(result.unlinkedThrough)
        if try unlinked.step() { result.unlinked = Int(unlinked.integer(0)) }
    }
}
