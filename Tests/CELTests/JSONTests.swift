import CEL
import Core
import Testing

/// JSON numbers are a kind of their own (rules.md, "The language"), and documents are values.
struct JSONTests {
    private func integral(_ value: Int64) -> Value { .number(.int(value)) }
    private func fraction(_ value: Double) -> Value { .number(.double(value)) }

    private var payload: Value {
        .object(
            JSONObject([
                .init(name: "temp", value: .number(.int(81))),
                .init(name: "vib", value: .number(.double(7.25))),
                .init(name: "unit", value: .string("C")), .init(name: "on", value: .bool(true)),
                .init(name: "none", value: .null),
                .init(name: "list", value: .array([.number(.int(1)), .string("a"), .array([])])),
                .init(
                    name: "deep",
                    value: .object(JSONObject([.init(name: "x", value: .number(.int(2)))]))),
                .init(name: "big", value: .number(.int(9_007_199_254_740_993))),
            ]))
    }

    @Test(
        "documents are maps and lists to every operator",
        arguments: [
            ("p.temp > 80.0", .bool(true)),
            ("p.temp == 81 && p.temp == 81u && p.temp == 81.0", .bool(true)),
            ("p.unit + '!'", .string("C!")), ("p['unit']", .string("C")),
            ("p.deep.x == 2", .bool(true)),
            ("has(p.temp) && !has(p.nope)", .bool(true)), ("'temp' in p && !(1 in p)", .bool(true)),
            ("size(p.list) + size(p.deep)", .int(4)), ("p.list[0] == 1", .bool(true)),
            ("'a' in p.list", .bool(true)),
            ("p.list == [1.0, 'a', []]", .bool(true)), ("[1u, 'a', []] == p.list", .bool(true)),
            ("p.deep == {'x': 2u} && {'x': 2} == p.deep", .bool(true)),
            ("p.deep == p.deep", .bool(true)),
            ("p.deep == {'y': 2}", .bool(false)), ("p.none == null", .bool(true)),
            ("p.on", .bool(true)),
            ("p.deep.map(k, k)", .list([.string("x")])),
            ("p.list.exists(e, e == 'a')", .bool(true)),
            ("(p.list + [2]).size()", .int(4)), ("['a', 'b', 'c'][p.deep.x]", .string("c")),
            ("{2: 'x'}[p.deep.x]", .string("x")), ("{p.deep.x: 'x'}[2]", .string("x")),
            ("type(p) == map", .bool(true)),
            ("type(p.list) == list", .bool(true)), ("p == p", .bool(true)),
            ("p.list.size()", .int(3)),
        ] as [(String, Value)])
    func documents(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source, ["p": payload]) == value)
    }

    @Test(
        "arithmetic with a JSON number gives a JSON number",
        arguments: [
            ("t * 1.8 + 32", .double(177.8)), ("t + 1", .int(82)), ("1u + t", .int(82)),
            ("t - 2.0", .int(79)), ("t * t", .int(6_561)),
            ("t / 2", .double(40.5)), ("t / 9", .int(9)), ("t % 2", .int(1)), ("-t", .int(-81)),
            ("-v", .double(-7.25)),
            ("v + v", .double(14.5)), ("m + 1", .double(9_223_372_036_854_775_808)),
            ("m * 2", .double(18_446_744_073_709_551_616)),
            ("-least", .double(9_223_372_036_854_775_808)), ("least % -1", .int(0)),
            ("18446744073709551615u + t", .double(18_446_744_073_709_551_616)),
        ] as [(String, JSONNumber)])
    func arithmetic(_ source: String, _ value: JSONNumber) throws {
        let variables = [
            "t": integral(81), "v": fraction(7.25), "m": integral(.max), "least": integral(.min),
        ]
        #expect(try evaluate(source, variables) == .number(value))
    }

    @Test("what JSON cannot say becomes a double")
    func notFinite() throws {
        #expect(try evaluate("t / 0", ["t": integral(1)]) == .double(.infinity))
        guard case .double(let value) = try evaluate("t / 0", ["t": integral(0)]) else {
            Issue.record("not a double")
            return
        }
        #expect(value.isNaN)
    }

    @Test(
        "JSON numbers refuse what no number can do",
        arguments: ["t + 'a'", "v % 2", "t % 0", "[1][v]", "t && true", "{v: 1}"])
    func refused(_ source: String) throws {
        #expect(try failure(source, ["t": integral(81), "v": fraction(7.25)]) != nil)
    }

    @Test(
        "JSON numbers compare exactly",
        arguments: [
            ("b == 9007199254740993", true), ("b == 9007199254740992.0", false),
            ("b > 9007199254740992.0", true),
            ("b < 9007199254740994.0", true), ("9007199254740992.0 < b", true),
            ("b >= 9007199254740993u", true),
            ("m < 9223372036854775808.0", true),
            ("9223372036854775807 == 9223372036854775808.0", true),
            ("m < 18446744073709551615u", true), ("v < 8", true), ("-v < -7", true),
            ("-v > -8", true), ("v == 7.25", true),
            ("m > -1e300", true), ("m < 1e300", true), ("m == 0.0/0.0", false),
            ("m in [9223372036854775807]", true),
        ])
    func comparison(_ source: String, _ expected: Bool) throws {
        let variables = [
            "b": integral(9_007_199_254_740_993), "m": integral(.max), "v": fraction(7.25),
        ]
        #expect(try evaluate(source, variables) == .bool(expected))
    }

    @Test(
        "conversions treat a JSON number by its value",
        arguments: [
            ("int(t)", .int(81)), ("int(v)", .int(7)), ("uint(t)", .uint(81)),
            ("uint(v)", .uint(7)), ("double(t)", .double(81)),
            ("string(t)", .string("81")), ("string(v)", .string("7.25")), ("type(t)", .type(.int)),
            ("type(v)", .type(.double)),
            ("timestamp(t) == timestamp('1970-01-01T00:01:21Z')", .bool(true)),
        ] as [(String, Value)])
    func conversions(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source, ["t": integral(81), "v": fraction(7.25)]) == value)
    }

    @Test(
        "values become JSON in protobuf's manner",
        arguments: [
            ("null", .null), ("true", .bool(true)), ("1", .number(.int(1))),
            ("1u", .number(.int(1))),
            ("18446744073709551615u", .string("18446744073709551615")), ("1.0", .number(.int(1))),
            ("1.5", .number(.double(1.5))),
            ("0.0/0.0", .string("NaN")), ("1.0/0.0", .string("Infinity")),
            ("-1.0/0.0", .string("-Infinity")), ("'a'", .string("a")),
            ("b'hello'", .string("aGVsbG8=")), ("timestamp(0)", .string("1970-01-01T00:00:00Z")),
            ("duration('1.5s')", .string("1.5s")),
            ("[1, 'a']", .array([.number(.int(1)), .string("a")])),
            (
                "{'a': 1, 2: true, false: null, 3u: 4}",
                .object(
                    JSONObject([
                        .init(name: "a", value: .number(.int(1))),
                        .init(name: "2", value: .bool(true)),
                        .init(name: "false", value: .null),
                        .init(name: "3", value: .number(.int(4))),
                    ]))
            ),
        ] as [(String, JSONValue)])
    func toJSON(_ source: String, _ json: JSONValue) throws {
        #expect(try evaluate(source).json == json)
    }

    @Test("a document comes back as it went in, and a type has no JSON")
    func roundTrip() throws {
        let json = try #require(payload.json)
        #expect(Value(json) == payload)
        #expect(try evaluate("[p.list, p.temp]", ["p": payload]).json != nil)
        #expect(try evaluate("[int]").json == nil)
    }

    @Test("a value whose parts repeat beyond all bounds has no JSON")
    func tooLargeForJSON() throws {
        let source = "[0]" + String(repeating: ".map(x, [x, x])", count: 25)
        #expect(try evaluate(source).json == nil)
    }
}
