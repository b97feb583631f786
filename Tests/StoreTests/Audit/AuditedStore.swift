import Core
import GRDB
import Testing

@testable import Store

/// A small store in which everything that is audited has happened.
final class AuditedStore {
    let scratch: Scratch
    let writer: StoreWriter
    private var sequence: EventSequence = 0

    init() throws {
        scratch = try Scratch()
        writer = try scratch.writer()
    }

    /// Decisions, rule sets one of which came twice, overrides, forgettings, configurations,
    /// credentials, keys, access, acknowledgements, and retention that has pruned.
    static func full() throws -> AuditedStore {
        let store = try AuditedStore()
        try store.writer.linkConfiguration(#"{"node":"a"}"#, at: store.now)
        try store.link(password: "first")
        try store.activate("first")
        for number in 1...6 { try store.decide("old-\(number)") }
        for number in UInt8(1)...2 { try store.change(.create(apiKey(number))) }
        try store.writer.acknowledge(acknowledgement("old-1", entity: "old-1"))
        try store.activate("second")
        try store.ask(.soul(SoulRequest(entity: "old-1", action: .set(0.3), author: "ann")))
        try store.checkpoint()
        try store.decide("young", entity: "press-9")
        try store.activate("first")
        _ = try store.trim()
        for number in 1...4 { try store.decide("d\(number)", entity: "press-\(number % 2)") }
        try store.ask(.soul(SoulRequest(entity: "press-1", action: .decay(halfLives: 2))))
        try store.ask(.soul(SoulRequest(entity: "press-0", action: .set(0.9), author: "bob")))
        try store.ask(.change(.forget(7), author: "bob"))
        try store.writer.linkConfiguration(#"{"node":"a","root":"r"}"#, at: store.now)
        try store.link(password: "second")
        let later = store.now + .seconds(60)
        try store.change(.rotate(id: apiKey(2).id, hash: keyHash(3), previousUntil: later))
        try store.writer.record([accessRecord()], at: store.now)
        for number in 1...2 {
            try store.writer.acknowledge(
                acknowledgement("d\(number)", entity: "press-\(number % 2)"))
        }
        try store.writer.forget("press-1")
        store.sequence = store.writer.lastEvent?.sequence ?? 0
        for number in 5...7 { try store.decide("d\(number)", entity: "press-\(number)") }
        try store.activate("third")
        return store
    }

    var now: Timestamp { Timestamp(microseconds: (sequence + 1) * 1_000_000) }

    @discardableResult
    func decide(_ id: String, entity: String? = nil) throws -> EventSequence {
        sequence += 1
        let entity = entity ?? id
        var next = batch([message(sequence, topic: "plant/\(entity)")])
        next.decisions = [decision(id, of: sequence, entity: entity)]
        _ = try writer.commit(next, synced: false)
        return sequence
    }

    func ask(_ request: ControlRequest) throws {
        sequence += 1
        let at = Timestamp(microseconds: sequence * 1_000_000)
        _ = try writer.commit(
            batch([Event(sequence: sequence, at: at, body: .control(request))]), synced: false)
    }

    func activate(_ name: String) throws {
        sequence += 1
        let at = Timestamp(microseconds: sequence * 1_000_000)
        var next = batch([Event(sequence: sequence, at: at, body: .ruleset(digest: name))])
        next.ruleset = StoredRuleset(
            digest: name, activatedAt: at,
            files: [
                .init(name: "a.yaml", text: "rules: \(name)"), .init(name: "b.yaml", text: ""),
            ])
        next.activation = RuleActivation(
            eventSequence: sequence, at: at, digest: name, how: .reload, author: "op",
            userID: 1_000, message: "why not", directory: "sha256:dir")
        _ = try writer.commit(next, synced: false)
    }

    func link(password: String) throws {
        let credentials = AuditCredentials(password: Array(password.utf8))
        try writer.linkCredentials(credentials, at: now, isPasswordNew: true)
    }

    func checkpoint() throws {
        var next = Batch()
        next.checkpoint = StoredCheckpoint(sequence: sequence, at: now, bytes: [1])
        next.acknowledgedThrough = sequence
        _ = try writer.commit(next, synced: false)
    }

    /// Retention of everything up to the last checkpoint.
    func trim(now: Timestamp? = nil) throws -> Trimmed {
        try writer.trim(maxAge: .zero, maxBytes: .max, now: now ?? self.now)
    }

    func verify(held: HeldHead? = nil) throws -> AuditVerification {
        try StoreReader(path: scratch.path).verifyAudit(held: held)
    }

    /// The same with its writer closed, and a connection behind its back.
    static func atRest() throws -> (store: AuditedStore, queue: DatabaseQueue) {
        let store = try full()
        try store.writer.close()
        return (store, try store.open())
    }

    /// A connection behind the store's back.
    func open() throws -> DatabaseQueue { try DatabaseQueue(path: scratch.path) }
}

extension DatabaseQueue {
    /// What verification finds in a transaction that is then rolled back; nil where SQLite itself
    /// refuses the change.
    func verifyAudit(
        held: HeldHead? = nil, after change: (Database) throws -> Void
    ) throws -> AuditVerification? {
        var result: AuditVerification?
        try writeWithoutTransaction { database in
            try database.inTransaction {
                do { try change(database) } catch is DatabaseError { return .rollback }
                result = try database.verifyAudit(held: held)
                return .rollback
            }
        }
        return result
    }
}

extension Database {
    /// As `StoreReader.verifyAudit`, of what this transaction sees.
    func verifyAudit(held: HeldHead? = nil) throws -> AuditVerification {
        var links = AuditLinkWalk(held: held)
        while try links.page(self) {}
        links.finish()
        var records = AuditRecordWalk(links)
        while try records.page(self) {}
        return records.result
    }

    /// Every value that is audited, and of the chain.
    func auditedRows() throws -> [String] {
        try AuditedTable.all.flatMap { table in
            let columns = table.columns.joined(separator: ", ")
            return try Row.fetchAll(
                self, sql: "SELECT \(columns) FROM \(table.name) \(table.condition)"
            ).map { "\(table.name): \($0.databaseValues)" }
        }
    }
}

/// A table of which rows are audited.
struct AuditedTable {
    var name: String
    /// Which rows.
    var condition: String
    /// The column by which a row is found: of its number, where it has one.
    var key = "rowid"
    var columns: [String]

    static let all = [
        AuditedTable(
            name: "audit", condition: "ORDER BY seq",
            columns: ["seq", "at", "kind", "ref", "digest", "hash", "record"]),
        AuditedTable(
            name: "decision", condition: "ORDER BY row", columns: AuditRecords.decision),
        AuditedTable(
            name: "decision_entity", condition: "ORDER BY row", columns: ["row", "entity"]),
        AuditedTable(
            name: "ruleset", condition: "ORDER BY id", columns: AuditRecords.ruleset),
        AuditedTable(
            name: "activation", condition: "ORDER BY id", columns: AuditRecords.activation),
        AuditedTable(
            name: "ruleset_file", condition: "ORDER BY digest, position",
            key: "digest || position", columns: ["digest"] + AuditRecords.rulesetFile),
        AuditedTable(
            name: "alert_ack", condition: "ORDER BY id", columns: AuditRecords.acknowledgement),
        AuditedTable(name: "api_key", condition: "ORDER BY id", columns: AuditRecords.key),
        AuditedTable(
            name: "event",
            condition: """
                WHERE seq IN (SELECT ref FROM audit WHERE kind IN (4, 5))
                AND flags = \(EventFlags(kind: .control).rawValue) ORDER BY seq
                """,
            columns: AuditRecords.event),
    ]
}
