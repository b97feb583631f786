import CEL
import Core
import Testing

/// What an index over many expressions is built on.
@Suite("The terms of a condition")
struct ConjunctTests {
    private let environment = Environment(variables: ["p", "q", "far"])

    /// `far` is a variable of which nothing is known.
    private func conjuncts(_ source: String) throws -> [Conjunct] {
        try Expression(source, environment: environment).conjuncts { $0 < 2 }
    }

    private func tests(_ source: String) throws -> [String] {
        try conjuncts(source).map { conjunct in
            guard let test = conjunct.test else { return "-" }
            return "\(text(test.path)) \(test.kind)"
        }
    }

    private func needs(_ source: String) throws -> [[String]] {
        try conjuncts(source).map { $0.needs.map(text) }
    }

    private func text(_ path: FieldPath) -> String {
        ([environment.variables[path.slot]] + path.names.map(\.text)).joined(separator: ".")
    }

    @Test("orders of a field and a number are tests, from either side and negated")
    func orders() throws {
        #expect(
            try tests("p.a.b > 1 && 2u <= q.c && p['d'] >= -1.5 && !(p.e < 3)") == [
                "p.a.b isOrdered(CEL.FieldTest.Relation.greater, CEL.Value.int(1))",
                "q.c isOrdered(CEL.FieldTest.Relation.greaterOrEqual, CEL.Value.uint(2))",
                "p.d isOrdered(CEL.FieldTest.Relation.greaterOrEqual, CEL.Value.double(-1.5))",
                "p.e isOrdered(CEL.FieldTest.Relation.greaterOrEqual, CEL.Value.int(3))",
            ])
        let relations: [(String, FieldTest.Relation)] = [
            ("p.a < 1", .less), ("p.a <= 1", .lessOrEqual), ("1 > p.a", .less),
            ("1 >= p.a", .lessOrEqual), ("1 < p.a", .greater), ("1 <= p.a", .greaterOrEqual),
            ("!(p.a > 1)", .lessOrEqual), ("!(p.a >= 1)", .less), ("!(p.a <= 1)", .greater),
            ("!!(p.a > 1)", .greater),
        ]
        for (source, relation) in relations {
            #expect(
                try conjuncts(source).first?.test?.kind == .isOrdered(relation, .int(1)),
                "\(source)")
        }
    }

    @Test("equality with texts, numbers, truth values and null, also to one of several")
    func equalities() throws {
        let wanted: [(String, [Value])] = [
            ("p.a == 'x'", [.string("x")]), ("2.5 == p.a", [.double(2.5)]),
            ("p.a == null", [.null]), ("p.a == true", [.bool(true)]),
            ("p.a in ['x', 1]", [.string("x"), .int(1)]), ("p.a in []", []),
            ("p.a == 'x' || p.a in [1u] || 'y' == p.a", [.string("x"), .uint(1), .string("y")]),
        ]
        for (source, values) in wanted {
            #expect(try conjuncts(source).first?.test?.kind == .isOneOf(values), "\(source)")
        }
    }

    @Test("beginnings, presence and the field itself, and what is not so")
    func others() throws {
        let wanted: [(String, String, FieldTest.Kind)] = [
            ("p.a.startsWith('x')", "p.a", .startsWith("x")), ("p.a", "p.a", .isBool(true)),
            ("!p.a", "p.a", .isBool(false)), ("p", "p", .isBool(true)),
            ("p.startsWith('x')", "p", .startsWith("x")), ("has(p.a.b)", "p.a.b", .exists(true)),
            ("!has(p.a)", "p.a", .exists(false)), ("'b' in p.a", "p.a.b", .isMember(true)),
            ("!('a' in p)", "p.a", .isMember(false)), ("p > 3", "p", .isOrdered(.greater, .int(3))),
        ]
        for (source, path, kind) in wanted {
            let test = try #require(try conjuncts(source).first?.test, "\(source)")
            #expect(text(test.path) == path && test.kind == kind, "\(source)")
        }
    }

    @Test(
        "nothing else is a test",
        arguments: [
            "p.a > 1 || p.b > 1", "p.a > q.a", "p.a != 1", "p.a in [p.b]", "p.a in [[1]]",
            "p.?a.orValue(2) > 1", "p[0] > 1", "p.a + 1 > 2", "cel.bind(x, p.a, x > 1)",
            "p.a ? true : false", "[1].all(x, p.a > x)", "1 == 1", "p.a == b'x'", "p.a > 'x'",
            "p.a == 1 || p.b == 1", "!(p.a == 1)", "!p.a.startsWith('x')", "p.a.endsWith('x')",
            "p.a.startsWith(p.b)", "p.a in [?p.b]", "p.a > true",
        ])
    func none(_ source: String) throws {
        #expect(try tests(source) == ["-"])
    }

    @Test("terms of terms are terms")
    func nesting() throws {
        #expect(try conjuncts("p.a && (p.b && (p.c || p.d)) && !(p.e && p.f)").count == 4)
    }

    @Test("what a term cannot do without: all parts, or those that every alternative has")
    func needed() throws {
        let wanted: [(String, [String])] = [
            ("p.a + p.b > q.c", ["p.a", "p.b", "q.c"]), ("size(p.a.b) > 1", ["p.a.b"]),
            ("p.a > 1 || p.b > 1", []), ("p.a > 1 || p.a < p.b", ["p.a"]),
            ("p.a > 1 ? p.b : p.b > p.c", ["p.a", "p.b"]), ("has(p.a.b)", ["p.a"]),
            ("p.list.exists(x, x > p.a)", ["p.list"]), ("p.?a.orValue(1) > p.b", ["p", "p.b"]),
            ("p.a[p.b]", ["p.a", "p.b"]), ("!(p.a > 1 && p.a < p.b)", ["p.a"]),
            ("[p.a, 1] == [p.b]", ["p.a", "p.b"]), ("p.a.matches('x+')", ["p.a"]),
            ("cel.bind(x, p.a, x > p.b)", ["p.b"]), ("far > p.a", ["far", "p.a"]),
        ]
        for (source, paths) in wanted { #expect(try needs(source) == [paths], "\(source)") }
    }

    @Test("no more is remembered of a term than its bound")
    func neededBound() throws {
        let sum = (0..<40).map { "p.f\($0)" }.joined(separator: " + ")
        #expect(try needs("\(sum) > 1").first?.count == Limits.indexedFieldsMax)
    }

    @Test("a term behind one that can use up the fuel decides nothing")
    func fuel() throws {
        func decides(_ source: String) throws -> [Bool] {
            try conjuncts(source).map(\.decides)
        }
        #expect(try decides("p.a > 1 && p.b.c.d == 'x' && has(p.e)") == [true, true, true])
        #expect(
            try decides("p.a > 1 && p.l.all(x, x > 1) && p.b > 1") == [true, false, false])
        let bounded = [
            "p.a + 1 > q.b", "p.a.contains('x')", "size(p.a) > 2", "p.a in ['x', 'y']",
            "p.a.lowerAscii() == 'x'", "'x' in p.a", "(p.a == 1 ? p.b : p.c)", "p.a > p.b",
            "p.?a.orValue(1) > 0", "timestamp(p.a).getHours('Europe/Berlin') > 3", "-p.a < 3",
        ]
        let unbounded = [
            "p.a == p.b", "p.a + p.b > 1", "p.a.matches('a+b')", "p.a in p.b", "far.a > 1",
            "p.a.replace('a', 'b') == 'x'", "cel.bind(x, p.a, x > 1)", "[p.a] == [1]",
            "p.a.split(',') == []",
        ]
        for source in bounded {
            #expect(try decides("\(source) && p.z") == [true, true], "\(source)")
        }
        for source in unbounded {
            #expect(try decides("\(source) && p.z") == [false, false], "\(source)")
        }
        let many = (0..<400).map { "p.f\($0) > 1" }.joined(separator: " && ")
        let decided = try decides(many)
        #expect(decided.first == true && decided.last == false)
    }

    @Test("what is said to be bounded never uses up the fuel, however the payload is filled")
    func fuelBound() throws {
        let long = String(repeating: "x", count: Limits.indexedPayloadBytesMax - 32)
        let documents = [
            "{\"a\":\"\(long)\"}",
            "{\"a\":[" + String(repeating: "1,", count: 30_000) + "1]}",
            "{\"a\":{" + (0..<6_000).map { "\"\($0)\":1" }.joined(separator: ",") + "}}",
        ]
        let terms = [
            "p.a > 1", "p.a < p.a", "p.a == 'x'", "p.a.startsWith('y')", "'1' in p.a",
            "p.a in ['y']",
            "p.a.contains('y')", "size(p.a) < 0", "p.a.lowerAscii() == 'y'", "p.a.trim() == 'y'",
            "double(p.a) > 1.0", "has(p.a.y)", "p.a + 1 < 0", "p.a.endsWith('y')", "p['b'] == 1",
            "p.?a.?y.orValue(1) < 0", "p.a[?'y'].orValue(2) < 0",
        ]
        for document in documents {
            let payload = Value(try JSONScanner.scan(Array(document.utf8)))
            for term in terms {
                var count = 1
                // As many of them as are said to be bounded.
                while try conjuncts(Self.repeated(term, 2 * count)).allSatisfy(\.decides),
                    count < 64
                {
                    count *= 2
                }
                let source = Self.repeated("(\(term) || true)", count) + " && \(term)"
                let expression = try Expression(source, environment: environment)
                do throws(EvaluationError) {
                    _ = try expression.evaluate(DictionaryActivation(["p": payload]))
                } catch {
                    #expect(error.reason != .outOfFuel, "\(term)")
                }
            }
        }
    }

    private static func repeated(_ term: String, _ count: Int) -> String {
        Array(repeating: term, count: count).joined(separator: " && ")
    }
}
