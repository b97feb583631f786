import CEL
import Core
import Testing

/// The strings library; `format` has a suite of its own.
struct StringFunctionTests {
    @Test(
        "places are counted in code points",
        arguments: [
            ("'tacocat'.charAt(3)", .string("o")), ("'©αT'.charAt(1)", .string("α")),
            ("'abc'.charAt(3)", .string("")), ("''.charAt(0)", .string("")),
            ("'tacocat'.indexOf('')", .int(0)), ("'tacocat'.indexOf('', 3)", .int(3)),
            ("'tacocat'.indexOf('a')", .int(1)), ("'tacocat'.indexOf('a', 3)", .int(5)),
            ("'tacocat'.indexOf('a', 7)", .int(-1)), ("'tacocat'.indexOf('z')", .int(-1)),
            ("'ta©o©αT'.indexOf('©', 3)", .int(4)), ("'aaab'.indexOf('aab')", .int(1)),
            ("'ababac'.indexOf('abac')", .int(2)), ("'a'.indexOf('aa')", .int(-1)),
            ("'tacocat'.lastIndexOf('')", .int(7)), ("'tacocat'.lastIndexOf('', 3)", .int(3)),
            ("'tacocat'.lastIndexOf('at')", .int(5)), ("'tacocat'.lastIndexOf('a', 3)", .int(1)),
            ("'tacocat'.lastIndexOf('t', 0)", .int(0)), ("'aaa'.lastIndexOf('aa')", .int(1)),
            ("'ta©o©αT'.lastIndexOf('©α', 4)", .int(4)), ("''.lastIndexOf('@@')", .int(-1)),
            ("'tacocat'.substring(4)", .string("cat")),
            ("'tacocat'.substring(7)", .string("")),
            ("'ta©o©αT'.substring(2, 6)", .string("©o©α")),
            ("'ta©o©αT'.substring(7, 7)", .string("")),
            ("'😀é'.substring(1)", .string("é")),
        ] as [(String, Value)])
    func places(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "a place that the text does not have is an error that names it",
        arguments: [
            ("'tacocat'.charAt(30)", "index out of range: 30"),
            ("'tacocat'.charAt(-1)", "index out of range: -1"),
            ("'tacocat'.indexOf('a', 30)", "index out of range: 30"),
            ("'tacocat'.indexOf('', -1)", "index out of range: -1"),
            ("'tacocat'.lastIndexOf('a', -1)", "index out of range: -1"),
            ("'tacocat'.lastIndexOf('a', 8)", "index out of range: 8"),
            ("'tacocat'.substring(40)", "index out of range: 40"),
            ("'tacocat'.substring(1, 50)", "index out of range: 50"),
            ("'tacocat'.substring(4, 3)", "invalid substring range. start: 4, end: 3"),
        ])
    func outOfRange(_ source: String, _ message: String) throws {
        #expect(try failure(source)?.message == message)
    }

    @Test(
        "case, order, white space and quotes",
        arguments: [
            ("'TacoCÆt'.lowerAscii()", "tacocÆt"), ("'TacoCÆt {[`@'.upperAscii()", "TACOCÆT {[`@"),
            ("'abc😀'.reverse()", "😀cba"), ("''.reverse()", ""),
            ("' \\t\\u0085\\u3000a b\\u2028 '.trim()", "a b"), ("' '.trim()", ""),
            ("'\\u180etext\\u200b'.trim()", "\u{180E}text\u{200B}"),
            ("strings.quote('a\"b\\\\')", "\"a\\\"b\\\\\""),
            ("strings.quote('\\a\\b\\f\\n\\r\\t\\v')", "\"\\a\\b\\f\\n\\r\\t\\v\""),
            ("strings.quote('é😀')", "\"é😀\""), ("strings.quote('')", "\"\""),
        ])
    func changes(_ source: String, _ text: String) throws {
        #expect(try evaluate(source) == .string(text))
    }

    @Test(
        "replace takes all, or the first so many",
        arguments: [
            ("'a{0}b{0}'.replace('{0}', '2')", "a2b2"), ("'aaa'.replace('aa', 'b')", "ba"),
            ("'abc'.replace('z', '')", "abc"), ("'abc'.replace('b', '')", "ac"),
            ("'ab©'.replace('', '-')", "-a-b-©-"), ("''.replace('', '-')", "-"),
            ("'aaa'.replace('a', 'b', 2)", "bba"), ("'aaa'.replace('a', 'b', 0)", "aaa"),
            ("'aaa'.replace('a', 'b', -1)", "bbb"), ("'ab'.replace('', '-', 2)", "-a-b"),
            ("'1 ©αT'.replace('αT', 'o©α')", "1 ©o©α"),
        ])
    func replace(_ source: String, _ text: String) throws {
        #expect(try evaluate(source) == .string(text))
    }

