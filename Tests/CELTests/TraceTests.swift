import CEL
import Core
import Testing

struct TraceTests {
    @Test("a trace tells the value of every part, the whole last")
    func steps() throws {
        let expression = try Expression(
            "x.a > 1 &&\n y", environment: Environment(variables: ["x", "y"]))
        var activation = DictionaryActivation([
            "x": .object(JSONObject([.init(name: "a", value: .number(.int(2)))])),
            "y": .bool(false),
        ])
        let trace = expression.trace(&activation)
        #expect(trace.steps.map(\.text) == ["x", "x.a", "x.a > 1", "y", "x.a > 1 &&\n y"])
        #expect(trace.steps[3].position == SourcePosition(line: 2, column: 2))
        #expect(try trace.steps[2].result.get() == .bool(true))
        #expect(try trace.result.get() == .bool(false))
    }

    @Test("errors are part of a trace, at their place")
    func errors() throws {
        var activation = EmptyActivation()
        let trace = try Expression("1 / 0 == 1 || true").trace(&activation)
        #expect(try trace.result.get() == .bool(true))
        guard case .failure(let error) = trace.steps[0].result else {
            Issue.record("not an error")
            return
        }
        #expect(error.description == "1:3: division by zero")
        let failing = try Expression("1 / 0").trace(&activation)
        #expect(throws: EvaluationError.self) { try failing.result.get() }
    }

    @Test("a trace is bounded")
    func bound() throws {
        var activation = DictionaryActivation(["l": .list(Array(repeating: .int(1), count: 5_000))])
        let expression = try Expression(
            "l.all(x, x == 1)", environment: Environment(variables: ["l"]))
        #expect(expression.trace(&activation).steps.count == Limits.traceStepsMax)
    }
}
