import Core
import Testing

@Suite("Topic filters")
struct TopicFilterTests {
    @Test(
        "a filter matches what section 4.7 says",
        arguments: [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/tennis/player1/#", "sport/tennis/player10", false),
            ("sport/#", "sport", true),
            ("#", "a", true),
            ("#", "/", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+", "finance", true),
            ("+", "/finance", false),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("a//b", "a//b", true),
            ("a//b", "a/b", false),
            ("a/b", "a/bc", false),
            ("a/bc", "a/b", false),
            ("a/b", "a/b/", false),
            ("a/b/", "a/b", false),
            ("+/#", "a", true),
            ("a/+/c/#", "a/b/c", true),
            ("a/+/c/#", "a/b/d", false),
            ("#", "$SYS/uptime", false),
            ("+/uptime", "$SYS/uptime", false),
            ("$SYS/#", "$SYS/uptime", true),
            ("$SYS/+", "$SYS/uptime", true),
            ("a/#", "a/$b", true),
            ("é/+", "é/ü", true),
            ("A/b", "a/b", false),
            ("a/\u{301}b", "a/\u{301}b", true),
            ("+/+", "a/\u{301}b", true),
            ("e\u{301}", "\u{e9}", false),
            ("+", "", false),
        ])
    func matching(_ filter: String, _ topic: String, _ expected: Bool) throws {
        #expect(try TopicFilter(filter).matches(topic) == expected)
    }

    @Test(
        "a text that is no filter is refused with its reason",
        arguments: [
            ("", TopicError.empty),
            ("a\0b", .containsNull),
            ("sport/tennis#", .misplacedWildcard(level: "tennis#")),
            ("sport/#/ranking", .misplacedWildcard(level: "#")),
            ("sport+", .misplacedWildcard(level: "sport+")),
            ("++", .misplacedWildcard(level: "++")),
            ("##", .misplacedWildcard(level: "##")),
            (String(repeating: "a", count: 65_536), .tooLong(bytes: 65_536)),
            (String(repeating: "/", count: 128), .tooManyLevels(129)),
        ])
    func refusing(_ text: String, _ expected: TopicError) {
        #expect(throws: expected) { try TopicFilter(text) }
        #expect(!expected.description.isEmpty)
    }

    @Test("the longest and the deepest filter are allowed")
    func bounds() throws {
        let long = String(repeating: "é", count: 32_767) + "a"
        #expect(try TopicFilter(long).matches(long))
        let deep = String(repeating: "/", count: 127)
        #expect(try TopicFilter(deep).matches(deep))
        #expect(try TopicFilter(deep).description == deep)
    }

    @Test("filters are told apart by their bytes")
    func equality() throws {
        #expect(try TopicFilter("e\u{301}") != TopicFilter("\u{e9}"))
        #expect(try TopicFilter("a/+") == TopicFilter("a/+"))
        #expect(throws: TopicError.misplacedWildcard(level: "#\u{301}")) {
            try TopicFilter("a/#\u{301}")
        }
    }

    @Test("a name to publish on holds no wildcard")
    func names() throws {
        try TopicName.validate("plant/1/$x")
        #expect(throws: TopicError.wildcardInName) { try TopicName.validate("plant/+/x") }
        #expect(throws: TopicError.wildcardInName) { try TopicName.validate("plant#") }
        #expect(throws: TopicError.empty) { try TopicName.validate("") }
        #expect(throws: TopicError.containsNull) { try TopicName.validate("\0") }
    }
}
