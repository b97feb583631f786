import Core

extension StoreWriter {
    /// Says what a slice of retention took away, and takes the links of records that are gone from
    /// the beginning of the chain; within its transaction.
    ///
    /// The last link taken is the anchor: its hash stands in this new link, which later ones hold,
    /// and the first link that is left follows it. Links of what is still in force are made again.
    func linkRetention(
        _ removal: AuditRemoval, decisionsThrough: Int64?, before oldest: EventSequence,
        now: Timestamp
    ) throws(SQLiteFailure) {
        guard !removal.isEmpty || decisionsThrough != nil else { return }
        var removal = removal
        var anchor = chain.place.anchor
        anchor.decisionsThrough = max(anchor.decisionsThrough, decisionsThrough ?? 0)
        let kept = try pruneLinks(&anchor, before: oldest)
        removal.anchor = anchor
        try link(removal, at: now, to: anchor.linksThrough)
        for link in kept {
            try self.link(
                link.kind, at: link.at, to: link.reference, digest: link.digest,
                record: link.record)
        }
        chain.change {
            $0.anchor = anchor
            if decisionsThrough != nil { $0.lastRemoval = now }
        }
    }

    /// Whether so many decisions are worth a link that says they are gone.
    func isRemovalDue(_ rows: Int, now: Timestamp) -> Bool {
        guard rows < Limits.auditRemovalRows, let last = chain.place.lastRemoval else {
            return true
        }
        // At the same time it is the same pass, which goes on.
        return now <= last || now - last >= Limits.auditRemovalInterval
    }

    /// Deletes links from the beginning up to the last of which the record is gone.
    /// - Returns: those among them that say what is still so.
    private func pruneLinks(
        _ anchor: inout AuditAnchor, before oldest: EventSequence
    ) throws(SQLiteFailure) -> [AuditLink] {
        let row = try connection.prepare(
            """
            SELECT seq, at, kind, ref, digest, hash, record FROM audit
            WHERE seq > ? ORDER BY seq LIMIT \(Limits.retentionSliceRows + Limits.auditPruneLinks)
            """)
        row.bind(anchor.linksThrough, at: 1)
        var next = anchor
        var seen: [AuditLink] = []
        var kept: [AuditLink] = []
        loop: while try row.step() {
            let stored = StoredLink(row.handle)
            if next.broken == nil, !stored.isNext(after: next) { next.broken = stored.seq }
            (next.linksThrough, next.hash) = (stored.seq, stored.hash)
            switch stored.kind {
            case .decision:
                guard stored.reference <= anchor.decisionsThrough else { break loop }
            case .trust, .forgetting:
                guard stored.reference < oldest else { break loop }
            case .beginning, .ruleset, .activation, .configuration, .removal, .credential, nil:
                if let link = stored.link { seen.append(link) }
                continue
            }
            anchor = next
            kept += seen
            seen = []
        }
        row.reset()
        _ = try run("DELETE FROM audit WHERE seq <= ?", anchor.linksThrough)
        var inForce: [AuditLink] = []
        for (index, link) in kept.enumerated() where try isInForce(link) {
            let isRepeated = kept[(index + 1)...].contains {
                $0.kind == link.kind
                    && (link.kind.keepsRecord || $0.reference == link.reference)
            }
            if !isRepeated { inForce.append(link) }
        }
        return inForce
    }

    /// Of a link that is gone: whether what it says is so, and no other link says it.
    private func isInForce(_ link: AuditLink) throws(SQLiteFailure) -> Bool {
        let same: Int64?
        switch link.kind {
        case .configuration, .credential:
            same = try connection.integer(
                "SELECT 1 FROM audit WHERE kind = \(link.kind.rawValue) LIMIT 1")
        case .ruleset, .activation:
            let table = link.kind == .ruleset ? "ruleset" : "activation"
            let isThere = try connection.integer(
                "SELECT 1 FROM \(table) WHERE id = \(link.reference)")
            guard isThere != nil else { return false }
            same = try connection.integer(
                """
                SELECT 1 FROM audit
                WHERE kind = \(link.kind.rawValue) AND ref = \(link.reference) LIMIT 1
                """)
        case .beginning, .decision, .trust, .forgetting, .removal: return false
        }
        return same == nil
    }
}
