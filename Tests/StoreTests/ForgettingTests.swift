import Core
import TestSupport
import Testing

@testable import Store

@Suite("Forgetting an entity in the store")
struct ForgettingTests {
    private static let name = "Qx7zv-gone-9"
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// What two stores are filled with: one hears the entity, the other ticks in its place.
    fileprivate struct Life {
        var generator: SeededGenerator
        let isKnown: Bool
        /// Checkpoints of before have the name, and retention deletes.
        var hasPast: Bool
        var now: Int64 = 1_000_000

        /// A burst of events of three entities, with what follows from them.
        mutating func burst(after last: EventSequence) -> Batch {
            var batch = Batch()
            for offset in 1...Int64.random(in: 1...24, using: &generator) {
                now += 1_000_000
                add(last + offset, to: &batch)
            }
            if Int.random(in: 0..<8, using: &generator) == 0 {
                let size = Int.random(in: 40...3_000, using: &generator)
                let part = Array(
                    "state of \(isKnown && hasPast ? ForgettingTests.name : "nobody") ".utf8)
                var bytes: [UInt8] = []
                while bytes.count < size { bytes += part }
                let sequence = batch.events.last?.sequence ?? last
                batch.checkpoint = StoredCheckpoint(
                    sequence: sequence, at: Timestamp(microseconds: now), bytes: bytes)
                batch.acknowledgedThrough = sequence
            }
            return batch
        }

        private mutating func add(_ sequence: EventSequence, to batch: inout Batch) {
            let entity =
                [ForgettingTests.name, "a-1", "b-2"].randomElement(using: &generator) ?? ""
            let isGone = entity == ForgettingTests.name
            // Some need overflow pages.
            let size = Int.random(
                in: 0...(Bool.random(using: &generator) ? 60 : 9_000), using: &generator)
            let (hasDecision, hasMemory) = (
                Int.random(in: 0..<3, using: &generator) == 0,
                Int.random(in: 0..<3, using: &generator) == 0
            )
            let at = Timestamp(microseconds: now)
            guard isKnown || !isGone else {
                batch.events.append(Event(sequence: sequence, at: at, body: .tick))
                return
            }
            let text = String(repeating: "\(entity) is \(sequence % 7), ", count: 1 + size / 20)
            batch.events.append(
                Event(
                    sequence: sequence, at: at,
                    body: .message(
                        Message(
                            topic: "plant/\(sequence % 40)/\(entity)/telemetry",
                            payload: Array(text.utf8)))))
            if hasDecision {
                batch.decisions.append(
                    Decision(
                        id: "log-\(sequence)", kind: .alert, at: at, eventSequence: sequence,
                        route: "r", entity: entity, isPositive: true,
                        json: Array("{\"entity\":\"\(entity)\",\"n\":\(size)}".utf8)))
            }
            if hasMemory {
                batch.memories.append(
                    Memory(
                        layer: .episodic, entity: entity, at: at, content: "\(entity) word\(size)",
                        tags: [entity], rule: "", decisionID: "", eventSequence: sequence))
            }
        }
    }

    /// Everything that can be read, but for the numbers that rows have.
    private func dump(_ path: String, _ writer: StoreWriter) throws -> [String] {
        let reader = try StoreReader(path: path)
        let first = try writer.firstSequence() ?? 1
        var lines = try writer.events(after: first - 1).map { "\($0)" }
        var query = DecisionQuery(isNewestFirst: false, limit: 100_000)
        query.afterRow = 0
        lines += try reader.decisions(query).map { "\($0.decision)" }
        lines += try reader.search(MemoryQuery(limit: 100_000)).memories.map { "\($0.memory)" }
        lines += try reader.search(MemoryQuery(text: "word*", limit: 1_000)).memories
            .map { "\($0.memory)" }.sorted()
        return lines
    }

    @Test(
        "after any life and any crash no byte of the name is left, and all else is as without it",
        arguments: 1...8)
    func property(_ seed: UInt64) throws {
        print("seed \(seed)")
        let hasPast = seed % 2 == 1
        let other = try Scratch()
        var (known, unknown) = (try scratch.writer(), try other.writer())
        var place = scratch
        var lives = [
            Life(generator: SeededGenerator(seed: seed), isKnown: true, hasPast: hasPast),
            Life(generator: SeededGenerator(seed: seed), isKnown: false, hasPast: hasPast),
        ]
        var chance = SeededGenerator(seed: seed &+ 1_000)
        func hear() throws {
            let last = known.lastEvent?.sequence ?? 0
            _ = try known.commit(lives[0].burst(after: last), synced: false)
            _ = try unknown.commit(lives[1].burst(after: last), synced: false)
            while try known.maintain() {}
        }
        func trim() throws {
            for (writer, life) in zip([known, unknown], lives) {
                let now = Timestamp(microseconds: life.now)
                while try writer.trim(maxAge: .seconds(900), maxBytes: .max, now: now).isMore {}
            }
        }
        for _ in 1...Int.random(in: 40...160, using: &chance) {
            try hear()
            if hasPast, Int.random(in: 0..<6, using: &chance) == 0 { try trim() }
        }
        let event = try known.beginForgetting(Self.name)
        try unknown.markForgotten()
        lives[0] = lives[1].withGenerator(of: lives[0], isKnown: false)
        while try known.stepForgetting() {
            if Int.random(in: 0..<4, using: &chance) == 0 {
                let copy = try place.crashedCopy()
                place = copy
                known = try copy.writer()
                known.prepareForgetting(LevelFinder(name: Self.name))
            }
            if Int.random(in: 0..<4, using: &chance) == 0 { try hear() }
        }
        let forms = EntityForms(Self.name).all
        #expect(try place.tables(holding: Self.name) == [])
        // What SQLite copied into the gaps of pages long before goes with the file written anew.
        if hasPast { while try known.eraseForgotten() {} }
        #expect(try place.files(holding: forms) == [])
        try place.execute("VACUUM INTO '\(place.path)-backup'")
        #expect(try place.files(holding: forms) == [])
        #expect(try dump(place.path, known) == dump(other.path, unknown))
        #expect(try StoreReader(path: place.path).forgetting(of: event)?.isDone == true)
        #expect(try StoreReader(path: place.path).check() == [])
        try known.close()
        #expect(try place.files(holding: forms) == [])
    }

