import Core
import Testing

@Suite("Topic patterns")
struct TopicPatternTests {
    @Test("names become the wildcards of the subscription")
    func filters() throws {
        let pattern = try TopicPattern("plant/{line}/{device}/telemetry")
        #expect(pattern.filter.text == "plant/+/+/telemetry")
        #expect(pattern.captureNames == ["line", "device"])
        #expect(pattern.description == "plant/{line}/{device}/telemetry")
        #expect(try TopicPattern("a/{rest...}").filter.text == "a/#")
        #expect(try TopicPattern("{all...}").filter.text == "#")
        #expect(try TopicPattern("+/{b_2}/#").captureNames == ["b_2"])
    }

    @Test(
        "captures are the levels where the names stand",
        arguments: [
            ("plant/{line}/{device}/telemetry", "plant/1/press-7/telemetry", ["1", "press-7"]),
            ("plant/{line}/{device}/telemetry", "plant/1/press-7/telemetryx", nil),
            ("plant/{line}/{device}/telemetry", "plant/1/press-7", nil),
            ("plant/{line}/{device}/telemetry", "plant/1/press-7/telemetry/x", nil),
            ("plant/{line}/{device}/telemetry", "plant///telemetry", ["", ""]),
            ("cmd/{device}", "cmd/", [""]),
            ("cmd/{device}", "cmd", nil),
            ("a/{rest...}", "a/b/c//d", ["b/c//d"]),
            ("a/{rest...}", "a/b", ["b"]),
            ("a/{rest...}", "a/", [""]),
            ("a/{rest...}", "a", nil),
            ("{all...}", "x/y", ["x/y"]),
            ("{all...}", "$SYS/y", nil),
            ("{a}/y", "$SYS/y", nil),
            ("$SYS/{a}", "$SYS/y", ["y"]),
            ("+/{b}/#", "x/y/z/w", ["y"]),
            ("+/{b}/#", "x/y", ["y"]),
            ("+/{b}/#", "x", nil),
            ("a/b", "a/b", []),
            ("a/#", "a", []),
            ("é/{x}", "é/ü", ["ü"]),
            ("a/{x}", "a/\u{301}b", ["\u{301}b"]),
            ("a/{x}/c", "a/b/\u{301}/c", nil),
            ("{x}", "", nil),
        ] as [(String, String, [String]?)])
    func captures(_ pattern: String, _ topic: String, _ expected: [String]?) throws {
        #expect(try TopicPattern(pattern).match(topic) == expected)
    }

    @Test(
        "a text that is no pattern is refused with its reason",
        arguments: [
            ("", TopicError.empty),
            ("a/{b", .malformedPlaceholder("{b")),
            ("a/b}", .malformedPlaceholder("b}")),
            ("a/x{b}", .malformedPlaceholder("x{b}")),
            ("a/{b}x", .malformedPlaceholder("{b}x")),
            ("a/{}", .malformedPlaceholder("{}")),
            ("a/{...}", .malformedPlaceholder("{...}")),
            ("a/{1b}", .malformedPlaceholder("{1b}")),
            ("a/{b-c}", .malformedPlaceholder("{b-c}")),
            ("a/{b}\u{301}", .malformedPlaceholder("{b}\u{301}")),
            ("a/{", .malformedPlaceholder("{")),
            ("{a}/{a}", .duplicatePlaceholder("a")),
            ("{a...}/b", .restNotLast("a")),
            ("a/#/{b}", .misplacedWildcard(level: "#")),
            ("a/b+/{b}", .misplacedWildcard(level: "b+")),
        ])
    func refusing(_ text: String, _ expected: TopicError) {
        #expect(throws: expected) { try TopicPattern(text) }
        #expect(!expected.description.isEmpty)
    }

    @Test("what a pattern matches, its subscription delivers")
    func agreement() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<5_000 {
            let text = TopicTrieTests.randomFilter(&random)
            let topic = TopicTrieTests.randomTopic(&random)
            let pattern = try TopicPattern(text)
            let matched = pattern.match(topic) != nil
            #expect(matched == pattern.filter.matches(topic), "\(text) \(topic) seed \(seed)")
        }
    }
}
