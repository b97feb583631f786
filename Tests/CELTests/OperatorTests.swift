import CEL
import Testing

struct OperatorTests {
    @Test(
        "integer arithmetic is exact or an error",
        arguments: [
            "9223372036854775807 + 1", "-9223372036854775808 - 1", "4611686018427387904 * 2",
            "-(-9223372036854775808)", "-9223372036854775808 / -1", "-9223372036854775808 % -1",
            "1 / 0", "1 % 0", "1u / 0u", "1u % 0u", "0u - 1u", "18446744073709551615u + 1u",
            "18446744073709551615u * 2u", "--9223372036854775808",
        ])
    func overflow(_ source: String) throws {
        #expect(try failure(source) != nil)
    }

    @Test(
        "operators refuse kinds that they are not made for",
        arguments: [
            "1 + 1u", "1 + 1.0", "1.0 % 2.0", "'a' + 1", "'a' - 'b'", "[1] * [2]", "true + true",
            "-'a'", "-1u", "!1", "null < null", "[1] < [2]", "1 < 'a'", "1 in 2", "'a'[0]", "1.a",
            "[1]['a']", "has(1.a)", "1 ? 2 : 3", "{}.x < 1", "[1].all(x, x)", "1.all(x, true)",
            "[1].filter(x, 1)", "[1].exists_one(x, 1)", "{[1]: 2}", "{1.0: 2}", "{null: 1}",
            "'a' / 'b'", "b'a' < 'a'", "int < uint",
        ])
    func noOverload(_ source: String) throws {
        let error = try #require(try failure(source.replacing("1.a", with: "dyn(1).a")))
        #expect(error.position.line == 1)
    }

    @Test("an error of evaluation names its place")
    func position() throws {
        let error = try #require(try failure("1 +\n  2 / 0"))
        #expect(error.position == SourcePosition(line: 2, column: 5))
        #expect(error.reason == .divisionByZero)
        #expect(error.description == "2:5: division by zero")
        let missing = try #require(try failure("x.a.b", ["x": .object(.init())]))
        #expect(missing.description == "1:3: no such key: 'a'")
    }

    @Test(
        "numbers of different kinds compare by value",
        arguments: [
            ("1 == 1u", true), ("1 == 1.0", true), ("1u == 1.0", true), ("-1 < 0u", true),
            ("0u > -1", true), ("1.5 > 1", true), ("2u >= 2.5", false),
            ("0.0/0.0 == 0.0/0.0", false),
            ("0.0/0.0 < 1", false), ("1 >= 0.0/0.0", false), ("0.0/0.0 != 1", true),
            ("0.0 == -0.0", true),
            ("1 == '1'", false), ("1 == null", false), ("[1, 2u] == [1.0, 2]", true),
            ("[] == {}", false),
            ("{1: 'a'} == {1u: 'a'}", true), ("{1: 1} == {2: 1}", false),
            ("'e\\u0301' == '\\u00e9'", false),
            ("'\\uffff' < '\\U00010000'", true), ("b'a' < b'ab'", true), ("b'' == b''", true),
            ("false < true", true), ("int == int", true), ("1 == [1]", false), ("{} == 1", false),
            ("b'a' == b'b'", false), ("'ab' in {'ab': 1}", true), ("1.5 in {1: 1}", false),
            ("b'a' in {'a': 1}", false), ("[1] in [[1.0]]", true), ("{'a': 1} == {'b': 1}", false),
            ("-1 == 18446744073709551615u", false),
            ("18446744073709551615u == 18446744073709551615.0 ", true),
        ])
    func comparison(_ source: String, _ expected: Bool) throws {
        #expect(try evaluate(source) == .bool(expected))
    }

    @Test(
        "errors give way to a deciding operand, on either side",
        arguments: [
            ("1/0 == 1 && false", false), ("false && 1/0 == 1", false), ("1/0 == 1 || true", true),
            ("true || 1/0 == 1", true), ("'a' && false", false),
            ("true && 1/0 == 1 && false", false),
            ("[1, 0].exists(x, 1 / x == 1)", true), ("[0, 1].exists(x, 1 / x == 1)", true),
            ("[0, 2].all(x, 1 / x == 1)", false), ("true ? true : 1/0 == 1", true),
        ] as [(String, Bool)])
    func absorption(_ source: String, _ expected: Bool) throws {
        #expect(try evaluate(source) == .bool(expected))
    }

