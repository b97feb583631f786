import CEL
import Core
import Testing

@testable import Mind

@Suite("The rules of an agent without rules")
struct DefaultRulesTests {
    /// Names of the default rules whose condition holds for an action.
    private func hit(by action: String) throws -> [String] {
        let set = try RuleSetLoader.load([])
        let slots = RuleEnvironment.Name.allCases
        return try set.rules.filter { rule in
            let payload = try #require(
                MapValue([(Value.string("action"), Value.string(action))]))
            var values: [String: Value] = [:]
            for name in slots { values[name.text] = .map(payload) }
            return try rule.when.evaluate(DictionaryActivation(values)) == .bool(true)
        }.map(\.name)
    }

    @Test("there are two, on evaluate and every guard, and they stand in the set's files")
    func two() throws {
        for files in [[], [RuleFile(name: "a.yaml", text: "# nothing\n")]] {
            let set = try RuleSetLoader.load(files)
            #expect(set.rules.map(\.name) == ["no-harm", "truth"])
            #expect(set.rules.map(\.weight) == [10, 8])
            #expect(set.rules.map(\.stance) == [.oppose, .oppose])
            #expect(set.routes.map(\.name) == ["evaluate"])
            #expect(set.routes[0].rules == [0, 1])
            #expect(set.files == files + [DefaultRules.file])
            #expect(set.digest == RuleSetDigest.digest(of: set.files))
            // A stored set loads again as the same set.
            #expect(try RuleSetLoader.load(set.files).digest == set.digest)
        }
    }

    @Test("one rule or route of the operator's, and they are gone")
    func replaced() throws {
        let set = try loadRules("rules:\n  - { name: a, topic: t, when: 'true' }\n")
        #expect(set.rules.map(\.name) == ["a"])
        #expect(try loadRules("routes:\n  - { name: r, topic: t }\n").rules.isEmpty)
    }

    @Test(
        "actions that speak of harm or deceit are hit",
        arguments: [
            ("harm the operator", ["no-harm"]), ("Hurt them!", ["no-harm"]),
            ("Lie to the customer", ["truth"]), ("falsify the log", ["truth"]),
            ("Deceive and attack", ["no-harm", "truth"]),
        ])
    func hits(action: String, expected: [String]) throws {
        #expect(try hit(by: action) == expected)
    }

    @Test(
        "harmless ones are not",
        arguments: [
            "Help an elderly person cross the street", "start pump 7", "harmless check",
            "believe the sensor", "relieve pressure", "", "a harmony of skills",
        ])
    func misses(action: String) throws {
        #expect(try hit(by: action).isEmpty)
    }

    @Test("a proposal without an action is none of their business")
    func withoutAction() throws {
        let set = try RuleSetLoader.load([])
        let values = ["payload": Value.map(MapValue())]
        for rule in set.rules {
            #expect(try rule.when.evaluate(DictionaryActivation(values)) == .bool(false))
        }
    }
}
