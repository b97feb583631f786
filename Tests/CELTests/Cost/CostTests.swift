import Core
import Testing

@testable import CEL

/// What is refused at load because it may take too long, and what is not.
struct CostTests {
    private let environment = Environment(
        variables: ["payload", "device", "s", "d"],
        types: ["device": .map(.string, .dyn), "s": .string, "d": .double],
        fields: ["device": ["last": .map(.string, .dyn), "trust": .double]],
        costMax: Limits.expressionCostMax)

    private func estimate(_ source: String) throws -> Int {
        try Expression(source, environment: environment).estimate.steps
    }

    @Test(
        "where all is known and every part is evaluated, the estimate is the cost",
        arguments: [
            "1 + 2", "[1, 2, 3].map(x, x * 2)", "[[1, 2], [3, 4]].all(x, x.all(y, y > 0))",
            "{1: 2}.map(k, k)", "[1, 2].exists_one(x, x == 1)", "{1: 2, 3: 4}.all(k, v, k < v)",
            "[1, 2].transformMap(i, v, v + i)", "[3].transformMapEntry(i, v, {v: i})",
            "[1, 2] + [3]", "[1, 2] == [1, 2]", "3 in [1, 2]", "math.greatest([1, 2, 3])",
            "timestamp(0).getHours() < 3", "optional.of(1).orValue(2)",
        ])
    func exact(_ source: String) throws {
        let expression = try Expression(source)
        var activation = EmptyActivation()
        let result = expression.evaluated(&activation)
        let unused = source == "optional.of(1).orValue(2)" ? 1 : 0
        #expect(expression.estimate.steps == result.cost + unused)
    }

