import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Whatever is changed in an audited row is found, and the link that it belongs to is named.
@Suite("Tampering with what is audited")
struct AuditTamperTests {
    private let store: AuditedStore
    private let queue: DatabaseQueue

    init() throws { (store, queue) = try AuditedStore.atRest() }

    /// What verification finds; nil where SQLite itself refuses the change.
    private func found(
        held: HeldHead? = nil, _ change: (Database) throws -> Void
    ) throws -> AuditVerification? { try queue.verifyAudit(held: held, after: change) }

    @Test("nothing is found in a store that nobody changed, and all kinds are in it")
    func whole() throws {
        let result = try store.verify()
        #expect(result.isWhole, "\(result.findings)")
        #expect(result.links > 15 && result.removed >= 2 && result.first > 1)
        let kinds = try queue.read { try Int64.fetchAll($0, sql: "SELECT kind FROM audit") }
        #expect(
            Set(kinds).subtracting([AuditLink.Kind.beginning.rawValue])
                == Set(AuditLink.Kind.allCases.map(\.rawValue)).subtracting([1]))
    }

    // MARK: Bytes

    /// One row, by its key, and to which link or record it belongs.
    private struct Target {
        var table: AuditedTable
        var key: DatabaseValue
        var row: Row

        /// Whether a finding names it.
        func isNamed(by finding: AuditFinding) -> Bool {
            switch table.name {
            case "audit": finding.seq == row["seq"]
            case "decision", "decision_entity":
                finding.kind == .decision && finding.reference == row["row"]
            case "activation":
                finding.kind == .activation && finding.reference == row["id"]
            case "ruleset": finding.kind == .ruleset && finding.reference == row["id"]
            case "ruleset_file": finding.kind == .ruleset
            case "alert_ack":
                finding.kind == .acknowledgement && finding.reference == row["id"]
            case "api_key":
                finding.kind == .key && finding.reference == StoredKey.number(of: row["id"])
            default: finding.kind != .decision && finding.reference == row["seq"]
            }
        }
    }

    private func targets() throws -> [Target] {
        try queue.read { database in
            try AuditedTable.all.flatMap { table in
                let rows = try Row.fetchAll(
                    database, sql: "SELECT \(table.key), * FROM \(table.name) \(table.condition)")
                #expect(!rows.isEmpty, "\(table.name) has no row that is audited")
                return rows.map { Target(table: table, key: $0[0], row: $0) }
            }
        }
    }

    /// The value with one bit of a byte flipped, of every byte; a NULL becomes something.
    private func flips(
        _ value: DatabaseValue, _ generator: inout SeededGenerator
    ) -> [(value: DatabaseValue, isText: Bool)] {
        func all(_ bytes: [UInt8]) -> [[UInt8]] {
            bytes.indices.map { index in
                var changed = bytes
                changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                return changed
            }
        }
        switch value.storage {
        case .null: return [(Data([7]).databaseValue, false), (0.databaseValue, false)]
        case .int64(let number):
            return (Int64(0)..<8).map { byte in
                let bit = byte * 8 + Int64.random(in: 0..<8, using: &generator)
                return ((number ^ (1 << bit)).databaseValue, false)
            }
        case .double(let number): return [((number + 1).databaseValue, false)]
        case .string(let text):
            let bytes = Array(text.utf8)
            return (bytes.isEmpty ? [[32]] : all(bytes)).map { (Data($0).databaseValue, true) }
        case .blob(let bytes):
            return all(Array(bytes)).map { (Data($0).databaseValue, false) }
        }
    }

    @Test("every flipped byte of every column of every audited row is found and named")
    func flippedBytes() throws {
        let seed = UInt64.random(in: 1 ... .max)
        print("audit: bytes flipped with seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var (count, refused) = (0, 0)
        for target in try targets() {
            for column in target.table.columns {
                let value: DatabaseValue = target.row[column]
                for flip in flips(value, &generator) {
                    let placeholder = flip.isText ? "CAST(? AS TEXT)" : "?"
                    let result = try found { database in
                        try database.execute(
                            sql: """
                                UPDATE \(target.table.name) SET \(column) = \(placeholder)
                                WHERE \(target.table.key) = ?
                                """, arguments: [flip.value, target.key])
                        #expect(database.changesCount == 1)
                    }
                    guard let result else {
                        refused += 1
                        continue
                    }
                    count += 1
                    let place = "\(target.table.name).\(column) of \(target.key) = \(flip.value)"
                    guard let first = result.broken else {
                        Issue.record("not found: \(place)")
                        continue
                    }
                    // A row with another number is missing here and too many there.
                    let isNamed =
                        target.isNamed(by: first)
                        // The last link, moved before the first, is named by where it is now.
                        || first.problem == .linkBack && first.seq == flip.value.asInt
                        || ["seq", "row", "id"].contains(column)
                            && result.findings.contains(where: target.isNamed)
                    #expect(isNamed, "\(place): \(result.findings.prefix(3))")
                }
            }
        }
        print("audit: \(count) changes found, \(refused) refused by SQLite")
        #expect(count > 3_000 && refused < 50)
    }

    @Test("another type that reads the same is another value")
    func types() throws {
        for (sql, kind) in [
            ("UPDATE decision SET json = CAST(json AS TEXT)", AuditLink.Kind.decision),
            ("UPDATE decision SET id = CAST(id AS BLOB)", .decision),
            ("UPDATE ruleset SET digest = CAST(digest AS BLOB) WHERE id > 0", .ruleset),
            ("UPDATE event SET payload = CAST(payload AS TEXT)", .trust),
            ("UPDATE api_key SET hash = CAST(hash AS TEXT)", .key),
            ("UPDATE alert_ack SET note = CAST(note AS BLOB)", .acknowledgement),
        ] {
            let result = try #require(try found { try $0.execute(sql: sql) })
            #expect(result.broken?.kind == kind, "\(sql): \(result.findings)")
        }
        let hash = try #require(
            try found { try $0.execute(sql: "UPDATE audit SET hash = CAST(hash AS TEXT)") })
        #expect(hash.broken?.problem == .linkChanged)
    }

    // MARK: Rows

    @Test("every audited row that is deleted is found and named")
    func deletedRows() throws {
        let head = try StoreReader(path: store.scratch.path).auditHead()
        let held = HeldHead(seq: head.seq, hash: head.hash)
        for target in try targets() {
            let result = try found(held: held) { database in
                try database.execute(
                    sql: "DELETE FROM \(target.table.name) WHERE \(target.table.key) = ?",
                    arguments: [target.key])
            }
            let first = try #require(result?.broken, "\(target.table.name) \(target.key)")
            #expect(target.isNamed(by: first), "\(target.table.name) \(target.key): \(first)")
            let problems: [AuditFinding.Problem] =
                switch target.table.name {
                case "audit": [.linkMissing, .tailMissing]
                case "decision", "ruleset", "activation", "event", "alert_ack", "api_key":
                    [.recordMissing]
                default: [.recordChanged]
                }
            #expect(problems.contains(first.problem), "\(first)")
        }
    }

    @Test("a tail that was cut off is found with a head that somebody holds, at every length")
    func cutTail() throws {
        let head = try StoreReader(path: store.scratch.path).auditHead()
        let seqs = try queue.read { try Int64.fetchAll($0, sql: "SELECT seq FROM audit") }
        for seq in seqs {
            for held in [
                HeldHead(seq: head.seq, hash: head.hash), HeldHead(seq: nil, hash: head.hash),
            ] {
                let result = try found(held: held) { database in
                    // With all that the links were about, as one would who hides it.
                    try database.execute(
                        sql: """
                            DELETE FROM decision WHERE row IN (
                                SELECT ref FROM audit WHERE kind = 2 AND seq >= \(seq));
                            DELETE FROM ruleset WHERE id IN (
                                SELECT ref FROM audit WHERE kind = 3 AND seq >= \(seq));
                            DELETE FROM activation WHERE id IN (
                                SELECT ref FROM audit WHERE kind = 8 AND seq >= \(seq));
                            DELETE FROM audit WHERE seq >= \(seq)
                            """)
                }
                let problems = result?.findings.map(\.problem) ?? []
                if seq == seqs.first {
                    #expect(problems.contains(.linkMissing))
                } else {
                    #expect(problems.contains(.tailMissing), "\(seq): \(problems)")
                    let tail = result?.findings.first { $0.problem == .tailMissing }
                    #expect(tail?.seq == seq)
                }
            }
        }
    }

    @Test("a record that is put back, or has no link, is found")
    func extraRecords() throws {
        let row = "'x', 1, 1, 1, 'r', 'e', 0, x'00'"
        let last = try #require(
            try queue.read { try Int64.fetchOne($0, sql: "SELECT max(row) FROM decision") })
        let erased = try #require(
            try queue.read { database in
                try Int64.fetchOne(
                    database,
                    sql: """
                        SELECT ref FROM audit WHERE kind = 2
                        AND ref NOT IN (SELECT row FROM decision)
                        """)
            })
        for (number, problem) in [
            (last + 1, AuditFinding.Problem.recordUnlinked), (erased, .recordBack),
            (1, .recordBack),
        ] {
            let result = try found { database in
                try database.execute(
                    sql: """
                        INSERT INTO decision VALUES (\(number), \(row));
                        INSERT INTO decision_entity VALUES (\(number), 'e')
                        """)
            }
            #expect(result?.broken?.problem == problem, "\(String(describing: result?.findings))")
            #expect(result?.broken?.reference == number)
        }
        let ruleset = try found { database in
            try database.execute(sql: "INSERT INTO ruleset VALUES (90, 'mine', 1, 0)")
        }
        #expect(ruleset?.broken?.problem == .recordUnlinked)
        #expect(ruleset?.broken?.reference == 90)
    }

    // MARK: The file itself

    @Test("a bit that flips anywhere in the file is found wherever it changes what is audited")
    func flippedFile() throws {
        let seed = UInt64.random(in: 1 ... .max)
        print("audit: bits of the file flipped with seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        let original = try queue.read { try $0.auditedRows() }
        let path = store.scratch.path
        let content = try Data(contentsOf: URL(fileURLWithPath: path))
        // Where what is audited stands, once in the file, and anywhere.
        let audited = try places(of: queue, in: content)
        #expect(audited.count > 40)
        try queue.close()
        var (found, unread) = (0, 0)
        for place in audited.map(Optional.init) + [Range<Int>?](repeating: nil, count: 500) {
            let offset = Int.random(in: place ?? 0..<content.count, using: &generator)
            let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
            try store.scratch.damage(at: offset, with: [content[offset] ^ bit])
            defer { try? store.scratch.damage(at: offset, with: [content[offset]]) }
            do {
                if try store.verify().isWhole {
                    #expect(place == nil, "not found: the byte at \(offset)")
                    let queue = try store.open()
                    #expect(try queue.read { try $0.auditedRows() } == original, "at \(offset)")
                    try queue.close()
                } else {
                    found += 1
                }
            } catch is ReadError { unread += 1 }
        }
        print("audit: \(found) found, \(unread) made the file unreadable")
        #expect(found >= audited.count)
    }

    /// Where the digests, hashes and decisions stand in the file.
    private func places(of queue: DatabaseQueue, in content: Data) throws -> [Range<Int>] {
        let values = try queue.read { database in
            try Data.fetchAll(
                database,
                sql: """
                    SELECT digest FROM audit UNION ALL SELECT hash FROM audit
                    UNION ALL SELECT json FROM decision
                    """)
        }
        return values.compactMap { value in
            guard let place = content.range(of: value),
                content.range(of: value, in: place.upperBound..<content.count) == nil
            else { return nil }
            return place
        }
    }
}

extension DatabaseValue {
    /// nil where it is no integer.
    fileprivate var asInt: Int64? { if case .int64(let value) = storage { value } else { nil } }
}
