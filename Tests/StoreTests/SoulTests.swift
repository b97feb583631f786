import Core
import TestSupport
import Testing

@testable import Store

@Suite("Souls in the store")
struct SoulTests {
    let scratch: Scratch
    private let hour: Duration = .seconds(3600)

    init() throws { scratch = try Scratch() }

    /// Souls as the mind would have them, and the changes that it tells of.
    private struct Believer {
        var souls: [String: Soul] = [:]
        var sequence: EventSequence = 0

        mutating func feel(
            _ emotion: Emotion, _ entity: String, heard: ClosedRange<Timestamp>? = nil
        ) -> SoulChange {
            let at = Timestamp(microseconds: max(1, sequence) * 1_000_000)
            var soul = souls[entity] ?? Soul(at: at)
            let before = soul.settled(at: at, halfLife: .seconds(3600)).trust
            soul.record(emotion, weight: Soul.piece, at: at, halfLife: .seconds(3600))
            souls[entity] = soul
            return .evidence(
                Evidence(
                    entity: entity, at: at, kind: .emotion(emotion), weight: Soul.piece,
                    source: .rule, origin: "hot", decisionID: "log-\(sequence)", note: "",
                    eventSequence: sequence, before: before, soul: soul, heard: heard))
        }
    }

    private func write(
        _ changes: [SoulChange], _ writer: StoreWriter
    ) throws -> Committed {
        var all = batch([message((writer.lastEvent?.sequence ?? 0) + 1)])
        all.souls = changes
        return try writer.commit(all, synced: false)
    }

    @Test("a soul comes back to the bit, its evidence with it, oldest first")
    func written() throws {
        let writer = try scratch.writer()
        var believer = Believer(sequence: 1)
        let heard = Timestamp(microseconds: 5)...Timestamp(microseconds: 9)
        let first = believer.feel(.anger, "press-7", heard: heard)
        let second = believer.feel(.joy, "é")
        #expect(try write([first, second], writer).souls == 2)
        believer.sequence = 2
        let third = believer.feel(.love, "press-7")
        #expect(try write([third], writer).souls == 1)
        let reader = try StoreReader(path: scratch.path)
        let stored = try #require(try reader.soul(of: "press-7"))
        #expect(stored.soul == believer.souls["press-7"] && stored.eventSequence == 2)
        // What nobody knows now stays as it was known.
        #expect(stored.heard == heard)
        #expect(try reader.souls().map(\.entity) == ["press-7", "é"])
        #expect(try reader.soul(of: "e\u{301}") == nil)
        #expect(try writer.soul(of: "press-7") == stored.soul)
        #expect(try writer.soul(of: "nobody") == nil)
        let evidence = try reader.evidence(about: "press-7")
        #expect(evidence.map(\.kind) == [.emotion(.anger), .emotion(.love)])
        #expect(evidence.map(\.eventSequence) == [1, 2])
        guard case .evidence(let told) = third, let found = evidence.last else { return }
        #expect(found.trust == told.trust && found.before == told.before)
        #expect(found.origin == "hot" && found.decisionID == "log-2")
        #expect(found.soul.age == told.soul.age)
        #expect(try reader.evidence(about: "nobody").isEmpty)
    }

