import CEL
import Core
import Testing

/// What is refused at load because no value could come of it, and what is not.
struct CheckingTests {
    private let environment = Environment(
        variables: ["p", "s", "i", "d", "n", "l", "m", "o", "q", "t"],
        types: [
            "s": .string, "i": .int, "d": .double, "n": .number, "l": .list(.int),
            "m": .map(.string, .int), "o": .optional(.string),
            "q": .optional(.map(.string, .int)), "t": .timestamp,
        ])

    @Test(
        "operators and functions that cannot take their operands are refused, with what they take",
        arguments: [
            ("1 + 'a'", "no such overload: int + string", "there is int + int", 3),
            (
                "'a'.startsWith(1)", "no such overload: string.startsWith(int)",
                "there is string.startsWith(string)", 5
            ),
            (
                "size(3)", "no such overload: size(int)",
                "there is size(string), size(bytes), size(list), size(map)", 1
            ),
            (
                "[1].all(x, x + 'a' == 'b')", "no such overload: int + string",
                "there is int + int", 14
            ),
            (
                "s.charAt(s)", "no such overload: string.charAt(string)",
                "there is string.charAt(int)", 3
            ),
            ("i + d", "no such overload: int + double", "there is int + int", 3),
            ("-s", "no such overload: -string", "there is -int, -double", 1),
            (
                "t + 1", "no such overload: google.protobuf.Timestamp + int",
                "there is google.protobuf.Timestamp + google.protobuf.Duration", 3
            ),
            ("1 == 'a'", "int is never equal to string", "convert with string(…) or int(…)", 3),
            (
                "s != n", "string is never equal to number",
                "convert with string(…) or double(…)", 3
            ),
            (
                "i in s", "'in' looks into a list or the keys of a map, not string",
                "write ….contains(…)", 3
            ),
            ("i.a", "int has no fields", "only maps have them", 3),
            ("s[0]", "string has no elements", "only lists and maps have them", 2),
            ("[?1]", "'[?' wants an optional, not int", "write optional.of(…)", 3),
        ])
    func refused(_ source: String, _ message: String, _ hint: String, _ column: Int) throws {
        let found = issues(source, environment)
        let issue = try #require(found.first)
        #expect(found.count == 1)
        #expect(issue.kind == .typeMismatch)
        #expect(issue.message == message)
        #expect(issue.hint == hint)
        #expect(issue.position == SourcePosition(line: 1, column: column))
    }

    @Test(
        "each of these has no value whatever its variables are",
        arguments: [
            "[1].all(x, x + 'a')", "[1].filter(x, x)", "[1].exists_one(x, 'a')", "!i", "i && true",
            "true || s", "i ? 1 : 2", "i.all(x, true)", "s.map(x, x)", "o.map(x, x)",
            "has(i.a)", "l['a']", "m[1]", "i in m", "s in l", "i in i", "[1, 2] == 'a'",
            "[1] == ['a']", "{'a': 1} == {'a': 'b'}", "o == optional.of(1)", "null < null",
            "l < l", "'a' - 'b'", "d % 2.0", "1u + 1", "-1u", "int(true)", "int([1])", "bool(1)",
            "duration(1)", "timestamp(d)", "bytes(1)", "string(null)", "uint(t)", "double(b'a')",
            "t.getHours(1)", "duration('1s').getFullYear()", "isIP(cidr('::/1'))",
            "ip('::1').masked()", "cidr('::/1').containsIP(1)", "base64.encode('a')",
            "base64.decode(b'a')", "math.greatest('a')", "math.greatest(1, 'a')",
            "math.least(['a'])", "math.ceil(1)", "math.abs('a')", "math.bitAnd(1, 1u)",
            "math.bitNot(1.0)", "math.bitShiftLeft(1, 1u)", "math.sqrt('a')", "math.isNaN('a')",
            "'a'.replace('b', 1)", "[1].join()", "s.split(1)", "s.format('a')", "s.substring('a')",
            "strings.quote(1)", "i.hasValue()", "s.value()", "i.or(o)", "o.or(i)", "i.orValue(1)",
            "i.optMap(x, x)", "o.optFlatMap(x, 1)", "o.optMap(x, x + 1)", "{?'a': 1}", "i.?a",
            "i[?0]", "s.first()", "[1].unwrapOpt()", "{'a': 1}.transformMapEntry(k, v, v)",
            "[1].transformMap(i, v, v + 'a')", "{'a': 1}.all(k, v, k + v == 'a')",
            "cel.bind(x, 1, x + 'a')", "cel.bind(x, 1 + 'a', 2)",
            "cel.block([1, 'a'], cel.index(0) + cel.index(1))", "s.matches(1)", "i.matches('a')",
            "text.overlap(s, 1)", "(p * 2) + 'a'", "l.map(x, [x])[0][0].a",
            "('a' + 'b').startsWith(1u)", "m.a + s", "n + s", "-n == s", "type(1) == 1",
        ])
    func illTyped(_ source: String) {
        let found = issues(source, environment)
        #expect(found.map(\.kind) == [.typeMismatch], "\(found)")
    }

