import Core
import Proof
import ProofTestSupport
import Store
import Testing

@testable import jameyctl

/// Lists and reports, of a store with a life and of a daemon that tells what the reader of that
/// store has.
@Suite("Lists and reports, asked of the daemon and of the store")
struct ListWordsTests {
    private let recording: Recording
    private let reader: StoreReader
    private let words: SameWords

    init() throws {
        recording = try Recording(PressRules.yaml())
        try recording.live(400, seed: 7)
        for (number, tag) in [(1, "hot"), (2, "cold"), (3, "hot")] {
            try recording.control(
                .store(
                    MemoryDraft(
                        layer: .semantic, content: "seal \(number) leaks", tags: [tag],
                        entity: "press-\(number)", author: "ada")))
        }
        try recording.control(
            .soul(SoulRequest(entity: "press-1", action: .set(0.25), author: "ada")))
        try recording.commit(try Self.further(recording))
        reader = try recording.reader()
        words = try SameWords(recording)
    }

    /// What an agent writes beside: who brought the rules about, and on what others would differ.
    private static func further(_ recording: Recording) throws -> Batch {
        let digest = try #require(recording.mind.ruleset?.digest)
        var batch = Batch()
        batch.activation = RuleActivation(
            eventSequence: 1, at: recording.at, digest: digest, how: .reload, author: "ada",
            userID: 1_000, message: "tighter limit for the presses, of which the third is loud")
        for (number, kind) in [ShadowDifference.Kind.denyToAllow, .score, .score].enumerated() {
            let at = Timestamp(microseconds: 1_764_000_000_000_000 + Int64(number) * 1_000_000)
            let json = """
                {"kind":"\(kind.name)","source":"rules","timestamp":"\(at.rfc3339())",\
                "event_seq":\(number + 1),"route":"commands","entity":"press-\(number)",\
                "rules":["no-harm"],"active":{"ruleset":"\(digest)","moral_score":-1.0},\
                "shadow":{"ruleset":"sha256:bb","moral_score":0.25}}
                """
            batch.differences.append(
                ShadowDifference(
                    kind: kind, source: .rules, at: at, eventSequence: Int64(number + 1),
                    route: "commands", entity: "press-\(number)", rules: ["no-harm"],
                    active: digest, shadow: "sha256:bb", omitted: number, json: Array(json.utf8)))
        }
        return batch
    }

    @Test("decisions")
    func decisions() throws {
        let found = try reader.decisions(DecisionQuery(limit: 50)).map(\.decision.json)
        try #require(found.count == 50)
        try words.expect(
            ["decisions"], ["/decisions?limit=50": .page("decisions", found)])
        let query = DecisionQuery(kind: .alert, limit: 3)
        let alerts = try reader.decisions(query).map(\.decision.json)
        try words.expect(
            ["decisions", "--kind", "alert", "-n", "3"],
            ["/decisions?kind=alert&limit=3": .page("decisions", alerts)])
    }

    @Test("memories, found by words and without, and one with its links")
    func memories() throws {
        let plain = try reader.search(MemoryQuery(limit: 10))
        // The daemon gives each a score, also where nothing was looked for.
        let scored = plain.memories.map { memory in
            var memory = memory
            memory.score = 1
            return memory.json()
        }
        try words.expect(
            ["memory", "search"],
            ["/memory?limit=10": .page("memories", scored, total: 3)])
        let best = try reader.search(MemoryQuery(text: "seal", tags: ["hot"], limit: 10))
        try #require(best.memories.count == 2)
        try words.expect(
            ["memory", "search", "seal", "--tag", "hot"],
            [
                "/memory?query=seal&tags=hot&limit=10": .page(
                    "memories", best.memories.map { $0.json() }, total: 2)
            ])
        let id = try #require(plain.memories.first).id
        try recording.control(.change(.link(id, "line-1", true), author: "ada"))
        let links = try reader.links(of: id)
        let one = try #require(try reader.memory(id)).json(links: links)
        try words.expect(["memory", "show", "\(id)"], ["/memory/\(id)": .json(one)])
        let none = #"{"error":"there is no memory 99","code":"NOT_FOUND"}"#
        try words.expect(
            ["memory", "show", "99"], ["/memory/99": .json(none, status: 404)], code: 1)
    }

    @Test("a list of memories that goes on says how")
    func pages() throws {
        let found = try reader.search(MemoryQuery(limit: 2))
        let next = try #require(found.next).text
        let page = PlayedDaemon.Answer.page(
            "memories", found.memories.map { $0.json() }, total: found.total, next: next)
        let daemon = try PlayedDaemon(words.socket) { _ in page }
        let asked = try Command(["memory", "search", "-n", "2", "--socket", words.socket]).wait()
        let file = try Command(["memory", "search", "-n", "2", "--database", recording.path])
            .wait()
        #expect(asked.output == file.output && asked.code == 0, "\(asked)")
        #expect(asked.errors == file.errors && asked.errors.contains("--cursor \(next)"))
        _ = try Command(
            ["memory", "search", "-n", "2", "--cursor", next, "--socket", words.socket]
        ).wait()
        #expect(daemon.asked.last?.target == "/memory?limit=2&cursor=\(next)")
    }

