import Core
import GRDBSQLite

// Every record that is audited gets its link in the transaction that writes it: a crash leaves
// both or none (decision 0024).
extension StoreWriter {
    /// The newest link of the audit chain.
    public var auditHead: AuditHead { chain.place.head }

    /// The newest link once it is on the disk, so that what others hold of the chain is never ahead
    /// of the file after a power cut. With `durability: process` nothing is waited for.
    /// - Throws: every case of `CommitError`: it is not there yet.
    public func durableAuditHead() throws(CommitError) -> AuditHead {
        if durability == .power, auditHead != syncedAuditHead {
            try transaction(synced: true) { () throws(SQLiteFailure) in
                // SQLite syncs what was committed before only with something that is written, and
                // writes no value that is there already.
                try connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES ('audit_told', \(auditHead.seq))")
            }
        }
        return auditHead
    }

    /// Links a configuration where it is another one than the last that was linked.
    /// - Parameter json: what is in effect, as one JSON object, without secrets.
    /// - Returns: whether it was another one.
    /// - Throws: every case of `CommitError`: nothing was linked.
    @discardableResult
    public func linkConfiguration(_ json: String, at: Timestamp) throws(CommitError) -> Bool {
        try transaction(synced: false) { () throws(SQLiteFailure) in
            let last = try lastRecord(of: .configuration)
            if let last, last.hasSameBytes(as: json) { return false }
            try link(.configuration, at: at, record: json)
            return true
        }
    }

    /// Links which credentials are in use where they are others than the last that were linked;
    /// nothing where there are none and never were.
    /// - Parameter isPasswordNew: the caller knows that the password is another one, whether or not
    ///   its mark tells.
    /// - Returns: whether they were others.
    /// - Throws: every case of `CommitError`: nothing was linked.
    @discardableResult
    public func linkCredentials(
        _ credentials: AuditCredentials, at: Timestamp, isPasswordNew: Bool = false
    ) throws(CommitError) -> Bool {
        try transaction(synced: false) { () throws(SQLiteFailure) in
            let last = try lastRecord(of: .credential)
            guard
                let record = credentials.record(
                    after: last, at: at, isPasswordNew: isPasswordNew)
            else { return false }
            try link(.credential, at: at, record: record)
            return true
        }
    }

    // MARK: Within a transaction

    /// What the newest link of a kind keeps.
    private func lastRecord(of kind: AuditLink.Kind) throws(SQLiteFailure) -> String? {
        // The first condition is that of the index, which leaves decisions out.
        try connection.text(
            """
            SELECT record FROM audit WHERE kind <> \(AuditLink.Kind.decision.rawValue)
                AND kind = \(kind.rawValue) ORDER BY seq DESC LIMIT 1
            """)
    }

    func link(_ decision: Decision, row: Int64) throws(SQLiteFailure) {
        try link(
            .decision, at: decision.at, to: row, digest: decision.auditRecord(row: row).digest)
    }

    /// Links what people asked for, where it is audited.
    func linkRequests(_ events: [Event]) throws(SQLiteFailure) {
        for index in events.indices {
            guard case .control(let request) = events[index].body,
                let kind = AuditLink.Kind(of: request)
            else { continue }
            let event = events[index]
            try link(
                kind, at: event.at, to: event.sequence,
                digest: event.auditRecord(of: request).digest)
        }
    }

    /// Says that the row of a rule set goes, for the same set takes effect again.
    func linkReplaced(_ ruleset: StoredRuleset) throws(SQLiteFailure) {
        let row = try connection.prepare("SELECT id FROM ruleset WHERE digest = ?")
        try row.bind(ruleset.digest, at: 1)
        guard try row.step() else { return }
        var removal = AuditRemoval(reason: .replaced)
        removal.rulesets = [row.integer(0)]
        row.reset()
        try link(removal, at: ruleset.activatedAt, to: removal.rulesets[0])
    }

    /// Links the rule set that was just written.
    func link(_ ruleset: StoredRuleset) throws(SQLiteFailure) {
        let row = sqlite3_last_insert_rowid(connection.handle)
        try link(
            .ruleset, at: ruleset.activatedAt, to: row,
            digest: ruleset.auditRecord(row: row).digest)
    }

    /// Links an activation, and says which gave way to it.
    func link(
        _ activation: RuleActivation, row: Int64, replacing old: [Int64]
    ) throws(SQLiteFailure) {
        try link(
            .activation, at: activation.at, to: row,
            digest: activation.auditRecord(row: row).digest)
        guard !old.isEmpty else { return }
        var removal = AuditRemoval(reason: .retention)
        removal.activations = old
        try link(removal, at: activation.at, to: row)
    }

    /// Says which records a slice of a forgetting took away.
    func linkForgotten(
        _ job: Forgetting, decisions: [Int64] = [], events: [EventSequence] = [],
        acknowledgements: [Int64] = []
    ) throws(SQLiteFailure) {
        var removal = AuditRemoval(reason: .forgetting)
        removal.decisions = decisions
        removal.acknowledgements = acknowledgements
        if let first = events.first, let last = events.last {
            let erased = Set(events)
            removal.events = try linkedEvents(first...last).filter(erased.contains)
        }
        guard !removal.isEmpty else { return }
        try link(removal, at: state.lastEvent?.at ?? chain.place.head.at, to: job.sequence)
    }

    /// Those of these events that have links.
    func linkedEvents(
        _ range: ClosedRange<EventSequence>
    ) throws(SQLiteFailure) -> [EventSequence] {
        let row = try connection.prepare(
            """
            SELECT ref FROM audit WHERE kind <> \(AuditLink.Kind.decision.rawValue) AND kind IN (
                \(AuditLink.Kind.trust.rawValue), \(AuditLink.Kind.forgetting.rawValue))
                AND ref BETWEEN ? AND ? ORDER BY ref
            """)
        row.bind(range.lowerBound, at: 1)
        row.bind(range.upperBound, at: 2)
        var found: [EventSequence] = []
        while try row.step() { found.append(row.integer(0)) }
        return found
    }

    func link(
        _ removal: AuditRemoval, at: Timestamp, to reference: Int64
    ) throws(SQLiteFailure) {
        try link(.removal, at: at, to: reference, record: removal.json)
    }

    /// A link that keeps its record.
    func link(
        _ kind: AuditLink.Kind, at: Timestamp, to reference: Int64 = 0, record: String
    ) throws(SQLiteFailure) {
        precondition(kind.keepsRecord)
        try link(
            kind, at: at, to: reference, digest: AuditEncoding.digest(of: record.utf8),
            record: record)
    }

    func link(
        _ kind: AuditLink.Kind, at: Timestamp, to reference: Int64, digest: [UInt8],
        record: String? = nil
    ) throws(SQLiteFailure) {
        let head = chain.place.head
        var link = AuditLink(
            seq: head.seq + 1, at: at, kind: kind, reference: reference, digest: digest, hash: [],
            record: record)
        link.hash = link.encoding.hash(after: head.hash)
        let row = statements.insertLink
        row.bind(link.seq, at: 1)
        row.bind(at.microseconds, at: 2)
        row.bind(kind.rawValue, at: 3)
        row.bind(reference, at: 4)
        try row.bind(copy: digest, at: 5)
        try row.bind(copy: link.hash, at: 6)
        if let record { try row.bind(record, at: 7) } else { row.bindNull(at: 7) }
        try row.run()
        chain.change { $0.head = AuditHead(seq: link.seq, hash: link.hash, at: at) }
    }
}
