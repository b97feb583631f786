import Core
import Mind
import Proof
import ProofTestSupport
import Store
import Testing

@Suite("Everything about an entity, page by page")
struct EntityRecordsTests {
    private typealias Kind = EntityRecords.Kind

    private let recording: Recording

    init() throws {
        recording = try Recording(PressRules.yaml())
        try recording.keepEverything(about: "press-1", besides: "press-2")
    }

    private var time: Timestamp { recording.at + .seconds(86_400) }

    /// On how many pages records came, and in which order.
    private struct Told {
        var records: [String] = []
        var pages = 0
        var emptyPages = 0

        func of(_ kind: Kind) -> [String] {
            records.filter { $0.hasPrefix("{\"\(kind.rawValue)\":") }
        }
    }

    /// - Parameters:
    ///   - limit: and `most`: of each page.
    ///   - between: done between two pages, with where the next begins.
    private func tell(
        of entity: String = "press-1", limit: Int = 100_000, looking most: Int = 100_000,
        _ between: (EntityRecords.Cursor) throws -> Void = { _ in }
    ) throws -> Told {
        let reader = try recording.reader()
        var told = Told()
        var next: EntityRecords.Cursor? = .start
        while let place = next {
            // As the API does, which knows nothing of the page before.
            var records = EntityRecords(of: entity, in: reader, at: time)
            let page = try records.next(behind: place, limit: limit, looking: most)
            #expect(page.records.count <= limit)
            told.records += page.records.map { String(decoding: $0, as: UTF8.self) }
            told.pages += 1
            told.emptyPages += page.records.isEmpty ? 1 : 0
            next = page.next
            guard let next else { break }
            #expect(EntityRecords.Cursor(next.text) == next, "\(next.text)")
            try #require(next != place && told.pages < 10_000, "the pages do not end: \(next)")
            try between(next)
        }
        return told
    }

    // MARK: One page

    @Test("one page has three of every kind, in the order of the kinds, and nothing of others")
    func whole() throws {
        let whole = try tell()
        #expect(whole.pages == 1)
        for kind in Kind.allCases {
            // Of what was said, felt, told and linked; of two fields on two routes; of two kinds.
            let count: [Kind: Int] = [
                .event: 15, .soul: 1, .minute: 12, .hour: 12, .day: 8, .difference: 6,
            ]
            #expect(whole.of(kind).count == count[kind] ?? 3, "\(kind): \(whole.of(kind))")
        }
        #expect(whole.records == Kind.allCases.flatMap { whole.of($0) })
        let mentions = whole.records.filter { $0.contains("press-2") }
        #expect(mentions.allSatisfy { $0.hasPrefix("{\"memory_link\":") }, "\(mentions)")
        #expect(try tell(of: "nobody").records.isEmpty)
    }

    @Test("of each kind the records are those of its own readers, the oldest first")
    func kinds() throws {
        let (whole, reader) = (try tell(), try recording.reader())
        func lines(_ kind: Kind, _ json: [[UInt8]]) -> [String] {
            json.map { "{\"\(kind.rawValue)\":\(String(decoding: $0, as: UTF8.self))}" }
        }
        let decisions = try reader.decisions(
            DecisionQuery(entity: "press-1", isNewestFirst: false, limit: 100))
        #expect(whole.of(.decision) == lines(.decision, decisions.map(\.decision.json)))
        let memories = try reader.search(MemoryQuery(entity: "press-1", limit: 100)).memories
        #expect(whole.of(.memory) == lines(.memory, memories.reversed().map { $0.json() }))
        let episodes = try reader.episodes(EpisodeQuery(entity: "press-1", limit: 100))
        #expect(whole.of(.episode) == lines(.episode, episodes.reversed().map(\.json)))
        let report = try #require(try SoulReport(of: "press-1", reader, at: time))
        let soul = try #require(report.now)
        #expect(whole.of(.soul) == lines(.soul, [soul.json]))
        #expect(whole.of(.evidence) == lines(.evidence, report.course.map(\.json)))
        for (kind, resolution) in [
            (.minute, .minute), (.hour, .hour), (.day, .day),
        ] as [(Kind, Resolution)] {
            let rollUps = try reader.rollUps(
                RollUpQuery(
                    entity: "press-1", resolution: resolution, first: 0, last: 1_000_000_000))
            let points = rollUps.flatMap { Series.lines(of: $0, by: resolution) }
            #expect(whole.of(kind) == lines(kind, points))
        }
        let times = whole.of(.difference).compactMap { $0.split(separator: "timestamp").last }
        #expect(times == times.sorted() && times.count == 6, "\(times)")
    }

    // MARK: Pages