    @Test(
        "what has a value for some payload is accepted",
        arguments: [
            "p + 1 + 'a'.size()", "(p + 1) * 1.8", "p * 1.8 + 32", "p.a.b[0].c > 80", "-p < 1.5",
            "p == 1 || p == 'a' || p == null", "n * 1.8 + 1", "n == 1u && n < 2.5", "1 == 1.0",
            "1 < 2u", "1.5 in [1, 2]", "[1, 'a'] == [1, 2]", "[] == ['a']", "{} == m",
            "[[], [[]], [[[]]]].size()", "dyn(1) == 'a'", "[1, 'a'].exists(x, x == 'b')",
            "true ? 1 : 'a'", "(true ? 1 : 'a') + 1", "m.a + i", "m['a'] + 1", "m[p]", "l[p]",
            "l[1u]", "o.orValue('a').size() > 1", "o.value() + 'a'", "o.or(optional.none())",
            "p.?a.b.orValue(1)", "m.?a.orValue(2) + 1", "[?o][0] + 'a'", "{?'a': o}.a + 'b'",
            "optional.none().orValue(42) + 1", "has(q.a)", "q.?a.value() + 1", "q[?p].value() + 1",
            "l[?0].value() + 1",
            "l.first().orValue(0) + 1", "[o].unwrapOpt()[0] + 'a'", "m.map(k, k + 'a')",
            "m.transformMap(k, v, v + 1).a + 1", "l.transformList(i, v, i + v)[0] + 1",
            "l.transformMap(i, v, v)[0] + 1", "l.transformMapEntry(i, v, {s: v}).a + 1",
            "m.all(k, v, k == 'a' && v > 0)", "math.greatest(1, 2.0, 3u) > 1",
            "math.greatest(p) + 1", "math.least([1, 2u]) + 1", "math.ceil(p) + 1",
            "math.ceil(p) + 1.0", "math.bitAnd(p, 1u) == 1u", "math.abs(i) + 1", "math.sqrt(4)",
            "'%d'.format([p])", "p.format([1])", "p.matches(p)", "p.join('a') + 'b'",
            "t.getHours('UTC') + 1", "t - t > duration('1s')", "t + duration(p) > t",
            "cel.bind(x, p.a, x + 1 > 2)", "cel.block([p, cel.index(0) + 1], cel.index(1))",
            "cidr(p).containsIP(p) && ip(p) in [ip('::1')]", "type(p) == int",
            "timestamp(n) > t", "int(p) + 1", "p in p", "p.all(x, x > 1)", "p ? p : p", "[p][0].a",
            "l.filter(x, x > 1)[0] + 1", "o.optMap(x, x + 'a').value() + 'b'",
            "o.optFlatMap(x, optional.of(x)).value() + 'b'", "size(p) + size(l) + size(m)",
        ])
    func wellTyped(_ source: String) {
        #expect(issues(source, environment).map(\.description) == [])
    }

    @Test("all faults are told at once, in the order of the text, unknown names among them")
    func several() {
        let found = issues("(1 + 'a') +\nsize(3) + nope + -'b'", environment)
        #expect(found.map(\.position.description) == ["1:4", "2:1", "2:11", "2:18"])
    }

    @Test("a fault is told once, however often its value is used")
    func once() {
        #expect(issues("cel.bind(x, 1 + 'a', [x, x, x] + [x + 1])", environment).count == 1)
    }

    @Test("an issue carries the line it is in")
    func line() throws {
        let issue = try #require(issues("true &&\n 1 + 'a' == 2 &&\nfalse").first)
        #expect(issue.line == " 1 + 'a' == 2 &&")
        #expect(try #require(issues("1 +").first).line == "1 +")
        #expect(try #require(issues("").first).line.isEmpty)
    }

    @Test("an unchecked environment meets the types when it evaluates")
    func unchecked() throws {
        let expression = try Expression(
            "1 + 'a' == 2 || true", environment: Environment(isChecked: false))
        #expect(try expression.evaluate(EmptyActivation()) == .bool(true))
    }

    @Test("an expression with a thousand faults of type tells the first of them")
    func many() {
        let source = "[" + String(repeating: "1 + '', ", count: 1_000) + "]"
        #expect(issues(source).count == Limits.expressionFaultsMax)
    }

    @Test("functions of the host are checked where they say what they take")
    func host() {
        var functions = FunctionTable.standard
        functions.register(
            Function(
                "over.avg", argumentCount: 2,
                signatures: [Signature(.number, .string, gives: .double)], body: .host(0)))
        functions.register(Function("changed", argumentCount: 1, body: .host(1)))
        let environment = Environment(variables: ["p"], functions: functions)
        #expect(issues("over.avg(p, '5m') + 1.0 > 1 && changed(p) == 1", environment).isEmpty)
        #expect(
            issues("over.avg('a', '5m') > 1", environment).first?.message
                == "no such overload: over.avg(string, string)")
        #expect(issues("over.avg(p, '5m') + 'a'", environment).count == 1)
    }

    @Test("types are written as the language writes them")
    func names() {
        let types: [(ValueType, String)] = [
            (.dyn, "dyn"), (.list(.dyn), "list"), (.list(.int), "list(int)"),
            (.map(.dyn, .dyn), "map"), (.map(.string, .number), "map(string, number)"),
            (.optional(.dyn), "optional_type"), (.optional(.ip), "optional_type(net.IP)"),
            (.parameter(0), "T"), (.parameter(1), "T1"),
        ]
        for (type, text) in types { #expect(type.description == text) }
    }
}
