import Core
import Testing

@testable import Mind

@Suite("An index over rules")
struct RuleIndexTests {
    private static let route = """
        routes:
          - { name: r, topic: "t/{device}", entity: "{device}" }
        rules:

        """

    /// Conditions of every kind that the index sorts, and of some that it does not.
    private static let conditions = [
        "payload.a > 10", "payload.a >= 10.0", "payload.a < -3", "payload.a <= 9007199254740993",
        "10 < payload.a", "payload.a > 9007199254740992.0", "payload.b == 'x'", "'y' == payload.b",
        "payload.a > 5 && payload.b == 'x'", "payload.missing > 1 && payload.a > 5",
        "payload.a > 5 && payload.c", "payload.a > 5 || payload.b == 'x'", "payload.a == 10",
        "has(payload.b) && payload.a < 0", "payload.c.d > 1", "payload.a > payload.b",
        "!(payload.a > 10)", "payload.b >= 'm'", "payload.a > 10u", "payload.b == 'é'",
    ]

    private static let values = [
        "10", "10.0", "11", "9.999", "-3", "-3.5", "0", "9007199254740993", "9007199254740992",
        "1e300", "\"x\"", "\"y\"", "\"\\u0065\\u0301\"", "\"é\"", "true", "null", "[1]",
        "{\"d\":2}",
    ]

    private static func rules(_ random: inout SeededGenerator) -> String {
        (0..<30).map { number in
            let condition = conditions.randomElement(using: &random) ?? "true"
            return "  - { name: rule-\(number), on: r, when: \"\(condition)\" }\n"
        }.joined()
    }

    private static func payload(_ random: inout SeededGenerator) -> String {
        let members = ["a", "b", "c"].filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
            .map { "\"\($0)\":\(values.randomElement(using: &random) ?? "1")" }
        return Int.random(in: 0..<20, using: &random) == 0
            ? (values.randomElement(using: &random) ?? "1")
            : "{" + members.joined(separator: ",") + "}"
    }

    @Test("never changes an outcome, a count of failures or the state", arguments: 1...60)
    func differential(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var indexed = try MindUnderTest(Self.route + Self.rules(&random))
        var plain = indexed
        plain.mind.indices = plain.mind.active.map { RuleIndex(asking: $0) }
        for _ in 0..<60 {
            let topic = "t/\(Int.random(in: 0..<3, using: &random))"
            let payload = Self.payload(&random)
            let expected = plain.hear(topic, payload)
            #expect(indexed.hear(topic, payload) == expected, "seed \(seed): \(payload)")
        }
        #expect(indexed.mind.checkpoint() == plain.mind.checkpoint(), "seed \(seed)")
    }

    @Test("asks only the rules whose bound is reached, and all of a field that is missing")
    func candidates() throws {
        let mind = try MindUnderTest(
            Self.route + """
                  - { name: low, on: r, when: "payload.a > 10" }
                  - { name: high, on: r, when: "payload.a > 20 && device.trust > 0.1" }
                  - { name: cold, on: r, when: "payload.a < 0" }
                  - { name: text, on: r, when: "payload.b == 'x'" }
                  - { name: any, on: r, when: "size(payload) > 3" }
                """
        ).mind
        let null = try JSONDocument(Array("null".utf8))
        let index = try #require(mind.indices.first { !$0.candidates(for: null).isEmpty })
        func asked(_ document: String) throws -> [Int] {
            index.candidates(for: try JSONDocument(Array(document.utf8)))
        }
        #expect(try asked("{\"a\":15,\"b\":\"y\"}") == [0, 4])
        #expect(try asked("{\"a\":25,\"b\":\"x\"}") == [0, 1, 3, 4])
        #expect(try asked("{\"a\":-1,\"b\":\"y\"}") == [2, 4])
        #expect(try asked("{\"b\":\"y\"}") == [0, 1, 2, 4])
        #expect(try asked("{}") == [0, 1, 2, 3, 4])
    }

    @Test("many fields are found by their names, escaped or not, each its own rules")
    func manyFields() throws {
        let rules = (0..<20).map { number in
            "      - { name: n\(number), on: r, when: 'payload.f\(number) > \(number)' }\n"
        }
        let mind = try MindUnderTest(Self.route + rules.joined()).mind
        let null = try JSONDocument(Array("null".utf8))
        let index = try #require(mind.indices.first { !$0.candidates(for: null).isEmpty })
        let members = (0..<20).map { "\"f\($0)\":\($0 % 3 == 0 ? $0 + 1 : $0)" }
        let document = "{\"x\":{\"f1\":99}," + members.joined(separator: ",") + "}"
        let escaped = document.replacing("\"f3\"", with: "\"\\u00663\"")
        for text in [document, escaped] {
            let asked = index.candidates(for: try JSONDocument(Array(text.utf8)))
            // Bounds are met by number; whether `>` holds is the rule's to say.
            #expect(asked == Array(0..<20))
        }
        let low = (0..<20).map { "\"f\($0)\":\($0 % 3 == 0 ? $0 + 1 : -1)" }
        let text = "{" + low.joined(separator: ",") + "}"
        let asked = index.candidates(for: try JSONDocument(Array(text.utf8)))
        #expect(asked == (0..<20).filter { $0 % 3 == 0 })
    }
}
