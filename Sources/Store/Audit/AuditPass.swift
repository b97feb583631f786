/// A verification of the audit chain, a page at a time: every link behind the one before it, then
/// every record against its link.
///
/// Each page is a read of its own, of 1,024 links at most, so that neither the daemon's write-ahead
/// log is held back nor retention in the way, however long its caller rests between two. Links that
/// come meanwhile are left for the next time; a removal that comes meanwhile excuses what it took.
public final class AuditPass {
    private let reader: StoreReader
    private var links: AuditLinkWalk
    /// nil while links are walked.
    private var records: AuditRecordWalk?

    /// How far it is: each link is looked at twice, for itself and for its record.
    public private(set) var done: Int64 = 0
    /// Of how many; 0 before the first page.
    public private(set) var total: Int64 = 0

    /// - Parameter held: a head that somebody else holds: the chain must have it.
    public init(_ reader: StoreReader, held: HeldHead? = nil) {
        self.reader = reader
        links = AuditLinkWalk(held: held)
    }

    /// Looks at the next page.
    /// - Returns: the result with the last one; nil where there is more. Then call it again.
    /// - Throws: `.busy`, `.io`, `.corrupt`: the file is damaged beyond reading.
    public func next() throws(ReadError) -> AuditVerification? {
        guard records != nil else {
            try walkLinks()
            return nil
        }
        return try walkRecords()
    }

    private func walkLinks() throws(ReadError) {
        let isMore = try reader.read { try links.page($0) }
        done = links.done
        total = max(2 * links.count, done)
        guard !isMore else { return }
        links.finish()
        records = AuditRecordWalk(links)
        total = 2 * done
    }

    private func walkRecords() throws(ReadError) -> AuditVerification? {
        guard var walk = records.take() else { return nil }
        let isMore = try reader.read { try walk.page($0) }
        done = links.done + walk.done
        // Retention may have taken some meanwhile; and what it took may be there again.
        total = isMore ? max(total, done) : done
        let result = walk.result
        records = walk
        return isMore ? nil : result
    }
}
