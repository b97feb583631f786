import CEL
import Core
import Testing

struct OptionalTests {
    @Test(
        "optionals are made, asked and unwrapped",
        arguments: [
            ("optional.of(1)", .optional(.int(1))), ("optional.none()", .optional(nil)),
            ("optional.of(null).hasValue()", .bool(true)),
            ("optional.none().hasValue()", .bool(false)), ("optional.of(1).value()", .int(1)),
            ("optional.of(1).or(optional.of(2)).value()", .int(1)),
            ("optional.none().or(optional.of(2)).value()", .int(2)),
            ("optional.of(1).orValue(2)", .int(1)), ("optional.none().orValue(2)", .int(2)),
            ("optional.of(1).or(1 / 0)", .optional(.int(1))),
            ("optional.of(1).orValue(1 / 0)", .int(1)),
            ("optional.of(42).optMap(y, y + 1)", .optional(.int(43))),
            ("optional.none().optMap(y, 1 / 0)", .optional(nil)),
            ("optional.of(1).optFlatMap(y, optional.none())", .optional(nil)),
            ("optional.of(1).optMap(x, [2].map(y, x + y))", .optional(.list([.int(3)]))),
            ("optional.unwrap([optional.of(1), optional.none()])", .list([.int(1)])),
            ("[optional.none(), optional.of(2)].unwrapOpt()", .list([.int(2)])),
            ("[1, 2].first()", .optional(.int(1))), ("[1, 2].last()", .optional(.int(2))),
            ("[].first()", .optional(nil)), ("[].last()", .optional(nil)),
            ("type(optional.none()) == optional_type", .bool(true)),
            ("optional.of(1) == optional.of(1.0)", .bool(true)),
            ("optional.of(1) == optional.of(2)", .bool(false)),
            ("optional.none() == optional.none()", .bool(true)),
            ("optional.of(1) == optional.none()", .bool(false)),
            ("optional.of(1) == 1", .bool(false)),
            ("optional.of(1) != optional.none()", .bool(true)),
            ("optional.of(1) in [optional.of(1)]", .bool(true)),
        ] as [(String, Value)])
    func values(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "fields and elements that may be missing",
        arguments: [
            ("{'a': 1}.?a", .optional(.int(1))), ("{}.?a", .optional(nil)),
            ("{'a': {'b': 1}}.?a.b", .optional(.int(1))), ("{'a': {}}.?a.b", .optional(nil)),
            ("{}.?a.b.c[0]", .optional(nil)), ("{'a': [5]}.?a[0]", .optional(.int(5))),
            ("{'a': [5]}.?a[?1]", .optional(nil)), ("{}.?a.?b", .optional(nil)),
            ("{'a-b': 1}.?`a-b`", .optional(.int(1))),
            ("[1][?0]", .optional(.int(1))), ("[1][?1]", .optional(nil)),
            ("[1][?-1]", .optional(nil)), ("{1: 'a'}[?1u]", .optional(.string("a"))),
            ("{1: 'a'}[?2]", .optional(nil)), ("optional.none()[?0]", .optional(nil)),
            ("has({}.?a.b)", .bool(false)), ("has({'a': {'b': null}}.?a.b)", .bool(true)),
            ("has(optional.of({'a': 1}).a)", .bool(true)),
            ("[?optional.of(1), ?optional.none(), 2]", .list([.int(1), .int(2)])),
            ("{?'a': optional.of(1), ?'b': optional.none()}.map(k, k)", .list([.string("a")])),
            ("p.?x.orValue(0)", .number(.int(1))), ("p.?y.orValue(0)", .int(0)),
            ("p.l[?0].orValue(0)", .number(.int(2))), ("p[?'l'][?9].hasValue()", .bool(false)),
            ("p.?o.deep.orValue('none')", .string("none")), ("has(p.?o.deep)", .bool(false)),
            ("p.l.last().value()", .number(.int(2))), ("p.l[?p.zero].hasValue()", .bool(true)),
        ] as [(String, Value)])
    func chains(_ source: String, _ value: Value) throws {
        let payload = JSONObject([
            .init(name: "x", value: .number(.int(1))),
            .init(name: "l", value: .array([.number(.int(2))])),
            .init(name: "o", value: .object(JSONObject())),
            .init(name: "zero", value: .number(.double(0))),
        ])
        #expect(try evaluate(source, ["p": .object(payload)]) == value)
    }

    @Test(
        "what is zero has no value",
        arguments: [
            "null", "false", "0", "0u", "0.0", "''", "b''", "[]", "{}", "duration('0')",
            "timestamp(0)", "zero", "empty", "none",
        ])
    func zeros(_ source: String) throws {
        let variables: [String: Value] = [
            "zero": .number(.int(0)), "empty": .array([]), "none": .object(JSONObject()),
        ]
        #expect(
            try evaluate("optional.ofNonZeroValue(\(source))", variables) == .optional(nil))
    }

    @Test(
        "what is not zero has one",
        arguments: [
            "true", "1", "1u", "-0.5", "'a'", "b'a'", "[0]", "{0: 0}", "duration('1ns')", "int",
            "timestamp(1)", "optional.none()", "ip('::')",
        ])
    func nonZeros(_ source: String) throws {
        #expect(
            try evaluate("optional.ofNonZeroValue(\(source)).hasValue()") == .bool(true))
    }

    @Test(
        "what is no optional, or has no value, is an error",
        arguments: [
            ("optional.none().value()", "the optional has no value"),
            ("dyn(1).hasValue()", "no such overload: hasValue for int"),
            ("dyn(1).value()", "no such overload: value for int"),
            ("dyn(1).or(optional.none())", "no such overload: or for int"),
            ("optional.none().or(1)", "no such overload: or for int"),
            ("dyn(1).orValue(2)", "no such overload: orValue for int"),
            ("dyn(1).optMap(x, x)", "no such overload: optMap for int"),
            ("[?1]", "no such overload: [?] for int"),
            ("{?'a': 1}", "no such overload: {?} for int"),
            ("dyn(1).?a", "no such overload: selection for int"),
            ("dyn(1)[?0]", "no such overload: [?] for int and int"),
            ("[1][?'a']", "no such overload: [?] for list and string"),
            ("[1][?0.5]", "a list's index must be integral"),
            ("{'a': null}.?a.b", "no such overload: selection for null_type"),
            ("[1].unwrapOpt()", "no such overload: unwrap for int"),
            ("optional.unwrap('a')", "no such overload: unwrap for string"),
            ("'a'.first()", "no such overload: first for string"),
            ("{}.a.z", "no such key: 'a'"),
        ])
    func errors(_ source: String, _ message: String) throws {
        #expect(try failure(source)?.message == message)
    }

    @Test("a call cannot follow '.?', and a macro's variable is a simple name")
    func forms() throws {
        let issue = try #require(issues("{}.?a()").first)
        #expect(issue.message == "a function cannot be called behind '.?'")
        #expect(issue.hint == "write .optMap(x, x.a(…))")
        #expect(issues("optional.none().optMap(x.y, 1)").first?.kind == .badArguments)
        #expect(issues("optional.none().optMapp(x, 1)").first?.hint == "did you mean 'optMap'?")
    }

    @Test("an optional has the JSON of its value")
    func json() throws {
        #expect(try evaluate("[optional.of('a')]").json == .array([.string("a")]))
        #expect(try evaluate("optional.none()").json == nil)
    }
}