    @Test("what verdicts have said, what is set and what a person says come back too")
    func kinds() throws {
        let writer = try scratch.writer()
        var soul = Soul(at: Timestamp(microseconds: 1))
        let isCounted = soul.recordVerdict(.joy, at: soul.at, halfLife: hour)
        #expect(isCounted)
        func evidence(_ kind: Evidence.Kind, _ source: Evidence.Source) -> SoulChange {
            .evidence(
                Evidence(
                    entity: "e", at: soul.at, kind: kind, weight: 7, source: source, origin: "ann",
                    note: "\"ä\"", eventSequence: 1, before: 0.25, soul: soul))
        }
        _ = try write(
            [
                evidence(.emotion(.joy), .verdict), evidence(.set, .person),
                evidence(.decay, .alert),
            ],
            writer)
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.soul(of: "e")?.soul == soul)
        let found = try reader.evidence(about: "e")
        #expect(found.map(\.kind) == [.emotion(.joy), .set, .decay])
        #expect(found.map(\.source) == [.verdict, .person, .alert])
        #expect(found.allSatisfy { $0.note == "\"ä\"" && $0.before == 0.25 })
        #expect(found[0].trust == soul.trust)
    }

    @Test("of one soul the newest pieces are kept, over all so many")
    func bounds() throws {
        let writer = try scratch.writer()
        var believer = Believer()
        for number in 1...Limits.evidencePerSoulMax + 20 {
            believer.sequence = EventSequence(number)
            _ = try write([believer.feel(.joy, "busy")], writer)
        }
        _ = try write([believer.feel(.joy, "calm")], writer)
        let reader = try StoreReader(path: scratch.path)
        let kept = try reader.evidence(about: "busy")
        #expect(kept.count == Limits.evidencePerSoulMax && kept.first?.eventSequence == 21)
        #expect(try reader.soul(of: "busy")?.soul == believer.souls["busy"])
        func trim() throws -> Trimmed {
            try writer.trim(
                maxAge: .seconds(1 << 30), maxBytes: .max, now: Timestamp(microseconds: 1),
                slice: 100, evidenceMax: 50)
        }
        var slices: [Int] = []
        while true {
            let slice = try trim()
            slices.append(slice.evidence)
            if !slice.isMore { break }
        }
        #expect(slices.reduce(0, +) == Limits.evidencePerSoulMax + 1 - 50)
        #expect(try slices.first == 100 && trim().evidence == 0)
        #expect(try reader.evidence(about: "busy").count == 49)
        #expect(try reader.evidence(about: "calm").count == 1)
        #expect(try reader.soul(of: "busy")?.soul == believer.souls["busy"])
    }

    @Test("souls are bounded as the mind's: the one changed longest ago goes, with its evidence")
    func soulsMax() throws {
        let writer = try scratch.writer()
        writer.soulsMax = 3
        var believer = Believer(sequence: 1)
        for name in ["a", "b", "c", "a", "d"] {
            _ = try write([believer.feel(.joy, name)], writer)
        }
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.souls().map(\.entity) == ["d", "a", "c"])
        #expect(try reader.evidence(about: "b").isEmpty)
        #expect(try reader.evidence(about: "a").count == 2)
        try writer.close()
        let again = try scratch.writer()
        again.soulsMax = 3
        #expect(again.state.soulCount == 3)
        _ = try write([believer.feel(.joy, "e")], again)
        #expect(try reader.souls().map(\.entity) == ["e", "d", "a"])
    }

    @Test("what is forgotten leaves no row, and says whether there was anything")
    func forgotten() throws {
        let writer = try scratch.writer()
        var believer = Believer(sequence: 1)
        _ = try write([believer.feel(.joy, "a"), believer.feel(.joy, "b")], writer)
        #expect(try write([.forget("a"), .forget("a"), .forget("nobody")], writer).souls == 1)
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.souls().map(\.entity) == ["b"])
        #expect(try reader.evidence(about: "a").isEmpty && writer.state.soulCount == 1)
        believer.souls["a"] = nil
        _ = try write([believer.feel(.anger, "a")], writer)
        #expect(try reader.soul(of: "a")?.soul.changes == 1)
    }

    @Test("it is one transaction: a crash or a full disk leaves neither event nor soul")
    func atomic() throws {
        var copies: [Failpoint: Scratch] = [:]
        let disk = FaultVFS()
        let options = StoreOptions(
            failpoint: { point in copies[point] = try? self.scratch.crashedCopy() },
            vfs: disk.name)
        let writer = try scratch.writer(.power, options: options)
        var believer = Believer(sequence: 1)
        var all = batch([message(1)])
        all.souls = [believer.feel(.joy, "a")]
        disk.fill()
        #expect(throws: CommitError.diskFull) { try writer.commit(all, synced: true) }
        #expect(try StoreReader(path: scratch.path).souls().isEmpty && writer.state.soulCount == 0)
        disk.heal()
        _ = try writer.commit(all, synced: true)
        for (point, expected) in [(Failpoint.beforeCommit, 0), (.afterCommit, 1)] {
            let copy = try #require(copies[point])
            #expect(try copy.writer().state.soulCount == expected)
            #expect(try StoreReader(path: copy.path).evidence(about: "a").count == expected)
        }
    }

    @Test("the store is brought to what the mind has, and left alone where it has that")
    func aligned() throws {
        let writer = try scratch.writer()
        var believer = Believer(sequence: 1)
        _ = try write(["a", "b", "c"].map { believer.feel(.joy, $0) }, writer)
        let soul = try #require(believer.souls["a"])
        let same = ["a", "b", "c"].map { (entity: $0, soul: soul) }
        #expect(try writer.align(same) == false)
        var changed = soul
        changed.pro = 5
        #expect(try writer.align([("c", soul), ("d", changed), ("a", changed)]))
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.souls().map(\.entity) == ["a", "d", "c"])
        #expect(try reader.soul(of: "d")?.soul == changed && reader.soul(of: "b") == nil)
        #expect(try reader.evidence(about: "b").isEmpty)
        #expect(try reader.evidence(about: "c").count == 1)
        #expect(try writer.align([("c", soul), ("d", changed), ("a", changed)]) == false)
        #expect(try writer.align([]) && reader.souls().isEmpty && writer.state.soulCount == 0)
    }

    @Test("a mind without a checkpoint is given all, in the order of their changes")
    func all() throws {
        let writer = try scratch.writer()
        var believer = Believer(sequence: 1)
        for name in ["a", "b", "gone", "a"] {
            _ = try write([believer.feel(.joy, name)], writer)
        }
        // As a forgetting leaves a row until it deletes it.
        try scratch.execute("UPDATE soul SET entity = zeroblob(4) WHERE entity = 'gone'")
        let souls = try writer.souls()
        #expect(souls.map(\.entity) == ["b", "a"])
        for (entity, soul) in souls { #expect(believer.souls[entity] == soul, "\(entity)") }
    }

    @Test("the half-life is that of the rules that took effect last")
    func halfLife() throws {
        let writer = try scratch.writer()
        let reader = try StoreReader(path: scratch.path)
        #expect(try writer.soulHalfLife() == Soul.halfLifeDefault)
        #expect(try reader.soulHalfLife() == Soul.halfLifeDefault)
        for (digest, halfLife) in [("a", Duration.seconds(60)), ("b", .seconds(90))] {
            var next = Batch()
            next.ruleset = StoredRuleset(
                digest: digest, activatedAt: Timestamp(microseconds: 1), files: [],
                soulHalfLife: halfLife)
            _ = try writer.commit(next, synced: false)
            #expect(try writer.soulHalfLife() == halfLife && reader.soulHalfLife() == halfLife)
        }
    }

    @Test("a step down takes souls, evidence and links with it, and nothing else; up again works")
    func migration() throws {
        do {
            let writer = try scratch.writer()
            var believer = Believer(sequence: 1)
            _ = try write([believer.feel(.joy, "a")], writer)
            try writer.remember([memory(2, "kept")])
            #expect(try writer.change([.link(1, "x", true)]) == [1])
            try writer.close()
        }
        try StoreWriter.migrate(path: scratch.path, to: 6)
        let tables = """
            SELECT count(*) FROM sqlite_schema WHERE name LIKE '%soul%' OR name LIKE '%evidence%'
                OR name LIKE '%link%'
            """
        #expect(try scratch.text(tables) == "0")
        #expect(try scratch.text("SELECT content FROM memory") == "kept")
        let writer = try scratch.writer()
        #expect(writer.state.soulCount == 0 && writer.state.nextEvidenceID == 1)
        #expect(try StoreReader(path: scratch.path).souls().isEmpty)
        #expect(try StoreReader(path: scratch.path).links(of: 1).isEmpty)
    }

    @Test(
        "a damaged row is told of, not trusted",
        arguments: [
            "UPDATE soul SET pro = -1", "UPDATE soul SET judged = '[1]'",
            "UPDATE soul SET judged = '[0,0,0,0,9999999999]'", "UPDATE soul SET age = -1",
        ])
    func damaged(sql: String) throws {
        let writer = try scratch.writer()
        var believer = Believer(sequence: 1)
        _ = try write([believer.feel(.joy, "a")], writer)
        try scratch.execute(sql)
        #expect(throws: ReadError.self) { try StoreReader(path: scratch.path).souls() }
        #expect(throws: ReadError.self) { try writer.soul(of: "a") }
    }
}
