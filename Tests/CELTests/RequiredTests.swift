import CEL
import Testing

/// What an index over many expressions is built on.
struct RequiredTests {
    private let environment = Environment(variables: ["p", "q"])

    private func required(_ source: String) throws -> [String] {
        try Expression(source, environment: environment).required.map {
            "\($0.slot).\($0.path.joined(separator: ".")) \($0.relation) \($0.constant)"
        }
    }

    @Test("comparisons of a field with a constant are required, from either side")
    func comparisons() throws {
        #expect(
            try required("p.a.b > 1 && 2 <= q.c && p.d == 'x'") == [
                "0.a.b greater int(1)", "1.c greaterOrEqual int(2)", "0.d equal string(\"x\")",
            ])
        #expect(
            try required("p.a < 1 && 1 < p.b && 3 > p.c && p.d >= 1 && p.e <= 1 && 1 >= p.f")
                == [
                    "0.a less int(1)", "0.b greater int(1)", "0.c less int(3)",
                    "0.d greaterOrEqual int(1)", "0.e lessOrEqual int(1)", "0.f lessOrEqual int(1)",
                ])
    }

    @Test(
        "nothing else is required",
        arguments: [
            "p.a > 1 || p.b > 1", "p > 1", "p.a > q.a", "p.a != 1", "p.a in [1]", "!(p.a > 1)",
            "p.?a.orValue(2) > 1", "p['a'] > 1", "p.a + 1 > 2", "cel.bind(x, p.a, x > 1)",
            "p.a ? true : false", "[1].all(x, p.a > x)", "1 == 1",
        ])
    func others(_ source: String) throws {
        #expect(try required(source) == [])
    }
}
