import Core
import Foundation
import GRDB
import GRDBSQLite
import Testing

@testable import Store

@Suite("Readers")
struct ReaderTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func refusal(_ path: String? = nil) -> ReadError? {
        do throws(ReadError) {
            _ = try StoreReader(path: path ?? scratch.path)
            return nil
        } catch {
            #expect(!error.description.isEmpty)
            return error
        }
    }

    @Test("the first event of a time is found, also where the beginning of the log is gone")
    func firstOfTime() throws {
        let writer = try scratch.writer()
        let reader = try StoreReader(path: scratch.path)
        func first(_ second: Int64) throws -> EventSequence? {
            try reader.firstEvent(at: Timestamp(microseconds: second * 1_000_000))
        }
        #expect(try first(1) == nil)
        try writer.fill(1...10)
        var last = batch([message(11)])
        last.events[0].at = Timestamp(microseconds: 10_000_000)
        last.checkpoint = checkpoint(11)
        last.acknowledgedThrough = 11
        _ = try writer.commit(last, synced: false)
        #expect(try first(-5) == 1 && first(4) == 4 && first(10) == 10)
        #expect(try first(11) == nil)
        let trimmed = try writer.trim(
            maxAge: .seconds(0), maxBytes: .max, now: Timestamp(microseconds: 6_000_000))
        #expect(trimmed.events == 5)
        #expect(try first(1) == 6 && first(7) == 7 && first(10) == 10)
    }

    @Test("a reader sees what is committed while the writer goes on, and keeps nobody waiting")
    func whileWriting() throws {
        let writer = try scratch.writer()
        _ = try writer.commit(batch([message(1)]), synced: true)
        let reader = try StoreReader(path: scratch.path)
        var seen: [EventSequence] = []
        var next: EventSequence = 2
        var failure: CommitError?
        try reader.forEachEvent { event in
            seen.append(event.sequence)
            do throws(CommitError) {
                _ = try writer.commit(batch([message(next)]), synced: true)
                next += 1
            } catch { failure = error }
            return true
        }
        #expect(failure == nil)
        #expect(seen == [1])
        try reader.read { database in
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM event") == 2)
            _ = try writer.commit(batch([message(3)]), synced: true)
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM event") == 2)
        }
        #expect(try reader.collect().map(\.sequence) == [1, 2, 3])
    }

    @Test("events are read in pages, from and through a sequence, until the body has enough")
    func events() throws {
        let writer = try scratch.writer()
        let last = EventSequence(Limits.readPageRows * 2 + 10)
        try writer.fill(1...last)
        let tick = Event(sequence: last + 1, at: Timestamp(microseconds: .max), body: .tick)
        _ = try writer.commit(batch([tick]), synced: false)
        let reader = try StoreReader(path: scratch.path)
        let seen = try reader.collect(from: 5)
        #expect(seen.map(\.sequence) == Array(5...last + 1))
        #expect(seen.last == tick)
        #expect(try reader.collect(from: 10, through: 12).map(\.sequence) == [10, 11, 12])
        #expect(try reader.collect(atMost: 3_000).count == 3_000)
        #expect(try reader.collect(from: last + 2).isEmpty)
    }

    @Test("large payloads make the pages short: what goes in between is not in memory already")
    func pagesByBytes() throws {
        let writer = try scratch.writer()
        let payload = [UInt8](repeating: 1, count: Limits.payloadBytesMax)
        let perPage = EventSequence(Limits.readPageBytes / payload.count)
        try writer.fill(1...perPage + 2, payload: payload, burst: 2)
        var failure: (any Error)?
        var seen: [EventSequence] = []
        try StoreReader(path: scratch.path).forEachEvent { event in
            seen.append(event.sequence)
            if event.sequence == 1 {
                do { try scratch.execute("DELETE FROM event WHERE seq = \(perPage + 1)") } catch {
                    failure = error
                }
            }
            return true
        }
        #expect(failure == nil)
        #expect(seen == Array(1...perPage) + [perPage + 2])
    }

    @Test("a topic that was written out, and properties, are read as they were")
    func oddEvents() throws {
        let writer = try scratch.writer()
        var odd = Message(topic: String(repeating: "t", count: 300), payload: [0xff])
        odd.properties = MessageProperties(contentType: "x")
        let event = Event(sequence: 1, at: Timestamp(microseconds: 1), body: .message(odd))
        _ = try writer.commit(batch([event]), synced: false)
        #expect(try StoreReader(path: scratch.path).collect() == [event])
    }

    @Test("decisions are found by id, kind and entity, in both directions, and followed")
    func decisions() throws {
        let writer = try scratch.writer()
        var first = batch([message(1)])
        first.decisions = [
            decision("a", of: 1), decision("b", of: 1, entity: "press-2"), decision("c", of: 1),
        ]
        first.decisions[2].kind = .alert
        first.decisions[2].isPositive = true
        _ = try writer.commit(first, synced: false)
        let reader = try StoreReader(path: scratch.path)
        func ids(_ query: DecisionQuery) throws -> [String] {
            try reader.decisions(query).map(\.decision.id)
        }
        #expect(try ids(DecisionQuery()) == ["c", "b", "a"])
        #expect(try ids(DecisionQuery(isNewestFirst: false, limit: 2)) == ["a", "b"])
        #expect(try ids(DecisionQuery(id: "b")) == ["b"])
        #expect(try ids(DecisionQuery(kind: .alert)) == ["c"])
        #expect(try ids(DecisionQuery(kind: .verdict, entity: "press-1")) == ["a"])
        let last = try #require(try reader.decisions().first)
        #expect(last.decision == first.decisions[2])
        #expect(try ids(DecisionQuery(afterRow: last.row)).isEmpty)
        var second = Batch()
        second.decisions = [decision("d", of: 1)]
        _ = try writer.commit(second, synced: false)
        #expect(try ids(DecisionQuery(afterRow: last.row, isNewestFirst: false)) == ["d"])
    }

    @Test("the status says what the store holds")
    func status() throws {
        let writer = try scratch.writer()
        let reader = try StoreReader(path: scratch.path)
        let empty = try reader.status()
        #expect(empty.logID == writer.logID)
        #expect(empty.firstEvent == nil && empty.lastEvent == nil && empty.checkpoint == nil)
        #expect(empty.rulesetDigest == nil)
        let age = SystemTime().now() - empty.createdAt
        #expect(age > .seconds(-5) && age < .seconds(600))
        try writer.fill(1...10)
        var rest = Batch()
        rest.checkpoint = checkpoint(7)
        rest.publications = [publication("a")]
        rest.acknowledgedThrough = 9
        rest.ruleset = StoredRuleset(
            digest: "sha256:1", activatedAt: Timestamp(microseconds: 1), files: [])
        _ = try writer.commit(rest, synced: false)
        let status = try reader.status()
        #expect(status.firstEvent?.sequence == 1)
        #expect(status.lastEvent == writer.lastEvent)
        #expect(status.checkpoint?.sequence == 7)
        #expect(status.acknowledgedThrough == 9)
        #expect(status.outboxDepth == 1)
        #expect(status.rulesetDigest == "sha256:1")
        #expect(status.schemaVersion == StoreWriter.schemaVersion)
        #expect(status.bytes > 10_000)
        #expect(try reader.check().isEmpty)
    }

    @Test("what cannot be read is refused with the reason")
    func refusals() throws {
        #expect(refusal() == .noSuchFile(scratch.path))
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
        try Data("hello".utf8).write(to: URL(fileURLWithPath: scratch.path))
        guard case .notADatabase = refusal() else {
            Issue.record("garbage")
            return
        }
        guard case .io = refusal(scratch.path + "/x") else {
            Issue.record("ENOTDIR")
            return
        }
        let other = try Scratch()
        try other.execute("CREATE TABLE theirs (a)")
        guard case .notADatabase = refusal(other.path) else {
            Issue.record("foreign")
            return
        }
        let newer = try Scratch()
        try newer.writer().close()
        let next = Migrations.current + 1
        try newer.execute("PRAGMA user_version = \(next)")
        #expect(refusal(newer.path) == .newerVersion(found: next, supported: Migrations.current))
    }

    @Test("a reader leaves the writer of its own process the locks, when it opens and when it ends")
    func locks() throws {
        let writer = try scratch.writer()
        let before = try scratch.heldLocks()
        #expect(!before.isEmpty)
        do {
            let reader = try StoreReader(path: scratch.path)
            #expect(try reader.collect().isEmpty)
            #expect(try scratch.heldLocks() == before)
        }
        #expect(try scratch.heldLocks() == before)
        try writer.close()
    }

    @Test("a store that another program holds alone is busy")
    func busy() throws {
        try scratch.writer().close()
        let other = try Connection(path: scratch.path, vfs: nil)
        try other.execute(exclusiveLock)
        guard case .busy = refusal() else {
            Issue.record("not busy")
            return
        }
    }

    @Test(
        "rows that we never write are damage, for the reader and for the writer",
        arguments: [
            "UPDATE event SET flags = 3 WHERE seq = 3",
            "UPDATE event SET flags = 1000 WHERE seq = 3",
            "UPDATE event SET flags = 12 WHERE seq = 3",
            "UPDATE event SET topic = 77 WHERE seq = 3",
            "UPDATE event SET packet_id = 65536 WHERE seq = 3",
            "UPDATE event SET properties = x'09' WHERE seq = 3",
            "UPDATE event SET properties = x'0105' WHERE seq = 3",
            "UPDATE event SET properties = x'040161' WHERE seq = 3",
            "UPDATE event SET properties = x'01ffffffffffff' WHERE seq = 3",
            "UPDATE event SET properties = x'01ff' WHERE seq = 3",
        ])
    func damagedRows(sql: String) throws {
        let writer = try scratch.writer()
        try writer.fill(1...5)
        try scratch.execute(sql)
        let reader = try StoreReader(path: scratch.path)
        for error in [
            #expect(throws: ReadError.self) { try reader.collect() },
            #expect(throws: ReadError.self) { try writer.events() },
        ] {
            guard case .corrupt = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(
        "values of another type are damage",
        arguments: [
            "UPDATE event SET payload = 1", "UPDATE event SET payload = 'text'",
            "UPDATE event SET at = 'noon'", "UPDATE topic SET name = x'00'",
        ])
    func damagedTypes(sql: String) throws {
        let writer = try scratch.writer()
        try writer.fill(1...5)
        try scratch.execute(sql)
        let reader = try StoreReader(path: scratch.path)
        let error = #expect(throws: ReadError.self) { try reader.collect() }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a decision of no known kind, and an outbox row of no known form, are damage")
    func damagedDecision() throws {
        let writer = try scratch.writer()
        var first = batch([message(1)])
        first.decisions = [decision("a", of: 1)]
        first.publications = [publication("a")]
        _ = try writer.commit(first, synced: false)
        try scratch.execute("UPDATE decision SET kind = 9; UPDATE outbox SET flags = 256")
        let reader = try StoreReader(path: scratch.path)
        #expect(throws: ReadError.corrupt("decision a is of no known kind")) {
            try reader.decisions()
        }
        #expect(throws: ReadError.corrupt("row 1 of the outbox cannot be read")) {
            try writer.outbox(after: 0, limit: 1)
        }
    }

    @Test("the whole check finds a damaged page")
    func check() throws {
        let writer = try scratch.writer()
        try writer.fill(1...5_000)
        try writer.close()
        try scratch.damage(at: 50 * 4_096, with: [UInt8](repeating: 0xa5, count: 4_096))
        #expect(try StoreReader(path: scratch.path).check().isEmpty == false)
    }

    @Test(
        "a backup on a read-only mount is read",
        .enabled(if: SmallDisk.isPossible, "mounting a tmpfs needs root"))
    func readOnlyMount() throws {
        let disk = try SmallDisk(scratch.directory + "/a#b?c%d", kibibytes: 768)
        let path = disk.directory + "/store.db"
        let writer = try StoreWriter(path: path)
        _ = try writer.commit(batch([message(1)]), synced: true)
        try writer.close()
        try disk.makeReadOnly()
        #expect(try StoreReader(path: path).collect() == [message(1)])
        #expect(throws: OpenError.self) { try StoreWriter(path: path) }
    }
}