    @Test("two loops inside of each other are accepted, three are refused")
    func nesting() throws {
        let loops = ["payload.a.all(x, ", "payload.b.exists(y, ", "payload.c.all(z, "]
        for count in 1...3 {
            let source =
                loops.prefix(count).joined() + "true" + String(repeating: ")", count: count)
            let found = issues(source, environment)
            #expect(found.isEmpty == (count < 3), "\(source): \(found)")
            guard let issue = found.first else { continue }
            #expect(issue.kind == .tooCostly)
            #expect(issue.message.hasPrefix("the expression may cost "))
            #expect(issue.message.hasSuffix(" steps, more than 1000000"))
            #expect(
                issue.hint == "'all' costs most: it may go through 1000000 elements; what is not "
                    + "known counts with 100 elements and 1024 bytes of text")
            #expect(issue.position.column == source.range(of: "all(z").map(column(of: source)))
            #expect(issue.line == source)
        }
    }

    private func column(of source: String) -> (Range<String.Index>) -> Int {
        { source.distance(from: source.startIndex, to: $0.lowerBound) + 1 }
    }

    @Test(
        "what may cost too much is refused",
        arguments: [
            "payload.a.all(x, x.b.all(y, y.c.all(z, z > 0)))",
            "payload.map(a, payload.map(b, payload.map(c, 1))).size() > 1",
            "payload.all(x, payload.all(y, payload.all(k, v, k == y)))",
            "payload.replace('', s).replace('', s).replace('', s).replace('', s) == ''",
            "payload.all(x, payload.matches(s))",
            "cel.bind(l, payload.map(x, payload.map(y, y)), payload.all(x, x in l))",
        ])
    func refused(_ source: String) {
        #expect(issues(source, environment).map(\.kind) == [.tooCostly])
    }

    @Test(
        "what people write is accepted",
        arguments: [
            "payload.temp > 80.0 && device.last.vib > 7.1 || device.trust < 0.2",
            "payload.items.all(i, i.id.matches('^[a-z]{2,8}-[0-9]{1,6}$') && i.n > 0)",
            "payload.tags.exists(t, t in device.last.tags || t in payload.others)",
            "payload.a.exists(x, payload.b.exists(y, x.id == y.id && x.n > y.n))",
            "payload == device.last && payload.a == payload.b",
            "payload.lines.map(l, l.presses.filter(p, p.temp > 80.0).size()).exists(n, n > 3)",
            "s.split(',').all(p, p.trim().startsWith('x') || p.matches('[0-9]+'))",
            "payload.text.matches(payload.pattern)", "text.overlap(payload.action, s) > 0.5",
            "'%s: %.1f, %s'.format([s, d, payload])", "payload.l.map(x, string(x)).join(', ')",
            "[1, 2, 3].all(x, [1, 2, 3].all(y, [1, 2, 3].all(z, [1, 2].all(w, x + y > z - w))))",
            "payload.readings.map(r, r.value * 1.8 + 32).filter(v, v > 100.0).size() > 3",
        ])
    func accepted(_ source: String) {
        #expect(issues(source, environment).map(\.description) == [])
    }

    @Test("lists that are written out count with their size, also under a name")
    func constants() throws {
        let list = "[" + (0..<1_000).map(String.init).joined(separator: ", ") + "]"
        #expect(issues("payload.code in \(list)", environment).isEmpty)
        #expect(issues("\(list).all(x, \(list).all(y, x != y))", environment).count == 1)
        let named = "cel.bind(l, \(list), l.all(x, l.all(y, x != y)))"
        #expect(issues(named, environment).map(\.kind) == [.tooCostly])
    }

    @Test("a variable counts with what is known of its size")
    func sizes() throws {
        let value = try Expression("[1, 2, 3]")
        let known = Environment(
            variables: ["v"], types: ["v": value.type], sizes: ["v": value.estimate.size])
        let unknown = Environment(variables: ["v"], types: ["v": value.type])
        let source = "v.all(x, x > 0)"
        #expect(try Expression(source, environment: known).estimate.steps == 11)
        #expect(try Expression(source, environment: unknown).estimate.steps == 302)
    }

    @Test("what costs most is named also where it is no loop")
    func calls() throws {
        let source = "payload.replace('', s).replace('', s).replace('', s).replace('', s) == ''"
        let issue = try #require(issues(source, environment).first)
        #expect(issue.hint?.hasPrefix("'replace' costs most; what is not known counts") == true)
    }

    @Test("the estimate itself is bounded, whatever is nested")
    func visits() {
        let depth = 30
        let loops = (0..<depth).map { "[s, s].all(x\($0), " }.joined()
        let source = loops + "true" + String(repeating: ")", count: depth)
        #expect(issues(source, environment).map(\.kind) == [.tooCostly])
        let growing = "[s]" + String(repeating: ".map(x, [x, x])", count: 25)
        let compared = "cel.bind(g, \(growing), g == g)"
        #expect(issues(compared, environment).map(\.kind) == [.tooCostly])
    }

    @Test("without a bound, nothing is refused")
    func unbounded() throws {
        let source = "p.all(a, p.all(b, p.all(c, p.all(d, true))))"
        let expression = try Expression(source, environment: Environment(variables: ["p"]))
        #expect(expression.estimate.steps > 100_000_000)
    }

    @Test("a fault of another kind is told alone")
    func faults() {
        let source = "payload.all(x, payload.all(y, payload.all(z, 1 + 'a' == z)))"
        #expect(issues(source, environment).map(\.kind) == [.typeMismatch])
    }

    @Test("every function of the standard table has an estimate of its own")
    func complete() {
        for function in FunctionTable.standard.all {
            let sizes = Array(repeating: ValueSize.unknown, count: function.argumentCount)
            let arguments = FunctionCost.Arguments(sizes, sizes.map { _ in nil })
            #expect(FunctionCost.known(function.name, arguments) != nil, "\(function.name)")
        }
    }

    @Test("a function that says nothing of its cost may look at all it is given")
    func unknownFunction() throws {
        var functions = FunctionTable.standard
        functions.register(Function("f", argumentCount: 1, body: .unary { value, _ in value }))
        let own = Environment(variables: ["p"], functions: functions)
        let expression = try Expression("f(p)", environment: own)
        #expect(expression.estimate.steps == 2 + Limits.costElements + Limits.costTextBytes)
    }

    @Test("the cost of an evaluation is told, also of one that fails or runs out of fuel")
    func evaluated() throws {
        var activation = EmptyActivation()
        let sum = try Expression("1 + 1").evaluated(&activation)
        #expect(try sum.value.get() == .int(2))
        #expect(sum.cost == 3)
        let failing = try Expression("1 / 0 + 1").evaluated(&activation)
        #expect(throws: EvaluationError.self) { try failing.value.get() }
        #expect(failing.cost == 4)
        let short = try Expression("1 + 1").evaluated(&activation, fuel: 2)
        #expect(throws: EvaluationError.self) { try short.value.get() }
        #expect(short.cost == 2)
        #expect(try Expression("1 + 1").trace(&activation).cost == 3)
    }
}