    @Test(
        "split cuts at a separator, or between all code points",
        arguments: [
            ("'a b c'.split(' ')", ["a", "b", "c"]), ("'abc'.split('x')", ["abc"]),
            ("''.split('x')", [""]), ("'axxb'.split('x')", ["a", "", "b"]),
            ("'a©😀'.split('')", ["a", "©", "😀"]), ("''.split('')", []),
            ("'a b c'.split(' ', 0)", []), ("'a b c'.split(' ', 1)", ["a b c"]),
            ("'a b c'.split(' ', 2)", ["a", "b c"]), ("'a b c'.split(' ', 9)", ["a", "b", "c"]),
            ("'a b c'.split(' ', -1)", ["a", "b", "c"]), ("'abc'.split('', 2)", ["a", "bc"]),
        ])
    func split(_ source: String, _ parts: [String]) throws {
        #expect(try evaluate(source) == .list(parts.map(Value.string)))
    }

    @Test(
        "join puts a separator between strings",
        arguments: [
            ("['x', 'y'].join()", "xy"), ("['x', 'y', 'z'].join('-')", "x-y-z"),
            ("[].join('-')", ""), ("['x'].join('-')", "x"), ("['', ''].join('-')", "-"),
        ])
    func join(_ source: String, _ text: String) throws {
        #expect(try evaluate(source) == .string(text))
    }

    @Test(
        "other kinds are refused",
        arguments: [
            "1.0.charAt(0)", "'a'.charAt(0u)", "1.5.indexOf('a')", "'a'.indexOf(1)",
            "'a'.indexOf('a', 1.0)", "'a'.lastIndexOf(1)", "'a'.lastIndexOf('a', 'b')",
            "'a'.substring('a')", "'a'.substring(0, 'a')", "b'a'.lowerAscii()", "null.upperAscii()",
            "[].trim()", "[].reverse()", "strings.quote(1)", "[].replace('a', 'b')",
            "'a'.replace(1, 'b')", "'a'.replace('a', 1)", "'a'.replace('a', 'b', 'c')",
            "'a'.split(1)", "'a'.split('a', 'b')", "{}.split('a')", "[1].join()", "'a'.join()",
            "['a'].join(1)", "['a', 1].join('-')",
        ])
    func refused(_ source: String) throws {
        guard case .noOverload? = try failure(source)?.reason else {
            Issue.record("not refused: \(source)")
            return
        }
    }

    @Test(
        "a JSON number is a place where it is integral",
        arguments: [
            ("'abc'.charAt(n)", .string("c")), ("'abcc'.indexOf('c', n)", .int(2)),
            ("'abcc'.lastIndexOf('c', n)", .int(2)), ("'abc'.substring(n)", .string("c")),
            ("'abc'.substring(0, n)", .string("ab")),
            ("'aaa'.replace('a', 'b', n)", .string("bba")),
            ("'a b c'.split(' ', n)", .list([.string("a"), .string("b c")])),
        ] as [(String, Value)])
    func numbers(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source, ["n": .number(.int(2))]) == value)
        #expect(try evaluate(source, ["n": .number(.double(2.0))]) == value)
        #expect(try failure(source, ["n": .number(.double(2.5))]) != nil)
    }

    @Test("a document's array of strings is joined, and its strings are strings")
    func documents() throws {
        let list = Value.array([.string("a"), .string("b")])
        #expect(try evaluate("l.join('-')", ["l": list]) == .string("a-b"))
    }

    @Test(
        "results beyond the bound are errors, before they are made",
        arguments: [
            "s.replace('', 'aaa')", "s.replace('a', s)", "[s, s].join()",
            "['aaaaaaaaa', ''].join(s)",
            "s.split('')", "s.split('a')", "strings.quote(s)", "'%s%s'.format([s, s])",
            "'%x'.format([s])", "[s].map(x, [x, x]).map(y, y.join('b'))",
        ])
    func bounds(_ source: String) throws {
        let text = String(repeating: "a", count: Limits.valueBytesMax - 8)
        let reason = try failure(source, ["s": .string(text)])?.reason
        guard case .tooLarge? = reason else {
            Issue.record("\(source): \(String(describing: reason))")
            return
        }
    }

    @Test(
        "a search in a long text costs fuel, and is linear",
        arguments: [
            "t.indexOf(p)", "t.lastIndexOf(p)", "t.replace(p, '')", "t.split(p)", "t.contains(p)",
        ])
    func searches(_ call: String) throws {
        let variables: [String: Value] = [
            "t": .string(String(repeating: "a", count: 1 << 17)),
            "p": .string(String(repeating: "a", count: 1 << 16) + "b"),
            "l": .list(Array(repeating: .null, count: 1_000)),
        ]
        _ = try evaluate(call, variables)
        #expect(try failure("l.map(x, \(call))", variables)?.reason == .outOfFuel)
    }
}
