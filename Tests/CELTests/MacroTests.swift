import CEL
import Core
import Testing

/// Macros with two variables, bindings and blocks; those with one are `OperatorTests`'.
struct MacroTests {
    @Test(
        "macros with two variables see index and element, or key and value",
        arguments: [
            ("[1, 2].all(i, v, v == i + 1)", .bool(true)),
            ("{'a': 1}.all(k, v, v > 1)", .bool(false)),
            ("[1, 2].exists(i, v, i == 1 && v == 2)", .bool(true)),
            ("[0, 0].exists(i, v, v / i == 0)", .bool(true)),
            ("[5, 7].existsOne(i, v, v == 7)", .bool(true)),
            ("[5, 7].exists_one(i, v, v > 0)", .bool(false)),
            ("[5].existsOne(v, v == 5)", .bool(true)),
            ("[3].transformList(i, v, v * v + i)", .list([.int(9)])),
            ("[2, 4, 6].transformList(i, v, i != 1, v)", .list([.int(2), .int(6)])),
            ("{'a': 1}.transformList(k, v, k)", .list([.string("a")])),
            ("{'a': 1}.transformMap(k, v, v + 1) == {'a': 2}", .bool(true)),
            ("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v) == {'b': 2}", .bool(true)),
            ("['x'].transformMap(i, v, v) == {0: 'x'}", .bool(true)),
            ("['x', 'y'].transformMapEntry(i, v, {v: i}) == {'x': 0, 'y': 1}", .bool(true)),
            ("['x', 'y'].transformMapEntry(i, v, i == 1, {v: i}) == {'y': 1}", .bool(true)),
            ("['x'].transformMapEntry(i, v, {}) == {}", .bool(true)),
            ("p.all(k, v, k == 'a' && v == 1)", .bool(true)),
            ("p.transformMap(k, v, v * 2) == {'a': 2}", .bool(true)),
            ("p.transformMapEntry(k, v, p) == p", .bool(true)),
            ("[[1, 2]].transformList(i, l, l.transformList(j, v, i + j + v))[0][1]", .int(3)),
        ] as [(String, Value)])
    func twoVariables(_ source: String, _ value: Value) throws {
        let payload = JSONObject([.init(name: "a", value: .number(.int(1)))])
        #expect(try evaluate(source, ["p": .object(payload)]) == value)
    }

    @Test(
        "their errors remain, unless an element decides",
        arguments: [
            ("[1, 2].all(i, v, v / i != 17)", "division by zero"),
            ("[1].transformList(i, v, v / i)", "division by zero"),
            ("[1].transformMap(i, v, v / i > 0, v)", "division by zero"),
            ("1.5.all(i, v, true)", "no such overload: all for double"),
            ("1.5.transformMap(i, v, v)", "no such overload: transformMap for double"),
            ("[1].transformMapEntry(i, v, v)", "no such overload: transformMapEntry for int"),
            ("[1, 2].transformMapEntry(i, v, {'a': v})", "the key 'a' is repeated"),
            ("[1].exists(i, v, v)", "no such overload: exists for int"),
        ])
    func errors(_ source: String, _ message: String) throws {
        #expect(try failure(source)?.message == message)
    }

    @Test("a map that grows beyond the bound is an error")
    func tooLarge() throws {
        let entries = (0..<40_000).map { (Value.int($0), Value.null) }
        let others = (40_000..<80_000).map { (Value.int($0), Value.null) }
        let list = Value.list([
            .map(try #require(MapValue(entries))), .map(try #require(MapValue(others))),
        ])
        #expect(
            try failure("l.transformMapEntry(i, v, v)", ["l": list])?.reason == .tooLarge("a map"))
    }

