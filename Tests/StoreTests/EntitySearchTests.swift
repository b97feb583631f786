import Core
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Store

@Suite("Searching a store's own files for a name")
struct EntitySearchTests {
    private static let name = "Qx7zv-pump-9"
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func search(
        _ reader: StoreReader, for name: String = Self.name, unless isOver: Bool = false
    ) throws -> EntitySearch? {
        try reader.search(for: EntityForms(name), unless: { isOver })
    }

    @Test("beside a writer all of both files is read, and what stands in them is found")
    func besideWriter() throws {
        let writer = try scratch.writer()
        let said = Array(#"{"near":"\#(Self.name)"}"#.utf8)
        _ = try writer.commit(batch([message(1, payload: said)]), synced: false)
        let reader = try StoreReader(path: scratch.path)
        let found = try #require(try search(reader))
        #expect(found.hits > 0 && found.files == 2)
        #expect(found.bytesRead == scratch.size() + scratch.size("-wal"))
        #expect(found.mentions.map { "\($0.rows) of \($0.table)" } == ["1 of event"])
        let none = try #require(try search(reader, for: "Qx7zv-pump-8"))
        #expect(none.hits == 0 && none.files == 2 && none.mentions.isEmpty)
        #expect(none.bytesRead == found.bytesRead)
        try writer.close()
    }

    @Test("what is a part of a longer name is none of it")
    func longer() throws {
        let writer = try scratch.writer()
        _ = try writer.commit(batch([message(1, topic: "plant/\(Self.name)1/t")]), synced: false)
        let found = try #require(try search(try StoreReader(path: scratch.path)))
        #expect(found.hits == 0 && found.mentions.isEmpty)
        try writer.close()
    }

    @Test("what no row has is found all the same")
    func noRow() throws {
        try scratch.writer().close()
        try scratch.damage(at: scratch.size(), with: Array(Self.name.utf8))
        let found = try #require(try search(try StoreReader(path: scratch.path)))
        #expect(found.hits == 1 && found.mentions.isEmpty)
    }

    @Test("whoever has waited for long enough is told nothing, and the next one everything")
    func over() throws {
        let writer = try scratch.writer()
        let said = Array(#"{"near":"\#(Self.name)"}"#.utf8)
        _ = try writer.commit(batch([message(1, payload: said)]), synced: false)
        let reader = try StoreReader(path: scratch.path)
        #expect(try search(reader, unless: true) == nil)
        let found = try #require(try search(reader))
        #expect(found.hits > 0)
        try writer.close()
    }

    @Test("rows are read no further once it is over")
    func rows() throws {
        let writer = try scratch.writer()
        try writer.fill(1...20_000)
        try writer.close()
        let reader = try StoreReader(path: scratch.path)
        let forms = EntityForms(Self.name)
        #expect(throws: ReadError.self) { try reader.mentions(of: forms, unless: { true }) }
        #expect(try reader.mentions(of: forms, unless: { false }).tables.isEmpty)
    }

    @Test("what goes from the log to the file while they are read is found, whenever it does")
    func moving() throws {
        for moment in 1...6 {
            let scratch = try Scratch()
            let writer = try scratch.writer()
            let said = Array(#"{"near":"\#(Self.name)"}"#.utf8)
            _ = try writer.commit(batch([message(1, payload: said)]), synced: false)
            let reader = try StoreReader(path: scratch.path)
            let other = try DatabaseQueue(path: scratch.path)
            let asks = Asks()
            let found = try reader.search(
                for: EntityForms(Self.name),
                unless: {
                    guard asks.next() == moment else { return false }
                    #expect(throws: Never.self) {
                        try other.writeWithoutTransaction {
                            try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                        }
                    }
                    return false
                })
            let result = try #require(found)
            #expect(result.hits > 0 && asks.count >= min(moment, 4), "\(moment)")
            try other.close()
            try writer.close()
        }
    }

    @Test("rows are read slice by slice, and nothing of the store is held between two")
    func slices() throws {
        let writer = try scratch.writer()
        try writer.fill(1...20_000)
        try writer.close()
        let other = try DatabaseQueue(path: scratch.path)
        let free = Asks()
        let found = try StoreReader(path: scratch.path).mentions(
            of: EntityForms(Self.name),
            unless: {
                // Whoever reads keeps the log from being emptied of what was written since.
                let isHeld = try? other.writeWithoutTransaction { database -> Int? in
                    try database.execute(sql: "UPDATE meta SET value = value")
                    return try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                }
                if isHeld == 0 { _ = free.next() }
                return false
            })
        #expect(found.tables.isEmpty)
        let slices = 2 * 20_000 / Limits.searchSliceRows
        #expect(free.count > slices, "\(free.count)")
        try other.close()
    }

    @Test("whenever it is over, nothing is told")
    func overInTheMiddle() throws {
        let writer = try scratch.writer()
        let others = Array(#"{"near":"\#(Self.name)","not":"\#(Self.name)1"}"#.utf8)
        _ = try writer.commit(batch([message(1, payload: others)]), synced: false)
        let reader = try StoreReader(path: scratch.path)
        let forms = EntityForms(Self.name)
        var last = 0
        while last < 1_000 {
            let (asks, end) = (Asks(), last)
            let found = try reader.search(for: forms, unless: { asks.next() > end })
            if let found {
                #expect(found.hits > 0 && found.mentions.count == 1)
                break
            }
            last += 1
        }
        // Both files are read twice, as there are longer words, and all tables are between.
        #expect((8 + 2..<1_000).contains(last), "\(last)")
        try writer.close()
    }

    @Test("the locks that SQLite holds on the database's file stay")
    func locks() throws {
        let writer = try scratch.writer()
        let reader = try StoreReader(path: scratch.path)
        let before = try scratch.heldLocks()
        #expect(!before.isEmpty)
        _ = try #require(try search(reader))
        #expect(try scratch.heldLocks() == before)
        try writer.close()
    }
}

/// How often somebody was asked.
final class Asks: Sendable {
    private let asked = Atomic(0)

    var count: Int { asked.load(ordering: .relaxed) }

    /// Which one this is, from 1.
    func next() -> Int { asked.add(1, ordering: .relaxed).newValue }
}
