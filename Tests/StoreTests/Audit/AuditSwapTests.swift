import GRDB
import Testing

@testable import Store

/// Rows that change places: each is there, and none is what was linked.
@Suite("Swapping what is audited")
struct AuditSwapTests {
    private let store: AuditedStore
    private let queue: DatabaseQueue

    init() throws { (store, queue) = try AuditedStore.atRest() }

    @Test("any two rows that change places are found and named, neighbours and distant ones")
    func swappedRows() throws {
        for (name, key) in [
            ("audit", "seq"), ("decision", "row"), ("ruleset", "id"), ("activation", "id"),
            ("event", "seq"), ("alert_ack", "id"),
        ] {
            let table = try #require(AuditedTable.all.first { $0.name == name })
            let keys = try queue.read { database in
                try Int64.fetchAll(
                    database, sql: "SELECT \(key) FROM \(name) \(table.condition)")
            }
            #expect(keys.count > 1, "\(name) has no two rows")
            for (index, first) in keys.enumerated() {
                for second in keys[(index + 1)...] {
                    let broken = try swapped(first, second, key, in: name)
                    if name == "audit" {
                        let isNeighbour = second == keys[index + 1]
                        #expect(broken.problem == (isNeighbour ? .order : .linkChanged))
                        #expect(broken.seq == first, "\(first) and \(second): \(broken)")
                    } else {
                        #expect(broken.problem == .recordChanged, "\(name): \(broken)")
                        let isNamed = broken.reference.map { [first, second].contains($0) }
                        #expect(isNamed == true, "\(name) \(first) and \(second): \(broken)")
                    }
                }
            }
        }
    }

    /// What is found first where two rows of a table have each other's number.
    private func swapped(
        _ first: Int64, _ second: Int64, _ key: String, in table: String
    ) throws -> AuditFinding {
        let result = try queue.verifyAudit { database in
            for (from, to) in [(first, -7), (second, first), (-7, second)] {
                try database.execute(
                    sql: "UPDATE \(table) SET \(key) = ? WHERE \(key) = ?", arguments: [to, from])
            }
        }
        return try #require(result?.broken, "not found: \(table) \(first) and \(second)")
    }

    private struct File {
        var ruleset: Int64
        var digest: String
        var position: Int64
        var name: String
        var text: String
    }

    private func files() throws -> [File] {
        try queue.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, digest, position, name, text
                    FROM ruleset_file JOIN ruleset USING (digest) ORDER BY digest, position
                    """)
            return rows.map { row in
                File(
                    ruleset: row["id"], digest: row["digest"], position: row["position"],
                    name: row["name"], text: row["text"])
            }
        }
    }

    @Test("any two files that change places, in one rule set or two, are found and named")
    func swappedFiles() throws {
        let files = try files()
        var count = 0
        for (index, first) in files.enumerated() {
            // Nobody tells files apart that have the same name and the same text.
            for second in files[(index + 1)...]
            where first.name != second.name || first.text != second.text {
                let broken = try swapped(first, second)
                let place = "\(first) and \(second): \(broken)"
                #expect(broken.problem == .recordChanged && broken.kind == .ruleset, "\(place)")
                let isNamed = broken.reference.map { [first.ruleset, second.ruleset].contains($0) }
                #expect(isNamed == true, "\(place)")
                count += 1
            }
        }
        #expect(count > files.count, "only \(count) pairs of \(files.count) files")
    }

    /// What is found first where two files have each other's name and text.
    private func swapped(_ first: File, _ second: File) throws -> AuditFinding {
        let result = try queue.verifyAudit { database in
            for (place, content) in [(first, second), (second, first)] {
                try database.execute(
                    sql: """
                        UPDATE ruleset_file SET name = ?, text = ?
                        WHERE digest = ? AND position = ?
                        """,
                    arguments: [content.name, content.text, place.digest, place.position])
            }
        }
        return try #require(result?.broken, "not found: \(first) and \(second)")
    }
}
