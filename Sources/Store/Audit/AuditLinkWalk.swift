import Core
import GRDB

/// The first walk of a verification: every link's hash behind the one before it.
struct AuditLinkWalk {
    private let held: HeldHead?
    private(set) var result = AuditVerification()
    /// What would be found in the place where the chain begins: told after what is found in links,
    /// of which it may be the consequence.
    private var beginning: [AuditFinding] = []
    private(set) var removals = AuditRemovals()
    /// The sequence that comes next, and the hash that it follows; nil where the link before is
    /// missing.
    private var next: Int64 = 0
    private var previous: [UInt8]?
    /// The last that is looked at: the newest when it began. A chain that grows as fast as it is
    /// walked would have no end.
    private var end: Int64 = 0
    private(set) var done: Int64 = 0
    /// About as many as there are to look at.
    private(set) var count: Int64 = 0
    private var isHeldFound = false

    init(held: HeldHead?) { self.held = held }

    /// - Returns: whether there are more.
    mutating func page(_ database: Database) throws(ReadError) -> Bool {
        try removals.read(database)
        if next == 0 { try begin(database) } else { skipPruned() }
        if next > end { end = try Self.ends(database)?.newest ?? end }
        let row = try AuditCursor(
            database,
            """
            SELECT \(StoredLink.columns) FROM audit WHERE seq >= ? ORDER BY seq
            LIMIT \(Limits.auditPageLinks + 1)
            """)
        row.bind(next)
        var page: [StoredLink] = []
        while try row.step() { page.append(StoredLink(row.row)) }
        // The last is looked at with the next page, but for the last of all.
        let wanted = page.prefix { $0.seq <= end }.count
        let isMore = wanted > Limits.auditPageLinks
        for index in 0..<(isMore ? wanted - 1 : wanted) {
            look(at: page[index], index + 1 < page.count ? page[index + 1] : nil)
        }
        return isMore
    }

    /// Where retention has left the beginning.
    private mutating func begin(_ database: Database) throws(ReadError) {
        guard let ends = try Self.ends(database) else {
            result.add(AuditFinding(.linkMissing, detail: "the chain has no link at all"))
            next = 1
            return
        }
        let anchor = removals.anchor ?? AuditAnchor()
        (next, previous) = (anchor.linksThrough + 1, anchor.hash)
        let first = ends.oldest
        // Whoever has written to the file can have chosen both.
        let (span, isBeyond) = ends.newest.subtractingReportingOverflow(first)
        count = isBeyond ? Self.countMax : min(span, Self.countMax) + 1
        result.first = first
        if !removals.isAnchorWhole {
            (next, previous) = (max(first, 1), nil)
        } else if first < next {
            beginning.append(
                AuditFinding(
                    .linkBack, seq: first, detail: "retention took links up to \(next - 1)"))
        } else if first > next {
            beginning.append(missing(next, before: first))
            (next, previous) = (first, nil)
        }
        if let broken = anchor.broken {
            beginning.append(
                AuditFinding(.brokenBefore, seq: broken, detail: "retention has taken it since"))
        }
    }

    private static let countMax = Int64.max / 4

    /// The first link and the last, by the ends of their table; nil where there is none. To count
    /// them would be to read all of it at one moment.
    private static func ends(
        _ database: Database
    ) throws(ReadError) -> (oldest: Int64, newest: Int64)? {
        let row = try AuditCursor(
            database, "SELECT (SELECT min(seq) FROM audit), (SELECT max(seq) FROM audit)")
        guard try row.step(), !row.isNull(0) else { return nil }
        return (row.integer(0), row.integer(1))
    }

    /// Retention has overtaken.
    private mutating func skipPruned() {
        guard let anchor = removals.anchor, removals.isAnchorWhole, anchor.linksThrough >= next
        else { return }
        (next, previous) = (anchor.linksThrough + 1, anchor.hash)
    }

    private func missing(_ first: Int64, before seq: Int64) -> AuditFinding {
        AuditFinding(
            .linkMissing, seq: first,
            detail: seq - first == 1 ? "" : "links \(first) to \(seq - 1) are not there")
    }

    private mutating func look(at link: StoredLink, _ following: StoredLink?) {
        if link.seq > next {
            result.add(missing(next, before: link.seq))
            previous = nil
        }
        if let problem = problem(of: link, following) {
            result.add(
                AuditFinding(
                    problem, seq: link.seq, kind: link.kind, reference: link.reference))
        }
        if let held, link.hash == held.hash, held.seq ?? link.seq == link.seq {
            isHeldFound = true
        } else if let held, held.seq == link.seq {
            result.add(
                AuditFinding(
                    .headDiffers, seq: link.seq, kind: link.kind, reference: link.reference))
        }
        if link.kind == .beginning, let record = link.record.flatMap(AuditBeginning.init) {
            result.unlinkedThrough = record.decisions
        }
        previous = link.hash
        next = link.seq == .max ? link.seq : link.seq + 1
        done += 1
        result.links += 1
        result.head = AuditHead(seq: link.seq, hash: link.hash, at: link.at)
    }

    private func problem(
        of link: StoredLink, _ following: StoredLink?
    ) -> AuditFinding.Problem? {
        if let previous, !link.isWhole(after: previous) {
            let isSwapped =
                following.map { $0.isWhole(after: previous, as: link.seq) } ?? false
            return isSwapped ? .order : .linkChanged
        }
        return link.hasWholeRecord ? nil : .recordChanged
    }

    /// What is said once all links were seen.
    mutating func finish() {
        for finding in beginning { result.add(finding) }
        if let anchor = removals.anchor { result.unlinkedThrough = anchor.unlinkedThrough }
        guard let held, !isHeldFound else { return }
        let anchor = removals.anchor ?? AuditAnchor()
        let isAnchor = held.seq == nil || held.seq == anchor.linksThrough
        if isAnchor, removals.anchor != nil, anchor.hash == held.hash { return }
        if result.findings.contains(where: { $0.problem == .headDiffers }) { return }
        if let seq = held.seq, seq <= anchor.linksThrough {
            result.add(
                AuditFinding(
                    .headTooOld, seq: seq,
                    detail: "retention took links up to \(anchor.linksThrough)"))
        } else if let seq = held.seq, seq > result.head.seq {
            result.add(
                AuditFinding(
                    .tailMissing, seq: result.head.seq + 1,
                    detail: "the chain ends with link \(result.head.seq), "
                        + "a head of link \(seq) is held"))
        } else {
            result.add(
                AuditFinding(
                    .tailMissing, seq: result.head.seq + 1,
                    detail: "no link has the hash that is held"))
        }
    }
}
