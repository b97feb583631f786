import Core
import TestSupport
import Testing

@testable import Store

@Suite("Episodes in the store")
struct EpisodeTests {
    let scratch: Scratch
    /// Events are a second apart.
    let now = Timestamp(microseconds: 10_000 * 1_000_000)

    init() throws { scratch = try Scratch() }

    /// The third level of a topic.
    private static func entities(_ topic: String) -> [String] {
        topic.split(separator: "/").dropFirst(2).prefix(1).map(String.init)
    }

    private static func time(_ second: Int64) -> Timestamp {
        Timestamp(microseconds: second * 1_000_000)
    }

    private static func episode(
        _ entity: String, at second: Int64, runUp: Int64 = 20, followUp: Int64 = 10,
        ended: Int64? = nil
    ) -> Episode {
        Episode(
            entity: entity, decisionID: "d-\(second)", eventSequence: second,
            openedAt: time(second), runUpFrom: time(second - runUp), followUp: .seconds(followUp),
            severity: "critical",
            triggers: [
                Episode.Trigger(
                    kind: .alert, name: "overheat", decisionID: "d-\(second)", message: "at 91",
                    since: time(second), until: ended.map(time))
            ],
            changes: [Episode.Change(field: "temp", before: 70, after: ended.map { _ in 60 })],
            endedAt: ended.map(time))
    }

    private func commit(_ changes: EpisodeChange..., to writer: StoreWriter) throws(CommitError) {
        var batch = Batch()
        batch.episodes = changes
        _ = try writer.commit(batch, synced: false)
    }

    private func close(
        _ entity: String, opened second: Int64, ended: Int64, in writer: StoreWriter,
        runUp: Int64 = 20
    ) throws(CommitError) {
        let episode = Self.episode(entity, at: second, runUp: runUp, ended: ended)
        try commit(
            .closed(episode, at: Self.time(ended + 10), summary: "hot"), to: writer)
    }

    /// 1,000 events of ten presses in turn, all of which retention may delete.
    private func filled(
        _ count: EventSequence = 1_000, payload: [UInt8]? = nil
    ) throws -> StoreWriter {
        let writer = try scratch.writer()
        try writer.fill(1...count, payload: payload) { "plant/a/press-\($0 % 10)/telemetry" }
        var rest = Batch()
        rest.checkpoint = checkpoint(count)
        rest.acknowledgedThrough = count
        _ = try writer.commit(rest, synced: false)
        return writer
    }

    private func trimAll(
        _ writer: StoreWriter, slice: Int = 100, maxBytes: Int64 = .max
    ) throws(CommitError) {
        while try writer.trim(
            maxAge: .zero, maxBytes: maxBytes, now: now, slice: slice, entities: Self.entities
        ).isMore {}
    }

    private func sequences(_ id: Int64, limit: Int = 1_000) throws -> [EventSequence] {
        let reader = try StoreReader(path: scratch.path)
        let episode = try #require(try reader.episode(id))
        return try reader.events(of: episode, limit: limit, Self.entities).events
            .map(\.sequence)
    }