    @Test("what comes after the request is a new acquaintance, and stays")
    func later() throws {
        let writer = try scratch.writer()
        let topic = "plant/a/\(Self.name)/telemetry"
        _ = try writer.commit(batch([message(1, topic: topic)]), synced: false)
        try writer.beginForgetting(Self.name)
        _ = try writer.commit(
            batch([message(3, topic: topic, payload: [7])]), synced: false)
        let copy = try scratch.crashedCopy()
        for (place, writer) in [(scratch, writer), (copy, try copy.writer())] {
            writer.prepareForgetting(LevelFinder(name: Self.name))
            _ = try writer.commit(batch([message(4, topic: topic, payload: [8])]), synced: false)
            while try writer.stepForgetting() {}
            #expect(try writer.events().map(\.isTick) == [true, false, false, false])
            guard case .message(let heard) = try writer.events(after: 3)[0].body else {
                Issue.record("event 4 is no message")
                return
            }
            #expect(heard.topic == topic && heard.payload == [8])
            #expect(try place.tables(holding: Self.name) == ["topic"])
            try writer.close()
            // The dictionary is whole again.
            let again = try place.writer()
            _ = try again.commit(batch([message(5, topic: topic)]), synced: false)
            #expect(try again.events(after: 2).filter { !$0.isTick }.count == 3)
            try again.close()
        }
    }

    @Test("a message that the broker may repeat is erased, and handed over once")
    func repeatable() throws {
        let writer = try scratch.writer()
        let topic = "plant/a/\(Self.name)/telemetry"
        var all = batch((1...6).map { message($0, topic: topic, packetID: UInt16($0)) })
        all.acknowledgedThrough = 4
        _ = try writer.commit(all, synced: false)
        try writer.beginForgetting(Self.name)
        var handed: [TailEntry] = []
        while try writer.stepForgetting() { handed += writer.takeRepeatable() }
        #expect(handed.map(\.sequence) == [5, 6] && handed.map(\.packetID) == [5, 6])
        #expect(handed.allSatisfy { $0.topic == topic })
        #expect(try writer.redeliveryTail().isEmpty)
    }

