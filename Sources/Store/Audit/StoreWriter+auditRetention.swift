import Core

extension StoreWriter {
    /// Says what a slice of retention took away, and takes the links of records that are gone from
    /// the beginning of the chain; within its transaction.
    ///
    /// The last link taken is the anchor: its hash stands in this new link, which later ones hold,
    /// and the first link that is left follows it. Links of what is still in force are made again.
    /// - Parameters:
    ///   - oldest: the first event that is left, or 0.
    ///   - cutoff: a link about access that is older may go by itself.
    func linkRetention(
        _ removal: AuditRemoval, decisionsThrough: Int64?, before oldest: EventSequence,
        _ cutoff: Timestamp, now: Timestamp
    ) throws(SQLiteFailure) {
        let accessEnd = try accessEnd(before: oldest, cutoff)
        let isAccessDue = try isAccessDue(before: accessEnd, now: now)
        let isDue = !removal.isEmpty || decisionsThrough != nil
        guard isDue || isAccessDue else { return }
        var removal = removal
        var anchor = chain.place.anchor
        anchor.decisionsThrough = max(anchor.decisionsThrough, decisionsThrough ?? 0)
        let kept = try pruneLinks(&anchor, before: oldest, accessEnd)
        // Links that must stay can be in front of those about access.
        guard isDue || anchor != chain.place.anchor else { return }
        removal.anchor = anchor
        try link(removal, at: now, to: anchor.linksThrough)
        for link in kept {
            try self.link(
                link.kind, at: link.at, to: link.reference, digest: link.digest,
                record: link.record)
        }
        chain.change {
            $0.anchor = anchor
            if decisionsThrough != nil || isAccessDue { $0.lastRemoval = now }
        }
    }

    /// Before when a link about access goes by itself: its record is nowhere else, so it is as old
    /// as the log may be, or as what a full store has left of the log.
    private func accessEnd(
        before oldest: EventSequence, _ cutoff: Timestamp
    ) throws(SQLiteFailure) -> Timestamp {
        guard oldest > 1 else { return cutoff }
        let first = try connection.integer("SELECT at FROM event WHERE seq = \(oldest)")
        return max(cutoff, first.map { Timestamp(microseconds: $0) } ?? cutoff)
    }

    /// Whether such links are worth one that says they are gone.
    private func isAccessDue(
        before end: Timestamp, now: Timestamp
    ) throws(SQLiteFailure) -> Bool {
        // By the index, in which those about nothing else stand in the order of the chain.
        let row = try connection.prepare(
            """
            SELECT at FROM audit WHERE kind <> \(AuditLink.Kind.decision.rawValue)
                AND kind = \(AuditLink.Kind.access.rawValue) AND ref = 0
            ORDER BY seq LIMIT 1 OFFSET ?
            """)
        func isOld(_ index: Int) throws(SQLiteFailure) -> Bool {
            row.bind(Int64(index), at: 1)
            guard try row.step() else { return false }
            defer { row.reset() }
            return row.integer(0) < end.microseconds
        }
        guard try isOld(0) else { return false }
        let isMany = try isOld(Limits.auditRemovalRows - 1)
        return isRemovalDue(isMany ? Limits.auditRemovalRows : 1, now: now)
    }

    /// Whether so many records are worth a link that says they are gone.
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
        _ anchor: inout AuditAnchor, before oldest: EventSequence, _ accessEnd: Timestamp
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
            case .access where stored.at < accessEnd: break
            case .beginning, .ruleset, .activation, .configuration, .removal, .credential, .access,
                .key, .acknowledgement, nil:
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
                $0.kind == link.kind && $0.reference == link.reference
            }
            if !isRepeated { inForce.append(link) }
        }
        return inForce
    }

    /// Of a link that is gone: whether what it says is so, and no other link says it.
    private func isInForce(_ link: AuditLink) throws(SQLiteFailure) -> Bool {
        let record: String?
        switch link.kind {
        case .configuration, .credential: record = nil
        case .ruleset: record = "ruleset WHERE id = ?"
        case .activation: record = "activation WHERE id = ?"
        // One that is being forgotten is emptied before it is deleted.
        case .acknowledgement: record = "alert_ack WHERE id = ? AND typeof(entity) = 'text'"
        case .key: record = "api_key WHERE id = \(AuditKeyRecord.idOfNumber)"
        case .beginning, .decision, .trust, .forgetting, .removal, .access: return false
        }
        if let record, try !exists(record, link.reference) { return false }
        // The first condition is that of the index, which leaves decisions out.
        let isAlone = try !exists(
            """
            audit WHERE kind <> \(AuditLink.Kind.decision.rawValue)
                AND kind = \(link.kind.rawValue) AND ref = ?
            """, link.reference)
        return isAlone
    }

    private func exists(_ source: String, _ bound: Int64) throws(SQLiteFailure) -> Bool {
        let row = try connection.prepare("SELECT 1 FROM \(source) LIMIT 1")
        row.bind(bound, at: 1)
        defer { row.reset() }
        return try row.step()
    }
}