    @Test(
        "a binding is made where it is first looked at, and once",
        arguments: [
            ("cel.bind(x, 1, x + x)", .int(2)), ("cel.bind(x, 1 / 0, 5)", .int(5)),
            ("cel.bind(x, 1, cel.bind(x, x + 1, x))", .int(2)),
            ("cel.bind(x, 0, x == 0)", .bool(true)),
            ("cel.bind(l, [1, 2], [3, 2].exists(e, e in l))", .bool(true)),
            ("[1, 2].map(x, cel.bind(y, x * 2, y + y))", .list([.int(4), .int(8)])),
            (
                "[1, 2].map(x, cel.bind(y, [1].map(z, x), [5].map(q, y[0] + q)[0]))",
                .list([.int(6), .int(7)])
            ),
            (
                "cel.bind(y, [1, 2].map(a, a), [[7]].map(b, b.map(c, c + y[1])))",
                .list([.list([.int(9)])])
            ),
            ("cel.bind(x, 1 / 0 == 1, true || x)", .bool(true)),
            ("cel.block([1, cel.index(0) + 1, cel.index(1) + 1], cel.index(2))", .int(3)),
            (
                "cel.block([1], cel.block([cel.index(0) + 1, 7], cel.index(0) + cel.index(1)))",
                .int(9)
            ),
            ("[1, 2].map(cel.iterVar(0, 0), cel.iterVar(0, 0) + 1)", .list([.int(2), .int(3)])),
            (
                "[1].exists(cel.iterVar(0, 0), cel.iterVar(0, 1), cel.iterVar(0, 1) == 1)",
                .bool(true)
            ),
            ("cel.bind(cel.accuVar(0, 0), 4, cel.accuVar(0, 0))", .int(4)),
            ("optional.of(1).optMap(cel.iterVar(1, 0), cel.iterVar(1, 0))", .optional(.int(1))),
        ] as [(String, Value)])
    func bindings(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    /// Counts how often its variable is asked for.
    private struct Counting: Activation {
        var count = 0

        mutating func value(slot: Int, name: String) -> Value? {
            count += 1
            return .int(Int64(count))
        }
    }

    @Test("what is bound is evaluated once, and once for every element")
    func once() throws {
        let environment = Environment(variables: ["v"])
        var activation = Counting()
        let bind = try Expression("cel.bind(x, v, x + x + x)", environment: environment)
        #expect(try bind.evaluate(&activation) == .int(3))
        #expect(bind.slots == [0])
        activation = Counting()
        let loop = try Expression(
            "['a', 'b'].map(e, cel.bind(x, v, x + x))", environment: environment)
        #expect(try loop.evaluate(&activation) == .list([.int(2), .int(4)]))
        #expect(activation.count == 2)
    }

    @Test(
        "forms that are none are refused",
        arguments: [
            ("cel.bind(x, 1)", .badArguments), ("cel.bind(x.y, 1, 2)", .badArguments),
            ("cel.bind(1, 1, 2)", .badArguments), ("cel.block(1, 2)", .badArguments),
            ("cel.block([1])", .badArguments), ("cel.index('a')", .badArguments),
            ("cel.index(-1)", .badArguments), ("cel.index(0)", .unknownName),
            ("cel.block([cel.index(0)], 1)", .unknownName), ("cel.iterVar(0, 0)", .unknownName),
            ("cel.iterVar(0)", .badArguments), ("cel.other(0)", .unknownName),
            ("[1].all(i, i, true)", .badArguments), ("[1].all(i, v.x, true)", .badArguments),
            ("[1].transformMap(1, v, true)", .badArguments),
            ("[1].transformMap(v, true)", .badArguments), ("cel.bind(x, 1, y)", .unknownName),
            ("cel.bind(x, 1, 2) + x", .unknownName),
        ] as [(String, ParseError.Kind)])
    func forms(_ source: String, _ kind: ParseError.Kind) throws {
        #expect(issues(source).first?.kind == kind, "\(issues(source))")
    }

    @Test("a macro with a wrong number of arguments names the right ones")
    func counts() {
        #expect(
            issues("[1].all(x)").map(\.message) == ["'all' takes 2 or 3 arguments, not 1"])
        #expect(
            issues("[1].filter(x, y, true)").last?.message
                == "'filter' takes 2 arguments, not 3")
        #expect(
            issues("optional.none().orValue()").map(\.message)
                == ["'orValue' takes 1 arguments, not 0"])
    }

    @Test("bindings on bindings count as depth, for their values nest")
    func depth() {
        var source = "x99"
        for index in (0..<100).reversed() {
            source = "cel.bind(x\(index), [\(index == 0 ? "1" : "x\(index - 1)")], \(source))"
        }
        #expect(issues(source).first?.kind == .tooLarge)
        let block = (1..<200).map { "[cel.index(\($0 - 1))]" }.joined(separator: ", ")
        #expect(issues("cel.block([1, \(block)], cel.index(199))").first?.kind == .tooLarge)
    }

    @Test("types that double with each binding are checked in bounded time")
    func doublingTypes() throws {
        var source = "x40 == x40"
        for index in (0..<41).reversed() {
            let key = index == 0 ? "1" : "x\(index - 1)"
            source = "cel.bind(x\(index), {'a': \(key), 'b': [{1: \(key)}]}, \(source))"
        }
        _ = issues(source)
        #expect(issues("cel.bind(a, [[1]], cel.bind(b, {a: a}, {b: b} == {b: b}))").isEmpty)
    }

    @Test("what a binding shows is told by its body")
    func observed() throws {
        let environment = Environment(variables: ["p"])
        let expression = try Expression(
            "cel.bind(x, p.a, x > 1 && true)", environment: environment)
        let observed = try #require(expression.observed)
        #expect(observed.source == "x")
        var activation = DictionaryActivation([
            "p": .map(MapValue([(.string("a"), .int(7))]) ?? MapValue())
        ])
        #expect(try observed.evaluate(activation) == .int(7))
        // As code, whatever ran before on the same machine.
        let machine = Machine()
        let paths = PathTable()
        let others = [
            "[p.a, p.a + 1, p.a + 2].map(i, [i, i + 1, i * 2]) == []",
            "cel.bind(y, p.a + 1, cel.bind(z, y + 1, y + z > 2 ? [y, z, y] : [z])) == [p.a]",
        ]
        for source in others {
            let other = try Expression(source, environment: environment)
            let programs = [other, observed].compactMap { $0.compiled(sharing: paths).program }
            #expect(programs.count == 2)
            _ = try machine.evaluate(programs[0], &activation)
            #expect(try machine.evaluate(programs[1], &activation) == .int(7))
        }
    }
}
