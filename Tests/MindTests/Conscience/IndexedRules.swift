import Core
import Testing

@testable import Mind

/// The index over rules with these conditions.
struct IndexedRules {
    static let route = """
        routes:
          - { name: r, topic: "t/{line}/{device}", entity: "{device}" }
          - name: g
            guard: { propose: "cmd/{device}", approved: "do/{device}", denied: "no/{device}" }
            entity: "{device}"
        rules:

        """

    var index: RuleIndex
    var reported: [Bool]

    init(_ conditions: [String], more: String = "") throws {
        let rules = conditions.enumerated().map { number, condition in
            "  - { name: rule-\(number), on: r\(more), when: \(Text.quoted(condition)) }\n"
        }
        let mind = try MindUnderTest(Self.route + rules.joined()).mind
        index = mind.indices[0]
        reported = mind.reportedRules
    }

    /// The rules that are asked; those that fail were told of before.
    mutating func asked(
        _ payload: String, topic: String = "t/1/press-7"
    ) throws -> [Int] {
        let message = Message(topic: topic, payload: Array(payload.utf8))
        let levels = topic.split(separator: "/").map(String.init)
        let match = Router.Match(
            route: 0, captures: [levels[1], levels[2]], entity: levels[2], place: nil)
        let document = try JSONDocument(message.payload)
        index.look(
            at: document, message, match, entity: levels[2], reported: reported)
        return index.asked
    }

    /// The same once every rule has been told of, and how many failures are counted.
    mutating func settled(
        _ payload: String, topic: String = "t/1/press-7"
    ) throws -> (asked: [Int], failures: Int) {
        reported = reported.map { _ in true }
        // The first message with such a payload finds out.
        _ = try asked(payload, topic: topic)
        return (try asked(payload, topic: topic), index.failures)
    }
}

/// Asks one rule about payloads: those about which it is asked, is false for sure, or fails.
func expect(
    _ condition: String, asked: [String], passedOver: [String], fails: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    var indexed = try IndexedRules([condition])
    for payload in asked {
        #expect(
            try indexed.asked(payload) == [0], "\(payload)", sourceLocation: sourceLocation)
    }
    for payload in passedOver {
        #expect(try indexed.asked(payload) == [], "\(payload)", sourceLocation: sourceLocation)
    }
    for payload in fails {
        #expect(
            try indexed.asked(payload) == [0], "\(payload)", sourceLocation: sourceLocation)
    }
    for payload in fails {
        let found = try indexed.settled(payload)
        #expect(
            found.asked == [] && found.failures == 1, "\(payload)",
            sourceLocation: sourceLocation)
    }
    for payload in passedOver {
        let found = try indexed.settled(payload)
        #expect(
            found.asked == [] && found.failures == 0, "\(payload)",
            sourceLocation: sourceLocation)
    }
    for payload in asked {
        let found = try indexed.settled(payload)
        #expect(
            found.asked == [0] && found.failures == 0, "\(payload)",
            sourceLocation: sourceLocation)
    }
}

/// Texts of rule files.
enum Text {
    /// In double quotes, as YAML and JSON read it.
    static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).encoded(), as: UTF8.self)
    }
}
