import Core
import Foundation
import Testing

@testable import Store

@Suite("The writer")
struct StoreWriterTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a new store is empty, has an id of eight hexadecimal digits, and is its owner's alone")
    func newStore() throws {
        let path = scratch.directory + "/a/b/store.db"
        let writer = try StoreWriter(path: path)
        #expect(writer.logID.count == 8 && writer.logID.allSatisfy(\.isHexDigit))
        #expect(writer.lastEvent == nil)
        #expect(writer.outboxDepth == 0)
        #expect(writer.acknowledgedThrough == 0)
        #expect(try writer.checkpoints().isEmpty)
        #expect(try writer.latestRuleset() == nil)
        for (name, mode) in [("a", 0o700), ("a/b/store.db", 0o600), ("a/b/store.db-wal", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: scratch.directory + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == mode, "\(name)")
        }
    }

    @Test("many events of one batch come back as they were, however they are mixed")
    func manyEvents() throws {
        var random = SystemRandomNumberGenerator()
        let writer = try scratch.writer()
        var sent: [Event] = []
        for size in [1, 15, 16, 17, 200] {
            var events: [Event] = []
            for _ in 0..<size {
                let sequence = EventSequence(sent.count + events.count + 1)
                let length = [0, 1, 90, Limits.togetherBytesMax, Limits.togetherBytesMax + 1]
                let payload = (0..<(length.randomElement() ?? 0)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let long = String(repeating: "x", count: Limits.dictionaryTopicBytesMax + 1)
                let topic = ["a/b", "c/\(Int.random(in: 0..<5, using: &random))", long]
                var message = Message(
                    topic: topic.randomElement() ?? "", payload: payload, qos: .atLeastOnce,
                    packetID: UInt16.random(in: 0...9, using: &random))
                if Int.random(in: 0..<3, using: &random) == 0 {
                    message.properties = MessageProperties(contentType: "\(sequence)")
                }
                let isTick = Int.random(in: 0..<40, using: &random) == 0
                events.append(
                    Event(
                        sequence: sequence, at: Timestamp(microseconds: sequence),
                        body: isTick ? .tick : .message(message)))
            }
            _ = try writer.commit(batch(events), synced: true)
            sent += events
        }
        #expect(try writer.events() == sent)
        try writer.close()
        #expect(try scratch.writer().events() == sent)
    }

    @Test("topics that only look alike come back by their bytes, also after a new start")
    func alikeTopics() throws {
        let composed = message(1, topic: "d/\u{e9}")
        let decomposed = message(2, topic: "d/e\u{301}")
        func isExact(_ found: [Event]) -> Bool {
            guard found.count == 3 else { return false }
            return zip(found, [composed, decomposed, message(3, topic: "d/\u{e9}")]).allSatisfy {
                guard case .message(let own) = $0.body, case .message(let sent) = $1.body else {
                    return false
                }
                return own.topic.utf8.elementsEqual(sent.topic.utf8)
            }
        }
        let writer = try scratch.writer()
        _ = try writer.commit(batch([composed, decomposed]), synced: true)
        try writer.close()
        let again = try scratch.writer()
        _ = try again.commit(batch([message(3, topic: "d/\u{e9}")]), synced: true)
        #expect(isExact(try again.events()))
    }

    @Test("every kind of event comes back as it was")
    func events() throws {
        let writer = try scratch.writer()
        let properties = MessageProperties(
            responseTopic: "answers", correlationData: [0, 255], contentType: "text/plain",
            user: [
                .init(name: "a", value: ""),
                .init(name: "a", value: String(repeating: "ü", count: 300)),
            ])
        let odd = Message(
            topic: String(repeating: "t", count: 65_535), payload: [], qos: .exactlyOnce,
            retain: true, packetID: 65_535, isDuplicate: true, properties: properties)
        let events = [
            message(1),
            Event(sequence: 2, at: Timestamp(microseconds: 2_000_000), body: .message(odd)),
            Event(sequence: 3, at: Timestamp(microseconds: 2_000_000), body: .tick),
            Event(sequence: 4, at: Timestamp(microseconds: 9_000_000), body: .ruleset(digest: "d")),
            Event(
                sequence: 5, at: Timestamp(microseconds: 9_000_000),
                body: .message(Message(topic: "", payload: [0], isDuplicate: false))),
            Event(
                sequence: 6, at: Timestamp(microseconds: 9_000_000),
                body: .control(.change(.pin(7, true), author: "ann"))),
        ]
        _ = try writer.commit(batch(events), synced: true)
        #expect(try writer.events() == events)
        #expect(try writer.events(after: 3) == Array(events[3...]))
        #expect(writer.lastEvent == LogPosition(sequence: 6, at: events[5].at))
    }

    @Test("what was committed is there after a crash, what was not is not")
    func crash() throws {
        let copies = CrashCopies(scratch)
        let writer = try scratch.writer(options: StoreOptions(failpoint: copies.take))
        _ = try writer.commit(batch([message(1)]), synced: true)
        var second = batch([message(2, topic: "other")])
        second.publications = [publication("out")]
        second.checkpoint = checkpoint(2)
        _ = try writer.commit(second, synced: true)
        let id = writer.logID
        for (point, last) in [("beforeCommit", 0), ("duringCheckpoint", 1), ("afterCommit", 2)] {
            let copy = try #require(copies.taken[point])
            let survivor = try copy.writer()
            #expect(survivor.lastEvent?.sequence ?? 0 == EventSequence(last), "\(point)")
            #expect(try survivor.events().count == last, "\(point)")
            #expect(survivor.outboxDepth == (last == 2 ? 1 : 0))
            #expect(survivor.logID == id)
            _ = try survivor.commit(batch([message(EventSequence(last) + 1)]), synced: true)
        }
    }

    @Test("outbox rows are numbered one by one, and no number comes twice")
    func outbox() throws {
        var writer = try scratch.writer()
        var first = Batch()
        first.publications = [publication("a"), publication("b"), publication("c")]
        first.publications[1].retain = true
        first.publications[1].properties = MessageProperties(user: [.init(name: "k", value: "v")])
        let given = try writer.commit(first, synced: true).firstOutboxID
        #expect(writer.outboxDepth == 3)
        let rows = try writer.outbox(after: 0, limit: 2)
        #expect(rows.map(\.id) == [given, given + 1])
        #expect(rows.map(\.publication) == Array(first.publications[..<2]))
        #expect(try writer.outbox(after: given + 1, limit: 9).map(\.id) == [given + 2])

        var confirmation = Batch()
        confirmation.confirmed = [given, given + 1, given + 2, given + 2, 999]
        _ = try writer.commit(confirmation, synced: false)
        #expect(writer.outboxDepth == 0)
        #expect(try writer.outbox(after: 0, limit: 9).isEmpty)
        try writer.close()
        writer = try scratch.writer()
        #expect(try writer.commit(first, synced: true).firstOutboxID == given + 3)
        let crashed = try scratch.crashedCopy().writer()
        #expect(crashed.outboxDepth == 3)
        #expect(try crashed.commit(Batch(), synced: true).firstOutboxID == given + 6)
    }

    @Test("a rule set activated once more is the latest again")
    func rulesets() throws {
        let writer = try scratch.writer()
        func activate(_ digest: String, _ files: [StoredRuleset.File]) throws -> StoredRuleset {
            let sequence = (writer.lastEvent?.sequence ?? 0) + 1
            let at = Timestamp(microseconds: sequence)
            var next = Batch()
            next.events = [Event(sequence: sequence, at: at, body: .ruleset(digest: digest))]
            next.ruleset = StoredRuleset(digest: digest, activatedAt: at, files: files)
            _ = try writer.commit(next, synced: true)
            return try #require(next.ruleset)
        }
        let files: [StoredRuleset.File] = [
            .init(name: "b.yaml", text: "rules: []\n"), .init(name: "a.yaml", text: ""),
        ]
        let one = try activate("sha256:1", files)
        let two = try activate("sha256:2", [])
        #expect(try writer.latestRuleset() == two)
        #expect(try writer.ruleset(digest: "sha256:1") == one)
        let again = try activate("sha256:1", files)
        #expect(try writer.latestRuleset() == again)
        #expect(try writer.ruleset(digest: "sha256:3") == nil)
    }

    @Test("the tail of redeliveries is what was recorded at QoS 1 and not acknowledged")
    func redeliveryTail() throws {
        let writer = try scratch.writer()
        let events = [
            message(1), message(2), message(3, qos: .atMostOnce, packetID: 0), message(4),
            Event(sequence: 5, at: Timestamp(microseconds: 5_000_000), body: .tick),
            message(6, packetID: 1),
        ]
        _ = try writer.commit(batch(events), synced: true)
        #expect(try writer.redeliveryTail().map(\.sequence) == [1, 2, 4, 6])
        #expect(try writer.redeliveryTail(limit: 3).map(\.sequence) == [4, 6])
        var acknowledged = Batch()
        acknowledged.acknowledgedThrough = 2
        _ = try writer.commit(acknowledged, synced: false)
        acknowledged.acknowledgedThrough = 1
        _ = try writer.commit(acknowledged, synced: false)
        #expect(writer.acknowledgedThrough == 2)
        let tail = try writer.redeliveryTail()
        #expect(tail.map(\.packetID) == [4, 1])
        #expect(tail.last?.topic == "plant/a/press-1/telemetry")
        #expect(tail.last?.payload == Array("{\"n\":6}".utf8))
        #expect(try scratch.crashedCopy().writer().redeliveryTail() == tail)
    }

    @Test("the tail of redeliveries is bounded in bytes")
    func redeliveryBytes() throws {
        let writer = try scratch.writer()
        let payload = [UInt8](repeating: 1, count: 1 << 20)
        try writer.fill(1...70, payload: payload, burst: 4)
        let tail = try writer.redeliveryTail()
        #expect(tail.count == Limits.redeliveryBytesMax >> 20)
        #expect(tail.last?.sequence == 70)
    }

    @Test("topics beyond the bounds of the dictionary are written out, whatever they look like")
    func dictionary() throws {
        var writer = try scratch.writer()
        let last = EventSequence(Limits.dictionaryTopicsMax)
        try writer.fill(1...last, burst: 4_096) { "t/\($0)" }
        // Were it stored as text, SQLite would take this for the number of a topic.
        let odd = [message(last + 1, topic: "12"), message(last + 2, topic: "t/7")]
        _ = try writer.commit(batch(odd), synced: false)
        #expect(writer.topics.count == Limits.dictionaryTopicsMax)
        try writer.close()
        writer = try scratch.writer()
        #expect(writer.topics.count == Limits.dictionaryTopicsMax)
        #expect(try writer.events(after: last) == odd)
    }

    @Test("an id that is asked for is the id of a new log and of no other")
    func logID() throws {
        let wanted = StoreOptions(logID: "00c0ffee")
        let writer = try scratch.writer(options: wanted)
        #expect(writer.logID == "00c0ffee")
        _ = try writer.commit(batch([message(1)]), synced: true)
        try writer.close()
        #expect(try scratch.writer(options: StoreOptions(logID: "11111111")).logID == "00c0ffee")
    }

    @Test("failpoints are passed in the order of the path")
    func failpoints() throws {
        var seen: [Failpoint] = []
        let options = StoreOptions(failpoint: { seen.append($0) })
        let writer = try scratch.writer(options: options)
        _ = try writer.commit(Batch(), synced: true)
        _ = try writer.commit(batch([message(1)]), synced: true)
        var second = batch([message(2)])
        second.checkpoint = checkpoint(2)
        _ = try writer.commit(second, synced: true)
        #expect(
            seen == Migrations.all.map { _ in .duringMigration } + [
                .beforeCommit, .afterCommit, .duringCheckpoint, .afterCommit,
            ])
    }
}

/// Takes a copy of the files at each failpoint; the last of each counts.
final class CrashCopies {
    private let scratch: Scratch
    private(set) var taken: [String: Scratch] = [:]

    init(_ scratch: Scratch) { self.scratch = scratch }

    func take(_ point: Failpoint) { taken[point.rawValue] = try? scratch.crashedCopy() }
}