    @Test("what took effect, and rules in shadow")
    func rules() throws {
        let activations = try reader.activations(limit: 50).enumerated().map { index, stored in
            stored.json(isActive: index == 0)
        }
        try #require(!activations.isEmpty)
        try words.expect(
            ["rules", "history"],
            ["/rules/history?limit=50": .page("activations", activations)])
        let shadow = try ShadowReport(reader, since: nil, limit: 10).json(since: nil)
        try words.expect(
            ["shadow", "report"], ["/rules/shadow/report?limit=10": .json(shadow)])
    }

    @Test("the audit chain")
    func audit() throws {
        let head = PublishedHead(try reader.auditHead()).json
        try words.expect(["audit", "head"], ["/audit/head": .json(head)])
        var links: [[UInt8]] = []
        try reader.forEachLinkFromNewest { link in
            if link.kind == .decision { links.append(link.json) }
            return links.count < 5
        }
        try words.expect(
            ["audit", "list", "--kind", "decision", "-n", "5"],
            ["/audit?kind=decision&limit=5": .page("links", links)])
    }

    @Test("numbers over time: drawn, as CSV, and as JSON, to the last digit")
    func series() throws {
        let span = (since: "2023-11-14T00:00:00Z", until: "2023-11-15T00:00:00Z")
        let search = SeriesSearch(
            reader: reader, entity: "press-2", field: "vib",
            since: try Timestamp(rfc3339: span.since), until: try Timestamp(rfc3339: span.until))
        let series = try search.series(.raw)
        try #require(series.points.count > 3)
        let target =
            "/memory/series?entity=press-2&field=vib&since=2023-11-14T00%3A00%3A00.000000Z"
            + "&until=2023-11-15T00%3A00%3A00.000000Z&step=raw"
        let command = [
            "memory", "series", "press-2", "vib", "--since", span.since, "--until", span.until,
            "--resolution", "raw",
        ]
        try words.expect(command, [target: .json(series.json)])
        do {
            let daemon = try PlayedDaemon(words.socket) { _ in .json(series.json) }
            let file = try Command(command + ["--csv", "--database", recording.path]).wait()
            let asked = try Command(command + ["--csv", "--socket", words.socket]).wait()
            #expect(file.code == 0 && asked.code == 0 && asked.output == file.output, "\(asked)")
            _ = daemon
        }
        let other = SeriesSearch(
            reader: reader, entity: "press-2", field: "x", since: search.since,
            until: search.until)
        let empty = other.empty(.raw, instead: ["temp", "vib"], isCutOff: false)
        try words.expect(
            command.map { $0 == "vib" ? "x" : $0 },
            [target.replacing("field=vib", with: "field=x"): .json(empty.json)], code: 1)
    }

    @Test("what is believed of entities")
    func souls() throws {
        let now = SystemTime().now()
        let souls = try reader.currentSouls(at: now).sorted {
            $0.entity.utf8.lexicographicallyPrecedes($1.entity.utf8)
        }
        let report = try #require(try SoulReport(of: "press-1", reader, at: now)).json
        let answers: [String: PlayedDaemon.Answer] = [
            "/soul?limit=1000": .page("souls", souls.map(\.json)),
            "/soul/press-1": .json(report),
        ]
        let daemon = try PlayedDaemon(words.socket) { answers[$0.target] ?? .json("{}") }
        for sort in SoulOrder.allCases {
            let command = ["soul", "list", "--sort", sort.rawValue]
            let file = try Command(command + ["--database", recording.path]).wait()
            let asked = try Command(command + ["--socket", words.socket]).wait()
            #expect(file.code == 0 && asked.output == file.output, "\(sort): \(asked)\n\(file)")
        }
        // As JSON it has every digit of what time has taken since.
        let json = try Command(["soul", "list", "--json", "--socket", words.socket]).wait()
        let lines = Set(souls.map { String(decoding: $0.json, as: UTF8.self) })
        #expect(Set(json.lines) == lines && json.code == 0, "\(json)")
        let shown = try Command(["soul", "show", "press-1", "--socket", words.socket]).wait()
        let stored = try Command(["soul", "show", "press-1", "--database", recording.path]).wait()
        // The plot ends now.
        func facts(_ result: Command.Result) -> [String] {
            result.lines.filter { !$0.contains("│") && !$0.hasPrefix("     ") }
        }
        #expect(shown.code == 0 && facts(shown) == facts(stored), "\(shown)\n\(stored)")
        #expect(shown.lines.count == stored.lines.count)
        let told = try Command(
            ["soul", "show", "press-1", "--json", "--socket", words.socket]
        ).wait()
        #expect(told.output == String(decoding: report, as: UTF8.self) + "\n")
        _ = daemon
    }
}
