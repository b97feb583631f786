import Core
import GRDB

extension StoreReader {
    /// The newest link of the audit chain; `seq` is 0 where there is none.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func auditHead() throws(ReadError) -> AuditHead {
        try read { database in
            let row = try AuditCursor(
                database,
                "SELECT \(StoredLink.columns) FROM audit ORDER BY seq DESC LIMIT 1")
            guard try row.step() else { return AuditHead() }
            let link = StoredLink(row.row)
            return AuditHead(seq: link.seq, hash: link.hash, at: link.at)
        }
    }

    /// What was configured at the newest start that the chain knows, as one JSON object; nil where
    /// it knows of none.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func latestConfiguration() throws(ReadError) -> String? {
        try read { database in
            // The first condition is that of the index, which leaves decisions out.
            let row = try AuditCursor(
                database,
                """
                SELECT \(StoredLink.columns) FROM audit
                WHERE kind <> \(AuditLink.Kind.decision.rawValue)
                    AND kind = \(AuditLink.Kind.configuration.rawValue)
                ORDER BY seq DESC LIMIT 1
                """)
            guard try row.step() else { return nil }
            return StoredLink(row.row).record
        }
    }

    /// Hands over links, newest first, until the body says false. Those of a kind that this version
    /// does not know are left out; whether they are whole is `verifyAudit`'s to say.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forEachLinkFromNewest(_ body: (AuditLink) -> Bool) throws(ReadError) {
        var before = Int64.max
        while true {
            let page = try read { database in
                let row = try AuditCursor(
                    database,
                    """
                    SELECT \(StoredLink.columns) FROM audit WHERE seq < ?
                    ORDER BY seq DESC LIMIT \(Limits.auditPageLinks)
                    """)
                row.bind(before)
                var page: [StoredLink] = []
                while try row.step() { page.append(StoredLink(row.row)) }
                return page
            }
            for stored in page {
                if let link = stored.link, !body(link) { return }
                before = stored.seq
            }
            if page.count < Limits.auditPageLinks { return }
        }
    }

    /// Walks the audit chain twice: every link behind the one before it, then every record against
    /// its link.
    ///
    /// Reads a page of links at a moment, so that neither the daemon's write-ahead log is held back
    /// nor retention in the way; links that come meanwhile are left for the next time.
    /// - Parameters:
    ///   - held: a head that somebody else holds: the chain must have it.
    ///   - progress: called now and then with the links done, of how many.
    /// - Throws: `.busy`, `.io`, `.corrupt`: the file is damaged beyond reading.
    public func verifyAudit(
        held: HeldHead? = nil, progress: (Int64, Int64) -> Void = { _, _ in }
    ) throws(ReadError) -> AuditVerification {
        var links = AuditLinkWalk(held: held)
        var isMore = true
        while isMore {
            isMore = try read { try links.page($0) }
            progress(links.done, 2 * links.count)
        }
        links.finish()
        var records = AuditRecordWalk(links)
        isMore = true
        while isMore {
            isMore = try read { try records.page($0) }
            progress(links.done + records.done, 2 * links.count)
        }
        return records.result
    }
}