    @Test(
        "pages of any size have together what one has, each once",
        arguments: [(1, 100_000), (2, 100_000), (7, 5), (1, 1), (100_000, 1), (100_000, 3)])
    func pages(_ limit: Int, _ most: Int) throws {
        let whole = try tell().records
        let told = try tell(limit: limit, looking: most)
        #expect(told.records == whole)
        if limit == 1, most > 1 { #expect(told.pages == whole.count && told.emptyPages == 0) }
        if most == 1 { #expect(told.emptyPages > 10, "those of others were not looked at") }
    }

    @Test("what one reads with the same value has what others read anew")
    func sameReader() throws {
        var records = EntityRecords(of: "press-1", in: try recording.reader(), at: time)
        var found: [String] = []
        var next: EntityRecords.Cursor? = .start
        while let place = next {
            let page = try records.next(behind: place, limit: 4)
            found += page.records.map { String(decoding: $0, as: UTF8.self) }
            next = page.next
        }
        #expect(try tell().records == found)
    }

    @Test("rule sets are read for the first page, and not for those that know their routes")
    func rulesetsOnce() throws {
        let (reader, known) = (try recording.reader(), KnownRoutes())
        func events(_ routes: KnownRoutes) throws -> Int {
            var records = EntityRecords(of: "press-1", in: reader, at: time, knowing: routes)
            let page = try records.next(behind: .start, limit: 100_000, looking: 100_000)
            return page.records.filter { $0.starts(with: Array("{\"event\":".utf8)) }.count
        }
        let count = try events(known)
        #expect(count == 15)
        try recording.execute("UPDATE ruleset_file SET text = 'routes: ['")
        #expect(try events(known) == count)
        // Requests and verdicts name it without a route.
        #expect(try events(KnownRoutes()) < count)
    }

    @Test("a page ends earlier where its records are large")
    func bytes() throws {
        let text = String(repeating: "a", count: 300_000)
        for _ in 0..<8 {
            try recording.hear("plant/a/large/telemetry", #"{"vib":1,"temp":1,"a":"\#(text)"}"#)
        }
        var records = EntityRecords(of: "large", in: try recording.reader(), at: time)
        let first = try records.next(behind: .start, limit: 1_000)
        #expect(first.records.count == 4 && first.next != nil)
        #expect(try tell(of: "large", limit: 1_000).of(.event).count == 8)
    }

    // MARK: Between pages

    @Test("what comes between two pages is told or not, and leaves the rest as it is, each once")
    func written() throws {
        let before = try tell()
        var kinds: Set<String> = []
        let told = try tell(limit: 1) { place in
            // Within each kind.
            let parts = place.text.split(separator: ":")
            guard parts.count > 1, kinds.insert(String(parts[0])).inserted else { return }
            // Before the minute is over.
            let soon = Duration.milliseconds(1)
            try recording.hear("plant/a/press-1/telemetry", #"{"vib":1}"#, after: soon)
            try recording.hear(
                "cmd/press-1/spin/proposed", #"{"action":"spin","rpm":100}"#, after: soon)
            try recording.control(
                .store(MemoryDraft(layer: .semantic, content: "new", entity: "press-1")),
                after: soon)
            var batch = Batch()
            // Before, between and behind the routes that a period has.
            batch.rollUps = ["a", "tele", "zinc"].flatMap { route in
                (Int64(1)...3).map { recording.rollUp(of: "press-1", route, $0) }
            }
            try recording.commit(batch)
        }
        // Within a soul there is no place.
        #expect(kinds == Set(Kind.allCases.map(\.rawValue)).subtracting(["soul"]))
        // A soul and its evidence are as they are when they are told.
        let steady = before.records.filter { text in
            !["soul", "evidence"].contains { text.hasPrefix("{\"\($0)\"") }
        }
        let known = Set(steady)
        #expect(told.records.filter { known.contains($0) } == steady)
        #expect(told.of(.soul).count == 1)
        #expect(told.of(.evidence).count >= before.of(.evidence).count)
        #expect(told.records.count > before.records.count + 10)
    }

    @Test("what goes between two pages takes nothing with it that comes behind")
    func deleted() throws {
        let before = try tell().records
        let gone = [
            "decision_entity": "row", "memory_link": "memory", "evidence": "id", "episode": "id",
            "episode_event": "rowid", "rollup_minute": "row", "shadow_difference": "id",
            "alert_ack": "id",
        ]
        let told = try tell(limit: 1) { place in
            // The oldest of the kind, once it was told.
            let parts = place.text.split(separator: ":")
            let kind = parts[0] == "decision" ? "decision_entity" : String(parts[0])
            guard let number = gone[kind], parts.count > 1 else { return }
            let last = parts.last.map(String.init) ?? ""
            let isDone = kind != "rollup_minute" || last == "2"
            let row = kind == "rollup_minute" ? String(parts[1]) : last
            if isDone {
                try recording.execute("DELETE FROM \(kind) WHERE \(number) = \(row)")
            }
        }
        #expect(told.records == before)
        #expect(try tell().records.count < before.count - 20)
    }

    // MARK: Places

    @Test(
        "a place is told as text, and what none is so is none",
        arguments: [
            "event", "event:0", "event:17", "soul:1", "rollup_minute:3:2", "rollup_hour:480",
            "rollup_day:-2:0:telemetry", "rollup_day:20:1:a:b", "rollup_hour:480:64:",
            "shadow_difference:1700000000000000:6597069766657",
            "event:9223372036854775807", "event:-9223372036854775808",
            "rollup_hour:9223372036854775807:9223372036854775807:x",
            "rollup_minute:-9223372036854775808:1",
        ])
    func places(_ text: String) throws {
        let place = try #require(EntityRecords.Cursor(text))
        #expect(place.text == text)
        // Wherever somebody begins, there is an answer.
        var records = EntityRecords(of: "press-1", in: try recording.reader(), at: time)
        _ = try records.next(behind: place, limit: 10)
    }

    @Test(
        "what is no place is refused",
        arguments: [
            "", ":", "17", "event:", "event:x", "event:1:2", "event:+1", "event:1.5", "event: 1",
            "Event:1", "events", "rollup_minute:1:2:x", "rollup_hour:1:2", "rollup_hour:1:-2:x",
            "shadow_difference:1:2:x", "shadow_difference:1:", "event:9223372036854775808",
            "event:--1", "soul:1:1", "rollup_minute:1:-1",
        ])
    func noPlaces(_ text: String) {
        #expect(EntityRecords.Cursor(text) == nil)
    }
}
