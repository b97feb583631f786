import Core
import TestSupport
import Testing

@testable import Store

@Suite("Recall")
struct RecallTests {
    let scratch: Scratch
    let reader: StoreReader

    private static let memories = [
        memory(10, "Overheat at 81 degrees near the door", tags: ["heat", "Shift A"]),
        memory(20, "The pump failed over night", entity: "pump-2", layer: .semantic),
        memory(30, "Die Spindel läuft heiß: Überhitzung", entity: "press-7", tags: ["heat"]),
        memory(40, "pump pressure low; pump stopped", entity: "pump-2", tags: ["pressure"]),
        memory(50, "café naïve Ångström ﬁn", layer: .longTerm),
        memory(60, "failed pump, no pressure", entity: "PUMP-2"),
        memory(70, "日本語 メモ", layer: .longTerm, tags: ["heat", "pressure"]),
    ]

    init() throws {
        scratch = try Scratch()
        let writer = try scratch.writer()
        for memory in Self.memories { try writer.remember([memory]) }
        try writer.close()
        reader = try StoreReader(path: scratch.path)
    }

    @Test(
        "words must all be there, phrases in order, beginnings with a star, letters folded",
        arguments: [
            ("pump", [2, 4, 6]), ("PUMP", [2, 4, 6]), ("pump failed", [2, 6]),
            ("\"pump failed\"", [2]), ("\"failed pump\"", [6]), ("pump pressure failed", [6]),
            ("pum*", [2, 4, 6]), ("pum", []), ("p*", [4, 6, 2, 7]), ("over*", [1, 2]),
            ("\"pump pres\"*", [4]), ("\"pump stop\" *", []), ("lauft", [3]), ("LÄUFT", [3]),
            ("uberhitzung", [3]), ("cafe naive angstrom", [5]), ("CAFÉ", [5]),
            ("cafe\u{301}", [5]), ("日本語", [7]), ("heat", [1, 3, 7]), ("shift", [1]),
            ("heat door", [1]), ("81", [1]), ("pump-2", []), ("pump;failed", [2]),
            ("failed, pump", [2, 6]), ("", [7, 6, 5, 4, 3, 2, 1]),
            (" \t\n", [7, 6, 5, 4, 3, 2, 1]),
        ] as [(String, [MemoryID])])
    func words(text: String, expected: [MemoryID]) throws {
        let found = try reader.ids(text)
        #expect(found.sorted() == expected.sorted())
        if text.allSatisfy(\.isWhitespace) { #expect(found == expected) }
    }

    @Test("what matches more, shorter, rarer or by its tag comes first; all scores are in 0...1")
    func order() throws {
        #expect(try reader.ids("pump").first == 4)
        #expect(try reader.ids("pressure") == [4, 7, 6])
        for text in ["pump", "heat", "pump pressure", "p*", "the", "pump pump pump"] {
            let page = try reader.search(MemoryQuery(text: text))
            let scores = page.memories.compactMap(\.score)
            #expect(scores.count == page.memories.count && !scores.isEmpty)
            #expect(scores.allSatisfy { (0...1).contains($0) && $0 > 0 }, "\(text): \(scores)")
            #expect(scores == scores.sorted(by: >))
        }
        #expect(try reader.search(MemoryQuery()).memories.allSatisfy { $0.score == nil })
    }

    @Test("layer, entity, tags and time select, alone, together and with words")
    func filters() throws {
        func ids(_ change: (inout MemoryQuery) -> Void) throws -> [MemoryID] {
            var query = MemoryQuery(limit: 100)
            change(&query)
            return try reader.ids(query)
        }
        func at(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }
        #expect(try ids { $0.layer = .longTerm } == [7, 5])
        #expect(try ids { $0.layer = .semantic } == [2])
        #expect(try ids { $0.entity = "pump-2" } == [4, 2])
        #expect(try ids { $0.entity = "pump" } == [])
        #expect(try ids { $0.entity = "PUMP-2" } == [6])
        #expect(try ids { $0.tags = ["heat"] } == [7, 3, 1])
        #expect(try ids { $0.tags = ["heat", "pressure"] } == [7])
        #expect(try ids { $0.tags = ["Shift A"] } == [1])
        #expect(try ids { $0.tags = ["shift a"] } == [])
        #expect(try ids { $0.tags = ["Shift"] } == [])
        #expect(try ids { $0.since = at(40) } == [7, 6, 5, 4])
        #expect(try ids { $0.until = at(40) } == [3, 2, 1])
        #expect(try ids { ($0.since, $0.until) = (at(21), at(41)) } == [4, 3])
        #expect(try ids { $0.since = at(71) } == [])
        #expect(try ids { $0.until = at(10) } == [])
        #expect(try ids { ($0.since, $0.until) = (at(50), at(20)) } == [])
        #expect(try ids { ($0.text, $0.layer) = ("pump", .semantic) } == [2])
        #expect(try ids { ($0.text, $0.entity) = ("pump", "pump-2") } == [4, 2])
        #expect(try ids { ($0.text, $0.since) = ("pump", at(21)) }.sorted() == [4, 6])
        #expect(try ids { ($0.text, $0.tags) = ("door", ["heat"]) } == [1])
        // Only what is selected by is in `facets`, and no word finds it there.
        for facet in ["l1", "e70756d702d32", "e7*", "facets", "t6*"] {
            #expect(try ids { $0.text = facet } == [])
        }
    }

    @Test("no text is an error or an operator, whatever is in it")
    func hostile() throws {
        var texts = (0...127).flatMap { code -> [String] in
            let sign = String(Unicode.Scalar(UInt8(code)))
            return [sign, "pump" + sign, sign + "pump", "pump \(sign) failed", sign + sign + sign]
        }
        texts += [
            "\"", "\"pump", "pump\"", "\"\"", "\"\"\"", "\"\" pump", "\"pump\"failed\"", "*", "**",
            "pump**", "NEAR(pump failed, 2)", "NEAR", "AND", "OR", "NOT", "pump AND", "NOT pump",
            "pump NOT failed", "content:pump", "{content tags}:pump", "-content:pump", "^pump",
            "pump + failed", "facets : l1", "memory_index MATCH 'a'", "' OR 1=1 --", "%s%n", "?1",
            "(pump", "pump)", "((((", "\u{0}pump", "pump\u{0}\"", "\u{FFFD}", "\u{202E}pump",
            "e\u{301}\"\u{301}x", "\u{1F600}", "\u{10FFFF}", "\"\u{301}\"",
            String(repeating: "pump ", count: 20_000), String(repeating: "\"", count: 100_001),
            String(repeating: "x", count: 1_000_000), String(repeating: "é", count: 5_000),
            String(repeating: "(", count: 10_000), String(repeating: "a* ", count: 10_000),
        ]
        for text in texts {
            let page = try reader.search(MemoryQuery(text: text, limit: 100))
            #expect(page.memories.count <= Self.memories.count)
            _ = try reader.ids(MemoryQuery(entity: text, tags: [text]))
        }
        #expect(try reader.ids("\"pump") == reader.ids("pump"))
        #expect(try reader.ids("pump\u{0}") == reader.ids("pump"))
        #expect(try reader.ids("pump OR door") == [])
        #expect(try reader.ids("pump NOT failed") == [])
        #expect(try reader.ids("!? pump").count == 3)
        // Something was asked for, and it is no word.
        for text in ["\"", "\"\"", "!?", "\"\"\"…\"", "*", "\u{1F600}"] {
            #expect(try reader.ids(text) == [])
        }
    }

    @Test(
        "pages follow each other without gap or repetition, also when more is remembered",
        arguments: ["", "word", "word rare*"])
    func pages(text: String) throws {
        let scratch = try Scratch()
        let writer = try scratch.writer()
        try writer.remember(
            (1...100).map { number in
                let many = String(repeating: "word ", count: 1 + number % 5)
                return memory(1, many + (number % 3 == 0 ? "rare\(number)" : "common"))
            })
        let reader = try StoreReader(path: scratch.path)
        var query = MemoryQuery(text: text, limit: 100)
        let all = try reader.search(query)
        #expect(all.next == nil)
        #expect(all.total == all.memories.count && !all.isTotalCapped)
        query.limit = 7
        var found: [MemoryID] = []
        for page in 0... {
            let next = try reader.search(query)
            #expect(next.memories.count <= 7)
            #expect(next.total == all.total)
            found += next.memories.map(\.id)
            guard let place = next.next else { break }
            // As a person carries it.
            query.page = MemoryPlace(place.text)
            #expect(query.page == place)
            // New at the front of both orders.
            if page == 1 { try writer.remember([memory(2, "word word word rare rare")]) }
        }
        #expect(Set(found).count == found.count)
        #expect(found.sorted() == all.memories.map(\.id).sorted())
    }

    @Test("a page that is cut ends where it was cut", arguments: ["", "word"])
    func cutPages(text: String) throws {
        let scratch = try Scratch()
        let writer = try scratch.writer()
        try writer.remember((1...20).map { memory(1, "word number\($0)") })
        let reader = try StoreReader(path: scratch.path)
        let all = try reader.ids(text)
        var query = MemoryQuery(text: text, limit: 5)
        var found: [MemoryID] = []
        while true {
            let page = try reader.search(query).prefix(2)
            found += page.memories.map(\.id)
            guard let next = page.next else { break }
            query.page = next
        }
        #expect(all.count == 20 && found == all)
    }

    @Test("what is no end of a page is none, and one that lies nowhere finds nothing or all")
    func places() throws {
        for text in [
            "", "-", "1", "1-", "-1", "1-2-3", "a-1", "1-b", " 1-2", "1--2", "+1-2", "١-٢",
        ] {
            #expect(MemoryPlace(text) == nil, "\(text)")
        }
        #expect(MemoryPlace("9223372036854775808-1") == nil)
        for text in ["0-0", "9223372036854775807-0", "0-9223372036854775807"] {
            let place: MemoryPlace = try #require(MemoryPlace(text))
            for words in ["", "pump"] {
                let page = try reader.search(MemoryQuery(text: words, page: place))
                #expect(page.memories.count <= Self.memories.count)
            }
        }
    }

    @Test("what is counted is counted up to a bound, and says so")
    func totals() throws {
        #expect(try reader.search(MemoryQuery(text: "pump", limit: 1)).total == 3)
        #expect(try reader.search(MemoryQuery(entity: "pump-2", limit: 1)).total == 2)
        #expect(try reader.search(MemoryQuery(text: "nothing")).total == 0)
        let scratch = try Scratch()
        let writer = try scratch.writer()
        try writer.remember((0...Limits.recallTotalMax).map { memory(1, "word \($0)") })
        let many = try StoreReader(path: scratch.path)
        for (text, total) in [("", Limits.recallTotalMax), ("word", Limits.recallCandidatesMax)] {
            let page = try many.search(MemoryQuery(text: text))
            #expect(page.total == total && page.isTotalCapped)
        }
    }

    @Test("no text that chance makes is an error, and scores are from 0 to 1")
    func chance() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let parts = [
            "pump", "failed", "\"", "*", "(", ")", ":", "^", "-", "+", "NEAR", "AND", "OR", "NOT",
            "{", "}", ",", "content", "facets", "'", ";", "--", "\\", "%", "\u{0}", "\u{301}",
            "é", "日本", "\u{1F600}", "\u{FFFD}", "\u{202E}", "\t", "\n", "1", "a*", "\"a b\"*",
        ]
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 0...12, using: &random))
                .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            let query = MemoryQuery(
                text: text, layer: Bool.random(using: &random) ? .episodic : nil,
                entity: Bool.random(using: &random) ? text : nil,
                tags: Bool.random(using: &random) ? [text] : [],
                limit: Int.random(in: 1...5, using: &random))
            let page = try #require(
                try? reader.search(query), "seed \(seed): \(text.debugDescription)")
            let scores = page.memories.compactMap(\.score)
            #expect(scores.allSatisfy { (0...1).contains($0) }, "seed \(seed): \(text)")
        }
    }

    @Test("a word that very many memories have is ranked among the newest, and weighs little")
    func common() throws {
        let scratch = try Scratch()
        let writer = try scratch.writer()
        for burst in 0..<20 {
            try writer.remember(
                (1...1_000).map { memory(1, "common " + ($0 == 1 ? "rare\(burst)" : "word")) })
        }
        let reader = try StoreReader(path: scratch.path)
        let common = try reader.search(MemoryQuery(text: "common"))
        #expect(common.memories.count == 10 && common.next != nil)
        #expect(common.memories.allSatisfy { $0.id > 18_000 })
        #expect(try reader.ids("common rare0") == [1])
        #expect(try reader.memoryCounts().total == 20_000)
    }

    @Test("counts tell layers apart")
    func counts() throws {
        let counts = try reader.memoryCounts()
        #expect(counts.layers.map(\.layer) == [.episodic, .semantic, .longTerm])
        #expect(counts.layers.map(\.count) == [4, 1, 2])
        #expect(counts.total == 7 && counts.pinned == 0)
        #expect(counts.oldest == Timestamp(microseconds: 10_000_000))
        #expect(counts.newest == Timestamp(microseconds: 70_000_000))
        let empty = try Scratch()
        try empty.writer().close()
        let none = try StoreReader(path: empty.path).memoryCounts()
        #expect(none.total == 0 && none.oldest == nil)
        #expect(try StoreReader(path: empty.path).ids("pump") == [])
    }
}
