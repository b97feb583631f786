import Core

extension StoreWriter {
    /// Writes that a person has seen an alert, in place of what was said to the same alert before,
    /// and links it; on the disk when this returns.
    ///
    /// The newest `countMax` of all that were ever written stay.
    /// - Throws: every case of `CommitError`: nothing of it happened.
    public func acknowledge(
        _ acknowledgement: Acknowledgement, keeping countMax: Int = Limits.acknowledgementsMax
    ) throws(CommitError) {
        try transaction(synced: true) { () throws(SQLiteFailure) in
            let at = acknowledgement.at
            let next = "SELECT value FROM meta WHERE key = 'alert_ack_next'"
            let number = try connection.integer(next) ?? 1
            let replaced = try connection.prepare(
                "DELETE FROM alert_ack WHERE decision_id = ? RETURNING id")
            try replaced.bind(acknowledgement.decisionID, at: 1)
            try linkRemoved(.replaced, replaced, at: at)
            try insert(acknowledgement, number)
            try link(acknowledgement, row: number)
            let old = try connection.prepare("DELETE FROM alert_ack WHERE id <= ? RETURNING id")
            old.bind(number - Int64(countMax), at: 1)
            try linkRemoved(.retention, old, at: at)
            // No number comes again.
            _ = try run("UPDATE meta SET value = ? WHERE key = 'alert_ack_next'", number + 1)
        }
        boundLog()
    }

    // MARK: Within a transaction

    private func insert(
        _ acknowledgement: Acknowledgement, _ number: Int64
    ) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            INSERT INTO alert_ack (id, decision_id, rule, entity, at, author, address, note)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        row.bind(number, at: 1)
        try row.bind(acknowledgement.decisionID, at: 2)
        try row.bind(acknowledgement.rule, at: 3)
        try row.bind(acknowledgement.entity, at: 4)
        row.bind(acknowledgement.at.microseconds, at: 5)
        try row.bind(acknowledgement.actor.name, at: 6)
        try row.bind(acknowledgement.actor.address, at: 7)
        try row.bind(acknowledgement.note, at: 8)
        try row.run()
    }

    private func link(
        _ acknowledgement: Acknowledgement, row number: Int64
    ) throws(SQLiteFailure) {
        try link(
            .acknowledgement, at: acknowledgement.at, to: number,
            digest: acknowledgement.auditRecord(row: number).digest)
    }

    /// Says that the rows are gone that a statement deletes.
    private func linkRemoved(
        _ reason: AuditRemoval.Reason, _ deleting: Statement, at: Timestamp
    ) throws(SQLiteFailure) {
        var removal = AuditRemoval(reason: reason)
        while try deleting.step() { removal.acknowledgements.append(deleting.integer(0)) }
        guard let last = removal.acknowledgements.last else { return }
        try link(removal, at: at, to: last)
    }
}
