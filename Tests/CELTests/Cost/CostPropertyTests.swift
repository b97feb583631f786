import CEL
import Core
import Foundation
import Testing

/// The estimate is what it says: no evaluation costs more.
struct CostPropertyTests {
    private static let environment = Environment(
        variables: CostlyExpression.variables, types: ["t": .string, "l": .list(.int)],
        isChecked: false)

    /// How many expressions are tried; more where the environment says so.
    private static let count =
        ProcessInfo.processInfo.environment["JAMEY_COST_CASES"].flatMap { Int($0) } ?? 4_000
    private static let seed =
        ProcessInfo.processInfo.environment["JAMEY_COST_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: 0 ... .max)
    /// An evaluation ends here, so that the test does.
    private static let fuelMax = 50_000

    @Test("no evaluation costs more than its estimate, over documents of the nominal size")
    func bound() throws {
        print("seed \(Self.seed), JAMEY_COST_SEED repeats it")
        var expressions = CostlyExpression(seed: Self.seed)
        var documents = CostlyDocument(seed: Self.seed &+ 1)
        var costly = 0
        for _ in 0..<Self.count {
            let source = expressions.next()
            guard let expression = try? Expression(source, environment: Self.environment) else {
                continue
            }
            for _ in 0..<2 {
                let values: [String: Value] = [
                    "p": Value(documents.next()), "q": Value(documents.next()),
                    "t": .string(String(repeating: "a", count: Limits.costTextBytes)),
                    "l": .list((0..<Limits.costElements).map { .int(Int64($0)) }),
                ]
                var activation = DictionaryActivation(values)
                let fuel = min(expression.estimate.steps + 1, Self.fuelMax)
                let cost = expression.evaluated(&activation, fuel: fuel).cost
                if cost > 1_000 { costly += 1 }
                #expect(
                    cost <= expression.estimate.steps,
                    "\(source): \(cost) steps, \(expression.estimate.steps) estimated")
            }
        }
        // Else it would not say much.
        #expect(costly > Self.count / 40, "\(costly) of \(Self.count)")
    }

    @Test("loops count every list by itself, however many elements there are in all")
    func nested() throws {
        let row = JSONValue.array((0..<Limits.costElements).map { .number(.int(Int64($0))) })
        let rows = Value.array(Array(repeating: row, count: Limits.costElements))
        for source in [
            "p.all(x, x.all(y, y >= 0))", "p.map(x, x.map(y, y + 1)).all(x, x.all(y, y > 0))",
            "p.filter(x, x.exists(y, y == 99)).size()", "p.all(x, q.all(y, y[0] <= x[1]))",
        ] {
            let expression = try Expression(source, environment: Self.environment)
            var activation = DictionaryActivation(["p": rows, "q": rows])
            let cost = expression.evaluated(&activation).cost
            #expect(cost > 10_000)
            #expect(cost <= expression.estimate.steps, "\(source)")
        }
    }

    @Test(
        "no case of the conformance suite costs more than its estimate",
        .enabled(if: ConformanceCase.path != nil, "conformance/cel.jsonl is not at hand"))
    func conformance() throws {
        for one in try ConformanceCase.load(try #require(ConformanceCase.path)) {
            let environment = Environment(
                variables: one.bindings.keys.sorted(), types: one.types, container: one.container,
                isChecked: one.isChecked)
            guard let expression = try? Expression(one.source, environment: environment) else {
                continue
            }
            var activation = DictionaryActivation(one.bindings)
            let cost = expression.evaluated(&activation).cost
            #expect(
                cost <= expression.estimate.steps,
                "\(one.source): \(cost) steps, \(expression.estimate.steps) estimated")
        }
    }
}