    @Test("an episode is found while it is open, and as it was when it closed")
    func rows() throws {
        let writer = try scratch.writer()
        try commit(.opened(Self.episode("press-7", at: 100)), to: writer)
        try commit(.opened(Self.episode("press-8", at: 200)), to: writer)
        let reader = try StoreReader(path: scratch.path)
        var found = try reader.episodes()
        #expect(found.map(\.id) == [2, 1] && found.map(\.entity) == ["press-8", "press-7"])
        #expect(found[1].closedAt == nil && found[1].windows.count == 1)
        try close("press-7", opened: 100, ended: 130, in: writer)
        found = try reader.episodes(EpisodeQuery(entity: "press-7"))
        #expect(found.map(\.summary) == ["hot"] && found[0].closedAt == Self.time(140))
        let ended = Self.episode("press-7", at: 100, ended: 130)
        #expect(found[0].triggers == ended.triggersJSON && found[0].changes == ended.changesJSON)
        #expect(
            found[0].windows == [Self.time(80)...Self.time(110), Self.time(130)...Self.time(140)])
        #expect(try reader.episodes(EpisodeQuery(isOpen: true)).map(\.id) == [2])
        #expect(try reader.episodes(EpisodeQuery(since: Self.time(141))).map(\.id) == [2])
        #expect(try reader.episodes(EpisodeQuery(until: Self.time(200))).map(\.id) == [1])
        #expect(try reader.episodes(EpisodeQuery(limit: 1, before: 2)).map(\.id) == [1])
        #expect(try reader.episode(3) == nil)
    }

    /// All messages of an episode, page by page.
    private func pages(
        of episode: StoredEpisode, from reader: StoreReader, limit: Int = .max - 1,
        looking most: Int = .max, bytesMax: Int = .max
    ) throws -> [[EventSequence]] {
        var (found, next): ([[EventSequence]], EventSequence?) = ([], 0)
        while let last = next {
            let page = try reader.events(
                of: episode, after: last, limit: limit, looking: most, bytesMax: bytesMax,
                Self.entities)
            found.append(page.events.map(\.sequence))
            try #require(found.count <= 1_000, "the pages do not end")
            next = page.next
        }
        return found
    }

    @Test("pages end where they are full, and have every message once")
    func pages() throws {
        let writer = try filled(payload: Array("123456".utf8))
        try commit(.opened(Self.episode("press-7", at: 507)), to: writer)
        try close("press-7", opened: 507, ended: 700, in: writer)
        let reader = try StoreReader(path: scratch.path)
        let stored = try #require(try reader.episode(1))
        let all: [EventSequence] = [487, 497, 507, 517, 707]
        for limit in 1...6 {
            let found = try pages(of: stored, from: reader, limit: limit)
            #expect(Array(found.joined()) == all, "\(limit) each: \(found)")
            #expect(found.allSatisfy { $0.count <= limit }, "\(limit) each: \(found)")
        }
        // A page in which nothing is found has another one behind it.
        let looked = try pages(of: stored, from: reader, looking: 4)
        #expect(Array(looked.joined()) == all && looked.contains([]), "\(looked)")
        #expect(try pages(of: stored, from: reader, bytesMax: 1) == all.map { [$0] })
        let end = try reader.events(of: stored, after: .max, limit: 1, Self.entities)
        #expect(end.events.isEmpty && end.next == nil)
    }

    @Test("numbers are not used again, nor after a step down and up")
    func numbers() throws {
        var writer = try scratch.writer()
        try commit(.opened(Self.episode("press-7", at: 100)), to: writer)
        try scratch.execute("DELETE FROM episode")
        try writer.close()
        try StoreWriter.migrate(path: scratch.path, to: 7)
        writer = try scratch.writer()
        try commit(.opened(Self.episode("press-7", at: 200)), to: writer)
        #expect(try StoreReader(path: scratch.path).episodes().map(\.id) == [2])
    }

    @Test("what belongs to an episode is the same before and after retention")
    func retention() throws {
        let writer = try filled()
        try commit(.opened(Self.episode("press-7", at: 507)), to: writer)
        try close("press-7", opened: 507, ended: 700, in: writer)
        let all: [EventSequence] = [487, 497, 507, 517, 707]
        #expect(try sequences(1) == all)
        let before = try StoreReader(path: scratch.path).events(
            of: #require(try StoreReader(path: scratch.path).episode(1)), limit: 100, Self.entities
        ).events
        // Half of the episode is in the log, half of it is kept.
        _ = try writer.trim(
            maxAge: .zero, maxBytes: .max, now: now, slice: 500, entities: Self.entities)
        #expect(try writer.firstSequence() == 501 && sequences(1) == all)
        try trimAll(writer)
        #expect(try writer.firstSequence() == 1_000)
        let reader = try StoreReader(path: scratch.path)
        let stored = try #require(try reader.episode(1))
        #expect(try reader.events(of: stored, limit: 100, Self.entities).events == before)
        #expect(try pages(of: stored, from: reader, limit: 2).map(\.count) == [2, 2, 1])
        #expect(stored.events == 5 && stored.leftOut == 0)
        #expect(try sequences(1, limit: 2) == [487, 497])
        #expect(try scratch.text("SELECT count(*) FROM episode WHERE is_kept = 1") == "1")
    }

    @Test("one that is open keeps its beginning, and later its end")
    func long() throws {
        let writer = try filled()
        try commit(.opened(Self.episode("press-3", at: 103)), to: writer)
        for _ in 0..<5 {
            _ = try writer.trim(
                maxAge: .zero, maxBytes: .max, now: now, slice: 100, entities: Self.entities)
        }
        #expect(try writer.firstSequence() == 501)
        try close("press-3", opened: 103, ended: 803, in: writer)
        try trimAll(writer)
        #expect(try sequences(1) == [83, 93, 103, 113, 803, 813])
    }

    @Test(
        "what is kept does not depend on the slices, nor on crashes between them",
        arguments: [1, 2, 3, 4, 5] as [UInt64])
    func slices(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var writer = try filled()
        var spans: [(entity: String, from: Int64, to: Int64)] = []
        for _ in 0..<8 {
            let from = Int64.random(in: 20...900, using: &random)
            spans.append(
                (
                    "press-\(Int.random(in: 0...9, using: &random))", from,
                    Int64.random(in: from...990, using: &random)
                ))
        }
        spans.sort { $0.from < $1.from }
        var taken: Set<Int64> = []
        spans = spans.filter { taken.insert($0.from).inserted }
        for span in spans {
            try commit(.opened(Self.episode(span.entity, at: span.from)), to: writer)
        }
        // Those that have not ended when retention comes near are closed just before.
        var closed = 0
        while true {
            let first = try #require(try writer.firstSequence())
            let reach = first + 100
            for span in spans.sorted(by: { $0.to < $1.to }).dropFirst(closed)
            where span.to <= reach {
                try close(span.entity, opened: span.from, ended: span.to, in: writer)
                closed += 1
            }
            let slice = Int.random(in: 1...60, using: &random)
            let trimmed = try writer.trim(
                maxAge: .zero, maxBytes: .max, now: now, slice: slice, entities: Self.entities)
            if !trimmed.isMore { break }
            guard Int.random(in: 0..<8, using: &random) == 0 else { continue }
            // Not closed: what a crash leaves.
            let crashed = try scratch.crashedCopy()
            #expect(try crashed.writer().firstSequence() == writer.firstSequence())
            try writer.close()
            writer = try scratch.writer()
        }
        #expect(closed == spans.count)
        for (place, span) in spans.enumerated() {
            let number = Int64(span.entity.dropFirst(6)) ?? -1
            let expected = (1...999).filter { second in
                second % 10 == number
                    && ((span.from - 20...span.from + 10).contains(second)
                        || (span.to...span.to + 10).contains(second))
            }
            // The last event is in the log still.
            let found = try sequences(Int64(place + 1)).filter { $0 < 1_000 }
            #expect(found == expected, "seed \(seed), \(span)")
        }
    }

    @Test("of a long run-up so many events are kept, and of the end as many again")
    func bounds() throws {
        let writer = try filled(8_000)
        try commit(.opened(Self.episode("press-7", at: 5_007, runUp: 5_000)), to: writer)
        try close("press-7", opened: 5_007, ended: 6_000, in: writer, runUp: 5_000)
        try trimAll(writer, slice: 2_000)
        let stored = try #require(try StoreReader(path: scratch.path).episode(1))
        #expect(stored.events == Limits.episodeEventsMax + 1)
        #expect(stored.leftOut == 502 - Limits.episodeEventsMax)
        #expect(try sequences(1).last == 6_007)
    }

    @Test("when events of episodes take too much, those of the oldest go")
    func share() throws {
        let writer = try filled(payload: [UInt8](repeating: 1, count: 10_000))
        for second in [107, 307, 507] as [Int64] {
            try commit(.opened(Self.episode("press-7", at: second)), to: writer)
            try close("press-7", opened: second, ended: second, in: writer)
        }
        // Four events of each, 40,000 bytes and their topics.
        try trimAll(writer, maxBytes: 90_000 * Limits.episodeShareOfStore)
        let found = try StoreReader(path: scratch.path).episodes()
        #expect(found.map(\.events) == [4, 4, 0] && found.map(\.leftOut) == [0, 0, 4])
        #expect(try scratch.text("SELECT count(*) FROM episode_event") == "8")
    }

    @Test("beyond so many, the oldest episodes are deleted, in slices")
    func count() throws {
        let writer = try filled()
        for second in [107, 207, 307, 407] as [Int64] {
            try commit(.opened(Self.episode("press-7", at: second)), to: writer)
        }
        try trimAll(writer)
        let slice = try writer.trim(
            maxAge: .zero, maxBytes: .max, now: now, slice: 1, episodesMax: 2)
        #expect(slice.episodes == 1 && slice.isMore)
        let next = try writer.trim(
            maxAge: .zero, maxBytes: .max, now: now, slice: 10, episodesMax: 2)
        #expect(next.episodes == 1 && !next.isMore)
        #expect(try StoreReader(path: scratch.path).episodes().map(\.id) == [4, 3])
        let left = "SELECT count(*) FROM episode_event WHERE episode < 3"
        #expect(try scratch.text(left) == "0")
        // It closes nevertheless.
        try close("press-7", opened: 107, ended: 120, in: writer)
    }
}
