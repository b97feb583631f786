import Core
import Glibc
import Testing

@testable import Mind

/// The index held against asking every rule about every message.
///
/// `JAMEY_DIFFERENTIAL` says how many pairs of a rule and an event are judged both ways,
/// `JAMEY_SEED` where they begin.
@Suite("The index over rules, held against none")
struct RuleIndexDifferentialTests {
    private static let rulesPerSet = 100
    private static let eventsPerSet = 150

    private static func setting(_ name: String, _ otherwise: Int) -> Int {
        getenv(name).flatMap { Int(String(cString: $0)) } ?? otherwise
    }

    @Test("no outcome differs, nor what is told once, nor the state")
    func differential() throws {
        let wanted = Self.setting("JAMEY_DIFFERENTIAL", 40_000)
        var seed = UInt64(Self.setting("JAMEY_SEED", 1))
        print("rules and events from seed \(seed)")
        var (pairs, asked, failures) = (0, 0, 0)
        while pairs < wanted {
            try Self.compare(seed: seed, &asked, &failures)
            pairs += Self.rulesPerSet * Self.eventsPerSet
            seed += 1
        }
        print("\(pairs) pairs of a rule and an event, \(asked) asked, \(failures) failures")
        // It is of no use where everything is asked, nor where nothing fails.
        #expect(asked < pairs / 2 && failures > pairs / 50)
    }

    private static func compare(
        seed: UInt64, _ asked: inout Int, _ failures: inout Int
    ) throws {
        var generator = RuleGenerator(seed: seed)
        let rules = generator.rules(rulesPerSet)
        var indexed = try MindUnderTest(rules)
        var plain = try MindUnderTest(rules, indexesRules: false)
        for number in 0..<eventsPerSet {
            if number == eventsPerSet / 2 {
                // Half of it under another set, into which alerts and windows are carried over.
                let others = generator.rules(rulesPerSet)
                #expect(try indexed.activate(others) == plain.activate(others), "seed \(seed)")
            }
            let message = generator.message()
            let expected = plain.hear(message)
            let found = indexed.hear(message)
            guard found == expected else {
                Issue.record(
                    "seed \(seed), event \(number) on \(message.topic): \(text(message.payload))")
                return explain(found, expected)
            }
            failures += expected.ruleFailures
            asked += indexed.mind.router.resolve(message.topic).reduce(0) {
                $0 + indexed.mind.indices[$1.route].asked.count
            }
        }
        #expect(indexed.mind.checkpoint() == plain.mind.checkpoint(), "seed \(seed)")
        #expect(indexed.mind.reportedRules == plain.mind.reportedRules, "seed \(seed)")
    }

    private static func explain(_ found: Outcome, _ expected: Outcome) {
        print("failures \(found.ruleFailures), not \(expected.ruleFailures)")
        for (name, outcome) in [("found", found), ("expected", expected)] {
            print("\(name): \(outcome.rejections.map(\.message))")
            for decision in outcome.decisions { print("  \(text(decision.json))") }
        }
    }
}
