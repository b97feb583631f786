import CEL
import Core
import Testing

struct SyntaxTests {
    @Test(
        "literals have the value that is written",
        arguments: [
            ("1", .int(1)), ("-1", .int(-1)), ("0x1F", .int(31)),
            ("-0x8000000000000000", .int(.min)),
            ("-9223372036854775808", .int(.min)), ("1u", .uint(1)), ("0xFFu", .uint(255)),
            ("18446744073709551615U", .uint(.max)), ("1.5", .double(1.5)), (".5", .double(0.5)),
            ("1e3", .double(1_000)), ("-2.5E-1", .double(-0.25)), ("null", .null),
            ("true", .bool(true)), ("'a\\tb'", .string("a\tb")), ("r'a\\tb'", .string("a\\tb")),
            ("\"\"\"a\n\"b\"\"\"", .string("a\n\"b")), ("'''it''s'''", .string("it''s")),
            ("'\\u00e9\\U0001F600\\351\\xe9'", .string("é😀éé")),
            ("b'\\xff\\377é'", .bytes([255, 255, 0xC3, 0xA9])), ("bR'\\x'", .bytes([92, 120])),
            ("b'' ", .bytes([])), ("[1, 2,]", .list([.int(1), .int(2)])),
            ("// before\n1 // after", .int(1)),
            (
                "'\\a\\b\\f\\n\\r\\v\\\\\\?\\'\\\"\\`'",
                .string("\u{7}\u{8}\u{C}\n\r\u{B}\\?'\"`")
            ),
        ] as [(String, Value)])
    func literals(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test("a map literal takes a trailing comma and keeps its order")
    func mapOrder() throws {
        let value = try evaluate("{'b': 1, 'a': 2,}.map(k, k)")
        #expect(value == .list([.string("b"), .string("a")]))
    }

    @Test(
        "operators bind and associate as the language definition says",
        arguments: [
            ("1 + 2 * 3", .int(7)), ("(1 + 2) * 3", .int(9)), ("10 - 3 - 2", .int(5)),
            ("12 / 2 * 3", .int(18)), ("7 % 4 + 1", .int(4)), ("-2 * -3", .int(6)),
            ("--2", .int(2)), ("!!true", .bool(true)), ("- 1", .int(-1)),
            ("!false && false", .bool(false)),
            ("true || false && false", .bool(true)), ("1 < 2 == true", .bool(true)),
            ("1 + 1 in [2]", .bool(true)), ("false ? 1 : true ? 2 : 3", .int(2)),
            ("[[1, 2], [3]][0][1]", .int(2)), ("-[1][0]", .int(-1)),
            ("{'a': {'b': 3}}.a.b", .int(3)),
        ] as [(String, Value)])
    func precedence(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "a broken text is refused at its line and column",
        arguments: [
            ("", 1, 1), ("1 +", 1, 4), ("1 2", 1, 3), ("(1", 1, 3), ("[1, 2", 1, 6),
            ("{1 2}", 1, 4),
            ("\n\n  ]", 3, 3), ("'é' @", 1, 5), ("'abc", 1, 1), ("'a\nb'", 1, 1), ("'\\q'", 1, 2),
            ("'\\x4'", 1, 2), ("'\\400'", 1, 2), ("'\\08'", 1, 2), ("'\\ud800'", 1, 2),
            ("'\\U00110000'", 1, 2), ("b'\\u0041'", 1, 3), ("9223372036854775808", 1, 1),
            ("-9223372036854775809", 1, 2), ("18446744073709551616u", 1, 1), ("0x", 1, 1),
            ("12abc", 1, 1), ("1e999", 1, 1), ("a = 1", 1, 3), ("a & b", 1, 3), ("a | b", 1, 3),
            ("a ? b", 1, 6), ("f(1,)", 1, 5), ("for", 1, 1), ("x.in", 1, 3), ("x.1", 1, 2),
            ("x.`a", 1, 3), ("x.``", 1, 3), ("x.`a*`", 1, 5), ("`a`", 1, 1), ("x.", 1, 3),
            (".1.2.", 1, 3),
            ("a ? b ? c : d : e", 1, 7), ("x[", 1, 3), ("'\\", 1, 2), ("T{a 1}", 1, 5),
            ("T{1: 2}", 1, 3),
            (".true", 1, 2), ("rb'a'", 1, 3), ("\u{E9}", 1, 1),
        ])
    func errors(_ source: String, _ line: Int, _ column: Int) throws {
        let found = issues(source, Environment(variables: ["a", "b", "c", "d", "e", "x"]))
        let issue = try #require(found.first)
        #expect(issue.kind == .syntax)
        #expect(issue.position == SourcePosition(line: line, column: column), "\(issue)")
    }

    @Test(
        "messages are refused as not supported", arguments: ["T{a: 1}", "a.b.T{}", "T{?a: 1}"])
    func unsupported(_ source: String) {
        #expect(issues(source, Environment(variables: ["a"])).first?.kind == .unsupported)
    }

    @Test(
        "an error of the reader carries a hint where there is a good one",
        arguments: [
            ("a = 1", "equality is '=='"), ("a & b", "the logical 'and' is '&&'"),
            ("a | b", "the logical 'or' is '||'"), ("a.in", "write [\"in\"]"),
            ("'\\d'", "write \\\\ for a backslash, or a raw string r\"…\""),
            ("'a\nb'", "only triple-quoted strings span lines"),
            ("9223372036854775808", "write a 'u' after it for an unsigned number"),
        ])
    func hints(_ source: String, _ hint: String) {
        #expect(issues(source).first?.hint == hint)
    }

    @Test("reserved words are fields and methods, but no names")
    func reservedWords() throws {
        #expect(try evaluate("{'for': 1}.for") == .int(1))
        #expect(try evaluate("{'a-b/c.d e': 1}.`a-b/c.d e`") == .int(1))
        #expect(issues("while").first?.message == "'while' is reserved and cannot be a name")
    }

    @Test("deep nesting is an error of the parser and never of the stack")
    func depth() {
        let count = 5_000
        let hostile = [
            String(repeating: "(", count: count), String(repeating: "[", count: count),
            String(repeating: "!", count: count) + "true",
            String(repeating: "-", count: count) + "x",
            String(repeating: "{1:", count: count), "x" + String(repeating: ".a", count: count),
            "x" + String(repeating: "[0]", count: count),
            "1" + String(repeating: "+1", count: count),
            "1" + String(repeating: "<1", count: count),
            String(repeating: "x?x:", count: 3_000) + "x",
            String(repeating: "f(", count: count),
        ]
        for source in hostile {
            let found = issues(source, Environment(variables: ["x"]))
            #expect(found.first?.kind == .tooLarge, "\(source.prefix(8))")
        }
    }

    @Test("long rows of 'and' and 'or' are not deep")
    func rows() throws {
        let row = Array(repeating: "true", count: 1_000).joined(separator: "&&")
        #expect(try evaluate(row) == .bool(true))
        #expect(try evaluate(row.replacing("&&", with: "||")) == .bool(true))
    }

    @Test("comprehensions on comprehensions count as depth, for their values nest")
    func comprehensionDepth() {
        let source = "[0]" + String(repeating: ".map(a, [[[a]]])", count: 40)
        #expect(issues(source).first?.kind == .tooLarge)
    }

    @Test("an expression of more bytes or terms than allowed is refused")
    func size() {
        let long = "'" + String(repeating: "a", count: Limits.expressionBytesMax) + "'"
        #expect(issues(long).first?.kind == .tooLarge)
        let terms = "[" + String(repeating: "1,", count: 8_000) + "]"
        #expect(issues(terms).isEmpty)
        let many = "[" + String(repeating: "!a,", count: 5_200) + "]"
        #expect(issues(many, Environment(variables: ["a"])).first?.kind == .tooLarge)
    }

    @Test("arbitrary bytes, read as UTF-8, are parsed or refused")
    func arbitraryBytes() {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<24 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let alphabet = Array("ab1.()[]{}'\"\\&|?:,+-!<=r\u{FF}\n ".utf8)
                bytes.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            for issue in issues(String(decoding: bytes, as: UTF8.self)) {
                #expect(issue.position.line >= 1 && issue.position.column >= 1, "seed \(seed)")
            }
        }
    }
}
