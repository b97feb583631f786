import CEL
import Core
import Testing

struct BoundsTests {
    @Test(
        "an evaluation without end runs out of fuel, whatever absorbs its errors",
        arguments: [
            "l.all(a, l.all(b, l.all(c, l.all(d, true))))", "true || l.all(a, true)",
            "l.exists(a, l.exists(b, l.exists(c, false))) || true",
            "[0].map(x, s + s).size() == 0 || l.map(a, l.map(b, s + s)) == []",
        ])
    func fuel(_ source: String) throws {
        let list = Value.list((0..<1_000).map { .int($0) })
        let variables = ["l": list, "s": Value.string(String(repeating: "a", count: 10_000))]
        let error = try failure(source, variables)
        if source.hasPrefix("true") {
            #expect(error == nil)
        } else {
            #expect(error?.reason == .outOfFuel)
        }
    }

    @Test("fuel is what the caller gives")
    func ownFuel() throws {
        let expression = try Expression("1 + 1")
        var activation = EmptyActivation()
        #expect(try expression.evaluate(&activation, fuel: 3) == .int(2))
        #expect(throws: EvaluationError.self) { try expression.evaluate(&activation, fuel: 2) }
    }

    @Test("values that become too large are errors", arguments: ["s + s", "b + b", "l + l"])
    func tooLarge(_ source: String) throws {
        let half = Limits.valueBytesMax / 2 + 1
        let variables: [String: Value] = [
            "s": .string(String(repeating: "a", count: half)),
            "b": .bytes(Array(repeating: 1, count: half)),
            "l": .list(Array(repeating: .null, count: Limits.valueElementsMax / 2 + 1)),
        ]
        guard case .tooLarge? = try failure(source, variables)?.reason else {
            Issue.record("not too large")
            return
        }
    }

    @Test("comparing values that share their parts without end runs out of fuel")
    func sharedParts() throws {
        let doubling = String(repeating: ".map(x, [x, x])", count: 25)
        #expect(try failure("[0]\(doubling) == [0]\(doubling)")?.reason == .outOfFuel)
        #expect(try failure("[0]\(doubling) in [[0]\(doubling)]")?.reason == .outOfFuel)
    }

    @Test("a search in a long text is linear")
    func search() throws {
        let text = String(repeating: "a", count: 1 << 20)
        let part = String(repeating: "a", count: 1 << 19) + "b"
        #expect(
            try evaluate("t.contains(p)", ["t": .string(text), "p": .string(part)]) == .bool(false))
    }

    @Test("every reason has its words")
    func words() {
        let reasons: [EvaluationError.Reason] = [
            .noValue("x"), .unknown("x"), .noOverload("f", .int, nil),
            .noOverload("f", .int, .bool), .noKey("k"), .noElement(1),
            .divisionByZero, .overflow("+"), .outOfRange("int"), .invalidArgument("no"), .outOfFuel,
            .tooLarge("a list"),
        ]
        #expect(Set(reasons.map(\.description)).count == reasons.count)
    }
}
