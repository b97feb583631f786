import Core

extension StoreWriter {
    /// Sequences of links from here on are damage: no chain gets there.
    static let auditSeqMax: Int64 = 1 << 62

    /// Where the chain ends. Whether it is whole is not looked at: a damaged one does not stop the
    /// agent, whose next link follows the last one's hash as it stands there.
    static func loadChain(_ connection: Connection) throws(SQLiteFailure) -> AuditChain {
        var place = AuditChain.Place()
        let last = try connection.prepare(
            "SELECT seq, hash, at FROM audit WHERE seq BETWEEN 1 AND ? ORDER BY seq DESC LIMIT 1")
        last.bind(auditSeqMax, at: 1)
        if try last.step() {
            place.head = AuditHead(
                seq: last.integer(0), hash: last.bytes(1),
                at: Timestamp(microseconds: last.integer(2)))
            last.reset()
        }
        if let anchor = try loadAnchor(connection) {
            place.anchor = anchor
        } else {
            let record = try connection.text(
                "SELECT record FROM audit WHERE kind = \(AuditLink.Kind.beginning.rawValue)")
            place.anchor.unlinkedThrough = record.flatMap(AuditBeginning.init)?.decisions ?? 0
        }
        return AuditChain(place)
    }

    /// What retention last said.
    private static func loadAnchor(
        _ connection: Connection
    ) throws(SQLiteFailure) -> AuditAnchor? {
        let row = try connection.prepare(
            """
            SELECT record, seq FROM audit WHERE kind = \(AuditLink.Kind.removal.rawValue)
            ORDER BY seq DESC
            """)
        while try row.step() {
            // No link takes itself, or what comes after it.
            if let anchor = AuditRemoval(json: row.text(0))?.anchor,
                anchor.linksThrough < row.integer(1)
            {
                row.reset()
                return anchor
            }
        }
        return nil
    }

    /// The first link, in a new store and in one of a version that had no chain: decisions that are
    /// there have none; rule sets and their activations, keys and acknowledgements get theirs now.
    func beginChain() throws(SQLiteFailure) {
        guard chain.place.head.seq == 0 else { return }
        try connection.execute("BEGIN IMMEDIATE")
        do throws(SQLiteFailure) {
            let beginning = AuditBeginning(
                logID: logID, decisions: state.nextDecisionRow - 1,
                event: state.lastEvent?.sequence ?? 0)
            let at = state.lastEvent?.at ?? Timestamp(microseconds: 0)
            try link(.beginning, at: at, record: beginning.json)
            chain.change { $0.anchor.unlinkedThrough = beginning.decisions }
            try linkRulesets()
            try linkRows(of: "activation", AuditRecords.activation, as: .activation)
            try linkRows(of: "alert_ack", AuditRecords.acknowledgement, as: .acknowledgement)
            try linkKeys()
            try connection.execute("COMMIT")
        } catch {
            try? connection.execute("ROLLBACK")
            chain.rollBack()
            throw error
        }
        chain.keep()
    }

    /// Of a table whose first column is the number of the row.
    private func linkRows(
        of table: String, _ columns: [String], as kind: AuditLink.Kind
    ) throws(SQLiteFailure) {
        let row = try connection.prepare(
            "SELECT \(columns.joined(separator: ", ")) FROM \(table) ORDER BY id")
        let time = Int32(columns.firstIndex(of: "at") ?? 0)
        while try row.step() {
            try link(
                kind, at: Timestamp(microseconds: row.integer(time)), to: row.integer(0),
                digest: AuditEncoding(row, columns).digest)
        }
    }

    private func linkKeys() throws(SQLiteFailure) {
        let row = try connection.prepare(
            "SELECT \(StoredKey.columns) FROM api_key ORDER BY created_at, id")
        while try row.step() {
            guard let key = StoredKey(row) else { continue }
            try link(key, .found, at: key.createdAt)
        }
    }

    private func linkRulesets() throws(SQLiteFailure) {
        let row = try connection.prepare(
            "SELECT \(AuditRecords.ruleset.joined(separator: ", ")) FROM ruleset ORDER BY id")
        let file = try connection.prepare(AuditRecords.selectFiles)
        while try row.step() {
            var encoding = AuditEncoding()
            for column in AuditRecords.ruleset.indices { encoding.column(row, column) }
            try file.bind(row.text(1), at: 1)
            while try file.step() {
                for column in AuditRecords.rulesetFile.indices { encoding.column(file, column) }
            }
            try link(
                .ruleset, at: Timestamp(microseconds: row.integer(2)), to: row.integer(0),
                digest: encoding.digest)
        }
    }
}

/// What the first link says.
struct AuditBeginning: Equatable {
    var logID: String
    /// Decisions up to this row have no links.
    var decisions: Int64
    /// The newest event of that moment.
    var event: EventSequence

    var json: String {
        let bytes = JSONWriter.object { json in
            json.member("log_id", logID)
            json.member("decisions_through", decisions)
            json.member("event_seq", event)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension AuditBeginning {
    /// nil of a record that is none of ours.
    init?(json text: String) {
        guard let body = try? JSONScanner.scan(Array(text.utf8)),
            let logID = body["log_id"]?.string, let decisions = body["decisions_through"]?.int,
            let event = body["event_seq"]?.int
        else { return nil }
        self.init(logID: logID, decisions: decisions, event: event)
    }
}