    @Test("a step looks at a bounded number of rows, and two entities are done one by one")
    func bounded() throws {
        let writer = try scratch.writer()
        try writer.fill(1...EventSequence(3 * Limits.forgetSliceEvents)) {
            "plant/\($0 % 2 == 0 ? Self.name : "second")/t"
        }
        try writer.beginForgetting(Self.name)
        var batch = Batch()
        batch.events = [
            Event(
                sequence: (writer.lastEvent?.sequence ?? 0) + 1,
                at: writer.lastEvent?.at ?? .earliest, body: .tick)
        ]
        batch.forget = "second"
        _ = try writer.commit(batch, synced: false)
        #expect(writer.currentForgetting?.entity == Self.name)
        var counts: [Int] = []
        while writer.currentForgetting?.entity == Self.name {
            _ = try writer.stepForgetting()
            let count = writer.currentForgetting?.counts["event"] ?? 0
            if writer.currentForgetting?.phase == .events { counts.append(count) }
        }
        #expect(counts.contains(Limits.forgetSliceEvents / 2))
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $1 - $0 <= Limits.forgetSliceEvents })
        while try writer.stepForgetting() {}
        #expect(writer.currentForgetting == nil)
        #expect(try writer.events().filter { !$0.isTick }.count == 1)
        #expect(try scratch.tables(holding: "second") == [])
        #expect(try scratch.tables(holding: Self.name) == [])
    }

    @Test("whoever looks sees each step, also of those that give back space")
    func seen() throws {
        let writer = try scratch.writer()
        let payload = [UInt8](repeating: 7, count: 10_000)
        let events = (1...600).map { message($0, topic: "plant/\(Self.name)/t", payload: payload) }
        _ = try writer.commit(batch(events), synced: false)
        try writer.beginForgetting(Self.name)
        while writer.currentForgetting?.phase == .checkpoints { _ = try writer.stepForgetting() }
        var slices: Int64 = 0
        var last = writer.currentForgetting
        while try writer.stepForgetting() {
            let job = writer.currentForgetting
            #expect(job != last, "\(String(describing: job))")
            if let job, job.phase == .space { slices = max(slices, job.place) }
            last = job
        }
        #expect(slices > 1, "\(slices)")
    }

    @Test("the newest that are done are known, however many wait for their turn")
    func kept() throws {
        let writer = try scratch.writer()
        var begun: [EventSequence] = []
        for number in 0..<(Limits.forgettingsKept + 3) {
            begun.append(try writer.beginForgetting("\(Self.name)-\(number)"))
        }
        #expect(try writer.forgettingsPending() == begun.count)
        let reader = try StoreReader(path: scratch.path)
        while let job = writer.currentForgetting, job.sequence <= begun[1] {
            _ = try writer.stepForgetting()
        }
        #expect(try writer.forgettingsPending() == begun.count - 2)
        #expect(try begun[...1].allSatisfy { try reader.forgetting(of: $0)?.isDone == true })
        while try writer.stepForgetting() {}
        let known = try begun.filter { try reader.forgetting(of: $0) != nil }
        #expect(try writer.forgettingsPending() == 0 && known == Array(begun.dropFirst(3)))
    }

    @Test("it waits for what names the entity to leave, and for nothing else")
    func outbox() throws {
        let writer = try scratch.writer()
        var all = batch([message(1)])
        all.publications = [publication("x/other"), publication("alerts/hot/a%2Fb-\(Self.name)")]
        all.checkpoint = checkpoint(1)
        _ = try writer.commit(all, synced: false)
        try writer.beginForgetting("a/b-\(Self.name)")
        let finder = LevelFinder(name: "a/b-\(Self.name)")
        var newer = Batch()
        newer.checkpoint = checkpoint(2)
        newer.publications = [publication("alerts/hot/a%2Fb-\(Self.name)")]
        _ = try writer.commit(newer, synced: false)
        while try writer.forgetStep(finder) == .more {}
        #expect(try writer.forgetStep(finder) == .waiting(.outbox))
        #expect(writer.currentForgetting?.phase == .outbox)
        var confirmed = Batch()
        confirmed.confirmed = [2]
        _ = try writer.commit(confirmed, synced: false)
        while try writer.forgetStep(finder) == .more {}
        #expect(writer.currentForgetting == nil && writer.outboxDepth == 2)
    }

    @Test("a reader of the log delays the end, and keeps nobody waiting")
    func reader() throws {
        let writer = try scratch.writer()
        _ = try writer.commit(
            batch([message(1, topic: "plant/\(Self.name)/t")]), synced: false)
        try writer.beginForgetting(Self.name)
        let reading = try ReadTransaction(scratch.path)
        var last = ForgetStep.more
        for _ in 1...100 where last == .more {
            if writer.currentForgetting?.phase == .checkpoints { _ = try writer.stepForgetting() }
            last = try writer.forgetStep(LevelFinder(name: Self.name))
            if last == .waiting(.checkpoint) { last = .more }
        }
        #expect(last == .waiting(.reader))
        #expect(try !scratch.files(holding: EntityForms(Self.name).all).isEmpty)
        reading.end()
        while try writer.forgetStep(LevelFinder(name: Self.name)) != .idle {}
        #expect(try scratch.files(holding: EntityForms(Self.name).all) == [])
    }

    @Test("a full disk stops a step, and nothing of it happened; with room it goes on")
    func fullDisk() throws {
        let disk = FaultVFS()
        let writer = try scratch.writer(options: StoreOptions(vfs: disk.name))
        try writer.fill(1...3_000) { _ in "plant/\(Self.name)/t" }
        try writer.beginForgetting(Self.name)
        _ = try writer.stepForgetting()
        _ = try writer.stepForgetting()
        let before = writer.currentForgetting
        disk.fill()
        #expect(throws: CommitError.diskFull) { while try writer.stepForgetting() {} }
        #expect(writer.currentForgetting == before)
        disk.heal()
        while try writer.stepForgetting() {}
        #expect(try scratch.files(holding: EntityForms(Self.name).all) == [])
    }
}

extension ForgettingTests.Life {
    /// This one's time, and the same numbers as another's.
    fileprivate func withGenerator(of other: Self, isKnown: Bool) -> Self {
        Self(generator: other.generator, isKnown: isKnown, hasPast: hasPast, now: now)
    }
}

extension StoreWriter {
    /// The event alone.
    fileprivate func markForgotten() throws(CommitError) {
        let last = lastEvent ?? LogPosition(sequence: 0, at: Timestamp(microseconds: 0))
        var batch = Batch()
        batch.events = [
            Event(
                sequence: last.sequence + 1, at: last.at,
                body: .control(
                    .forgotten(digest: String(repeating: "d", count: 64), author: "")))
        ]
        _ = try commit(batch, synced: false)
    }
}
