@testable import CEL
import Core
import Testing

struct PatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool {
        var fuel = Fuel(Limits.evaluationFuelMax)
        return try Pattern(pattern).matches(text, spending: &fuel)
    }

    @Test(
        "patterns match as RE2 says",
        arguments: [
            ("", "", true), ("", "abc", true), ("abc", "xabcx", true), ("abc", "ab", false),
            ("^abc$", "abc", true),
            ("^abc$", "xabc", false), ("a.c", "abc", true), ("a.c", "a\nc", false),
            ("(?s)a.c", "a\nc", true),
            ("a|b|", "", true), ("^(a|b)$", "b", true), ("^a*$", "aaa", true), ("^a+$", "", false),
            ("^a?b$", "b", true),
            ("^a{2}$", "aa", true), ("^a{2}$", "aaa", false), ("^a{2,}$", "aaaa", true),
            ("^a{2,3}$", "aaaa", false),
            ("^a{0}b$", "b", true), ("^a{,2}$", "a{,2}", true), ("^a{x}$", "a{x}", true),
            ("a{", "a{", true),
            ("^a*?b+?c??$", "aab", true), ("^[abc]+$", "cab", true), ("^[^abc]$", "d", true),
            ("^[^abc]$", "a", false),
            ("^[a-c]$", "b", true), ("^[]a]+$", "]a", true), ("^[^]]$", "a", true),
            ("^[a-]+$", "a-", true),
            ("^[\\]\\-\\d]+$", "]-5", true), ("^[\\w.]+$", "a_1.", true), ("^\\d+$", "123", true),
            ("^\\d$", "٣", false),
            ("^\\D\\W\\S$", "a a", true), ("^\\s$", "\t", true), ("^\\s$", "\u{B}", false),
            ("\\bfoo\\b", "a foo b", true),
            ("\\bfoo\\b", "afoo", false), ("\\Boo\\b", "foo", true), ("\\Aab\\z", "ab", true),
            ("(?i)ABC", "xabc", true),
            ("(?i)[a-c]+É", "Bé", true), ("(?i:a)b", "Ab", true), ("(?i:a)b", "AB", false),
            ("(?-i)a", "A", false),
            ("a(?i)b", "aB", true), ("(a(?i)b)c", "aBC", false), ("(?m)^b$", "a\nb\nc", true),
            ("^b$", "a\nb\nc", false),
            ("(?P<name>a)(?<other>b)(?:c)", "abc", true), ("^\\x41\\x{1F600}\\n$", "A😀\n", true),
            ("^\\101\\0$", "A\0", true),
            ("^\\pL\\p{Lu}\\P{L}\\p{^L}$", "aA11", true), ("^[\\p{Nd}]$", "٣", true),
            ("\\Qa.b\\E+", "a.bb", true),
            ("\\Qa.b", "axb", false), ("^[[:alpha:][:digit:]]+$", "a1", true),
            ("^[[:^alpha:]]$", "1", true),
            ("[[:punct:]]", "!", true), ("^😀{2}$", "😀😀", true), ("^\\.\\*\\/\\_$", ".*/_", true),
            ("^[^\\d\\s]$", "a", true),
            ("(a*)*b", "aab", true), ("(|a)+b", "b", true), ("(a|ab)(c|bcd)(d*)$", "abcd", true),
            ("x*", "y", true),
            ("(?U)a+", "a", true), ("^\\a\\f\\t\\r\\v$", "\u{7}\u{C}\t\r\u{B}", true),
            ("^*a", "a", true),
            ("^[\\x00-\\x{10FFFF}]$", "é", true), ("k", "\u{212A}", false),
            ("(?i)k", "\u{212A}", true),
        ])
    func semantics(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test(
        "broken patterns are refused",
        arguments: [
            "(", ")", "a)", "[", "[a", "[]", "*", "+a", "a**", "a+*", "a|*", "(*a)", "a{1001}",
            "a{2,1}", "a{1}{2}",
            "\\", "[\\", "\\1", "\\8", "\\q", "\\é", "(?z)", "(?i", "(?P<n", "(?P<>a)",
            "(?P<a-b>a)", "[b-a]", "\\pX",
            "\\p{Greek}", "[[:nope:]]", "[[:alpha]", "\\x4", "\\x{}", "\\x{110000}", "\\x{D800}",
            "[a-\\d]", "(?<n>", "\\C",
            "(a{1000}){1000}", "\\p",
        ])
    func broken(_ pattern: String) {
        #expect(throws: PatternError.self) { try Pattern(pattern) }
    }

    @Test("groups that nest too deep are refused, never an overflow of the stack")
    func depth() {
        let count = 10_000
        let pattern = String(repeating: "(", count: count) + String(repeating: ")", count: count)
        #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(throws: PatternError.self) { try Pattern(String(repeating: "(?:a|", count: count)) }
    }

    @Test("repetitions of nothing take no time")
    func emptyRepetitions() throws {
        var pattern = "()"
        for _ in 0..<20 { pattern = "(\(pattern){1000})" }
        #expect(try matches(pattern, "abc"))
    }

    @Test(
        "patterns that make backtracking engines explode are linear",
        arguments: [
            "(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*)*x", "a*a*a*a*a*a*b",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
        ])
    func linear(_ pattern: String) throws {
        var fuel = Fuel(Limits.evaluationFuelMax)
        let text = String(repeating: "a", count: 20_000) + "!"
        #expect(try !Pattern(pattern).matches(text, spending: &fuel))
        #expect(fuel.left > 0)
    }

    @Test("fuel bounds large patterns over long texts")
    func fuel() throws {
        var fuel = Fuel(10_000)
        let pattern = try Pattern("(a?){500}a{500}$")
        #expect(throws: EvaluationError.Reason.outOfFuel) {
            try pattern.matches(String(repeating: "a", count: 100_000) + "b", spending: &fuel)
        }
    }

    @Test("every Unicode category is what its name says")
    func categories() throws {
        let samples: [(String, String)] = [
            ("Lu", "A"), ("Ll", "a"), ("Lt", "ǅ"), ("Lm", "ʰ"), ("Lo", "א"), ("Mn", "\u{301}"),
            ("Mc", "\u{903}"),
            ("Me", "\u{20DD}"), ("Nd", "1"), ("Nl", "Ⅷ"), ("No", "²"), ("Pc", "_"), ("Pd", "-"),
            ("Ps", "("), ("Pe", ")"),
            ("Pi", "«"), ("Pf", "»"), ("Po", "!"), ("Sm", "+"), ("Sc", "€"), ("Sk", "^"),
            ("So", "©"), ("Zs", " "),
            ("Zl", "\u{2028}"), ("Zp", "\u{2029}"), ("Cc", "\u{1}"), ("Cf", "\u{200B}"),
            ("Co", "\u{E000}"), ("Any", "x"),
        ]
        for (name, text) in samples { #expect(try matches("^\\p{\(name)}$", text), "\(name)") }
        #expect(try !matches("\\p{L}", "\u{378}"))
    }

    @Test("matches is a method and a function, with constant and computed patterns")
    func expressions() throws {
        #expect(try evaluate("'abc'.matches('b')") == .bool(true))
        #expect(try evaluate("matches('abc', '^b')") == .bool(false))
        #expect(try evaluate("'abc'.matches('a' + '.c')") == .bool(true))
        #expect(
            try failure("'abc'.matches('a' + '(')")?.message
                == "invalid regular expression: '(' without ')'")
        #expect(try failure("dyn(1).matches('a')") != nil)
        #expect(try failure("'a'.matches(dyn(1))") != nil)
    }
}