    @Test(
        "errors that nothing absorbs remain",
        arguments: [
            "true && 1/0 == 1", "false || 1/0 == 1", "'a' || 'b'", "[0, 1].all(x, 1 / x == 1)",
            "[0].exists(x, 1 / x == 1)", "[1, 0].exists_one(x, 1 / x == 1)", "[0].map(x, 1 / x)",
            "[0].filter(x, 1 / x == 1)", "1/0 == 1 ? 1 : 2", "[1/0]", "{1/0: 1}", "{1: 1/0}",
            "size([1/0])",
            "{1: 1, 1u: 2}",
        ])
    func remaining(_ source: String) throws {
        #expect(try failure(source) != nil)
    }

    @Test(
        "macros go through lists and the keys of maps",
        arguments: [
            ("[1, 2, 3].map(x, x > 1, x * 2)", .list([.int(4), .int(6)])),
            ("[1, 2, 3].filter(x, x % 2 == 1)", .list([.int(1), .int(3)])),
            ("[1, 2, 2].exists_one(x, x == 2)", .bool(false)),
            ("{'a': 1}.all(k, k == 'a')", .bool(true)),
            ("{'a': 1}.map(k, k + '!')", .list([.string("a!")])),
            (
                "[[1, 2], [3]].map(x, x.map(y, y + size(x)))",
                .list([.list([.int(3), .int(4)]), .list([.int(4)])])
            ),
            ("[1, 2].map(x, [10].map(y, x + y)[0])", .list([.int(11), .int(12)])),
            ("[].all(x, false)", .bool(true)), ("[].exists(x, true)", .bool(false)),
            ("has({'a': null}.a)", .bool(true)), ("has({}.a)", .bool(false)),
        ] as [(String, Value)])
    func macros(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "indices and concatenation",
        arguments: [
            ("[1, 2][1]", .int(2)), ("[1, 2][1u]", .int(2)), ("[1, 2][dyn(1.0)]", .int(2)),
            ("{1: 'a'}[1.0]", .string("a")), ("{'a': 1}['a']", .int(1)),
            ("{true: 1}[true]", .int(1)),
            ("{18446744073709551615u: 1}[18446744073709551615u]", .int(1)),
            ("[1] + [2]", .list([.int(1), .int(2)])), ("b'a' + b'b'", .bytes([97, 98])),
            ("'a' + 'b'", .string("ab")),
        ] as [(String, Value)])
    func aggregates(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "missing elements and keys are errors that say what is missing",
        arguments: [
            ("[1][1]", "index out of range: 1"), ("[1][-1]", "index out of range: -1"),
            ("[1][1.5]", "a list's index must be integral"),
            ("[1][18446744073709551615u]", "index out of range: 9223372036854775807"),
            ("{1: 1}[2]", "no such key: '2'"), ("{}[b'']", "no such key: 'of type bytes'"),
            ("{true: 1}.a", "no such key: 'a'"), ("{1: 1, 1: 2}", "the key '1' is repeated"),
        ])
    func missing(_ source: String, _ message: String) throws {
        #expect(try failure(source)?.message == message)
    }

    @Test("maps beyond a handful of entries find theirs all the same")
    func largeMaps() throws {
        let entries = (0..<100).map { (Value.int($0), Value.int($0 * 2)) }
        let strings = (0..<100).map { (Value.string("k\($0)"), Value.int($0)) }
        let map = try #require(MapValue(entries + strings))
        #expect(try evaluate("m[42] + m['k42'] + m[7u] + m[1.0]", ["m": .map(map)]) == .int(142))
        #expect(try failure("m[100]", ["m": .map(map)])?.reason == .noKey("100"))
        #expect(MapValue([(.int(1), .null), (.double(1), .null)]) == nil)
        #expect(MapValue([(.int(1), .null), (.uint(1), .null)]) == nil)
    }
}
