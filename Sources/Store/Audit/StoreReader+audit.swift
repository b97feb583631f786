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

    /// Verifies the audit chain: an `AuditPass` from its beginning to its end.
    /// - Parameter held: a head that somebody else holds: the chain must have it.
    /// - Throws: `.busy`, `.io`, `.corrupt`: the file is damaged beyond reading.
    public func verifyAudit(held: HeldHead? = nil) throws(ReadError) -> AuditVerification {
        let pass = AuditPass(self, held: held)
        while true {
            if let result = try pass.next() { return result }
        }
    }
}
