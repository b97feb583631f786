import Core
import GRDB

extension StoreReader {
    /// A page of a list of links, as they stand: `verifyAudit` says whether they are whole.
    ///
    /// A page may have fewer than were asked for, or none, and another one behind it. Links of a
    /// kind that this version does not know are left out.
    /// - Parameter most: Links that are looked at for it; it also ends behind
    ///   `Limits.apiListBytesMax`.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func page(
        _ list: AuditList, looking most: Int = Limits.decisionsLooked
    ) throws(ReadError) -> AuditPage {
        try read { database in
            let row = try AuditCursor(
                database,
                """
                SELECT \(StoredLink.columns) FROM audit
                WHERE seq < ? \(list.kindCondition) ORDER BY seq DESC
                """)
            row.bind(list.beforeSeq ?? .max)
            var page = AuditPage()
            var (looked, bytes) = (0, 0)
            var last: Int64?
            while try row.step() {
                let stored = StoredLink(row.row)
                if list.isPassed(at: stored) { break }
                let isFull = page.links.count == list.limit || bytes >= Limits.apiListBytesMax
                let link = list.matches(stored) ? stored.link : nil
                if looked == most || (link != nil && isFull) {
                    page.next = last
                    break
                }
                looked += 1
                last = stored.seq
                guard let link else { continue }
                bytes += link.record?.utf8.count ?? 0
                page.links.append(link)
            }
            return page
        }
    }
}

extension AuditList {
    /// The rare kinds have an index, which leaves decisions out.
    fileprivate var kindCondition: String {
        guard let kind, kind != .decision else { return "" }
        return "AND kind <> \(AuditLink.Kind.decision.rawValue) AND kind = \(kind.rawValue)"
    }

    fileprivate func matches(_ link: StoredLink) -> Bool {
        (kind == nil || link.kind == kind) && (since.map { link.at >= $0 } ?? true)
    }

    /// Whether everything before a link is older than what is wanted. Decisions are linked in the
    /// order of time; others are linked anew where retention takes the beginning of the chain.
    fileprivate func isPassed(at link: StoredLink) -> Bool {
        guard let since, link.kind == .decision else { return false }
        return link.at < since
    }
}
