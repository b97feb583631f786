import GRDB
import GRDBSQLite

/// Reads the records that links are about, as they stand in the file, within one transaction.
struct AuditRecordReader {
    enum Found: Equatable {
        case none
        /// It was emptied by a forgetting, or looks so.
        case erased
        /// It does not agree with what else the store says of it.
        case contradicted
        /// With this digest.
        case record([UInt8])
    }

    private let decisions: AuditCursor
    private let rulesets: AuditCursor
    private let files: AuditCursor
    private let activations: AuditCursor
    private let events: AuditCursor
    private let keys: AuditCursor
    private let acknowledgements: AuditCursor

    init(_ database: Database) throws(ReadError) {
        let decision = AuditRecords.decision.map { "d.\($0)" }.joined(separator: ", ")
        decisions = try AuditCursor(
            database,
            """
            SELECT \(decision), e.entity IS d.entity AND typeof(e.entity) = typeof(d.entity)
            FROM decision d LEFT JOIN decision_entity e ON e.row = d.row WHERE d.row = ?
            """)
        rulesets = try AuditCursor(
            database,
            "SELECT \(AuditRecords.ruleset.joined(separator: ", ")) FROM ruleset WHERE id = ?")
        files = try AuditCursor(database, AuditRecords.selectFiles)
        let activation = AuditRecords.activation.joined(separator: ", ")
        activations = try AuditCursor(
            database, "SELECT \(activation) FROM activation WHERE id = ?")
        events = try AuditCursor(
            database,
            "SELECT \(AuditRecords.event.joined(separator: ", ")) FROM event WHERE seq = ?")
        let key = AuditRecords.key.joined(separator: ", ")
        keys = try AuditCursor(
            database, "SELECT \(key) FROM api_key WHERE id = \(AuditKeyRecord.idOfNumber)")
        let acknowledgement = AuditRecords.acknowledgement.joined(separator: ", ")
        acknowledgements = try AuditCursor(
            database, "SELECT \(acknowledgement) FROM alert_ack WHERE id = ?")
    }

    func decision(_ row: Int64) throws(ReadError) -> Found {
        decisions.bind(row)
        guard try decisions.step() else { return .none }
        let (entity, agrees): (Int32, Int32) = (6, 9)
        if decisions.isBlob(entity) { return .erased }
        if decisions.integer(agrees) != 1 { return .contradicted }
        return .record(encode(decisions, AuditRecords.decision.count).digest)
    }

    func ruleset(_ row: Int64) throws(ReadError) -> Found {
        rulesets.bind(row)
        guard try rulesets.step() else { return .none }
        var encoding = encode(rulesets, AuditRecords.ruleset.count)
        files.bind(rulesets, column: 1)
        while try files.step() {
            for column in AuditRecords.rulesetFile.indices {
                encoding.column(files.row, Int32(column))
            }
        }
        return .record(encoding.digest)
    }

    func activation(_ row: Int64) throws(ReadError) -> Found {
        activations.bind(row)
        guard try activations.step() else { return .none }
        return .record(encode(activations, AuditRecords.activation.count).digest)
    }

    func event(_ seq: Int64) throws(ReadError) -> Found {
        events.bind(seq)
        guard try events.step() else { return .none }
        let (flags, topic, properties, payload): (Int32, Int32, Int32, Int32) = (2, 3, 5, 6)
        if events.integer(flags) == EventFlags(kind: .tick).rawValue, events.isNull(topic),
            events.isNull(properties), events.isNull(payload)
        {
            return .erased
        }
        return .record(encode(events, AuditRecords.event.count).digest)
    }

    /// - Parameter number: of its id.
    func key(_ number: Int64) throws(ReadError) -> Found {
        keys.bind(number)
        guard try keys.step() else { return .none }
        return .record(encode(keys, AuditRecords.key.count).digest)
    }

    func acknowledgement(_ row: Int64) throws(ReadError) -> Found {
        acknowledgements.bind(row)
        guard try acknowledgements.step() else { return .none }
        let entity: Int32 = 3
        if acknowledgements.isBlob(entity) { return .erased }
        return .record(encode(acknowledgements, AuditRecords.acknowledgement.count).digest)
    }

    private func encode(_ row: AuditCursor, _ columns: Int) -> AuditEncoding {
        var encoding = AuditEncoding(reservingBytes: 1_024)
        for column in 0..<columns { encoding.column(row.row, Int32(column)) }
        return encoding
    }
}
