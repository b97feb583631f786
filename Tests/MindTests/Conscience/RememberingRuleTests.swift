import Core
import Testing

@testable import Mind

@Suite("Rules that remember")
struct RememberingRuleTests {
    private func heard(_ when: String, record: String = "all", more: String = "") throws
        -> MindUnderTest
    {
        try MindUnderTest(
            """
            routes:
              - { name: t, topic: "t/{device}", record: \(record) }
            rules:
              - { name: r, on: t, when: '\(when)'\(more) }
            """)
    }

    private func isFiring(_ subject: MindUnderTest) -> Bool { subject.mind.alertsFiring > 0 }

    @Test("a window takes in every message, the one that is judged too, and lets the old ones go")
    func window() throws {
        var subject = try heard(#"over.avg(payload.x, "10s") > 5.0"#)
        for (value, fires) in [(4, false), (5, false), (9, true), (0, false)] {
            _ = subject.hear("t/a", #"{"x":\#(value)}"#)
            #expect(isFiring(subject) == fires, "\(value)")
        }
        _ = subject.hear("t/a", #"{"x":6}"#, after: .seconds(10))
        #expect(isFiring(subject))
    }

    @Test("each entity has windows of its own")
    func perEntity() throws {
        var subject = try heard(#"over.count(payload.x, "1m") >= 2"#)
        _ = subject.hear("t/a", #"{"x":1}"#)
        #expect(subject.hear("t/b", #"{"x":1}"#).decisions.isEmpty)
        #expect(subject.hear("t/b", #"{"x":1}"#).decisions.map(\.entity) == ["b"])
    }

    @Test(
        "a window takes in a message wherever the rest of the condition gets to",
        arguments: [
            #"payload.arm && over.sum(payload.x, "1m") > 10.0"#,
            #"over.sum(payload.x, "1m") > 10.0 && payload.arm"#,
            #"payload.arm ? over.sum(payload.x, "1m") > 10.0 : false"#,
            #"payload.a > 1 && over.sum(payload.x, "1m") > 10.0"#,
        ])
    func everyMessage(when: String) throws {
        var subject = try heard(when)
        for _ in 0..<5 { _ = subject.hear("t/a", #"{"x":2,"arm":false,"a":0}"#) }
        #expect(!isFiring(subject))
        _ = subject.hear("t/a", #"{"x":2,"arm":true,"a":2}"#)
        #expect(isFiring(subject))
    }

    @Test("a message without the value adds nothing, a text is an error of the rule")
    func missing() throws {
        var subject = try heard(#"has(payload.x) && over.count(payload.x, "1m") == 2"#)
        #expect(subject.hear("t/a", #"{"x":1}"#).codes.isEmpty)
        #expect(subject.hear("t/a", #"{"y":1}"#).codes.isEmpty)
        #expect(subject.hear("t/a", #"{"x":"hot"}"#).codes == ["RULE_FAILED"])
        #expect(subject.hear("t/a", #"{"x":2}"#).decisions.count == 1)
    }

    @Test("every function gives its value, also in variables and messages")
    func functions() throws {
        let calls = WindowPlan.Function.allCases.map { function in
            function == .quantile
                ? #"over.quantile(payload.x, 0.5, "1m")"#
                : #"\#(function.name)(payload.x, "1m")"#
        }
        let list = calls.map { "string(\($0))" }.joined(separator: #" + " " + "#)
        var subject = try heard(
            "variables.n == 3",
            more: ", variables: [{ name: n, "
                + "expression: 'over.count(payload.x, \"1m\")' }], messageExpression: '\(list)'")
        _ = subject.hear("t/a", #"{"x":1}"#)
        _ = subject.hear("t/a", #"{"x":2}"#)
        let outcome = subject.hear("t/a", #"{"x":6}"#)
        let message = try #require(outcome.documents.first?["message"]?.string)
        let words = message.split(separator: " ").compactMap { Double($0) }
        let wanted: [Double] = [3, 1, 6, 9, 3, 2.5, 2.160246899469287, 2]
        #expect(words.count == wanted.count)
        for (word, value) in zip(words, wanted) { #expect(abs(word - value) < 0.02, "\(message)") }
    }

    @Test("changed tells whether a value is another than in the message before")
    func changed() throws {
        var subject = try heard("changed(payload.s)")
        var fired: [Bool] = []
        for value in ["1", "1", "2", "2.0", "\"2\"", "[1]", "[1]", "{\"a\":1}"] {
            _ = subject.hear("t/a", #"{"s":\#(value)}"#)
            fired.append(isFiring(subject))
        }
        #expect(fired == [false, false, true, false, true, true, false, true])
        // A message without the value leaves the last one.
        _ = subject.hear("t/a", "{}")
        _ = subject.hear("t/a", #"{"s":{"a":1}}"#)
        #expect(!isFiring(subject))
        let large = String(repeating: "x", count: Limits.changedValueBytesMax)
        #expect(subject.hear("t/a", #"{"s":"\#(large)"}"#).ruleFailures == 1)
    }

    @Test("what is not recorded is judged with the window, but not taken in")
    func unrecorded() throws {
        var subject = try heard(#"over.count(payload.x, "1m") >= 3"#, record: "every 10s")
        let recorded = (0..<4).map { _ in subject.hear("t/a", #"{"x":1}"#).isRecorded }
        #expect(recorded == [true, false, false, false])
        _ = subject.hear("t/a", #"{"x":1}"#, after: .seconds(10))
        #expect(!isFiring(subject))
        _ = subject.hear("t/a", #"{"x":1}"#)
        #expect(isFiring(subject))
    }

    @Test("the same rule on two routes of a message takes it in once")
    func overlapping() throws {
        var subject = try MindUnderTest(
            """
            routes:
              - { name: a, topic: "t/{device}" }
              - { name: b, topic: "+/{device}" }
            rules:
              - { name: r, on: [a, b], when: 'over.count(payload.x, "1m") >= 3' }
            """)
        _ = subject.hear("t/a", #"{"x":1}"#)
        _ = subject.hear("t/a", #"{"x":1}"#)
        #expect(!isFiring(subject))
        #expect(subject.hear("t/a", #"{"x":1}"#).decisions.count == 1)
    }

    private static let limited = pressRules(
        stance("yes", "support")
            + #"  - { name: often, on: press-commands, stance: veto, "#
            + #"when: 'over.count(1, "60s") > 2' }"# + "\n"
            + stance("everywhere", "support").replacing(" on: press-commands,", with: ""))

    @Test("on a guard every readable proposal counts, denied or not, per entity")
    func guarded() throws {
        var subject = try MindUnderTest(Self.limited)
        func isApproved(_ topic: String = proposed, after: Duration = .seconds(1)) -> Bool {
            subject.hear(topic, "{}", after: after).decisions.first?.isPositive == true
        }
        #expect([isApproved(), isApproved(), isApproved()] == [true, true, false])
        let other = isApproved("cmd/press-8/start/proposed")
        #expect(other)
        // The first two are a minute old, the third, which was denied, is not.
        let later = [isApproved(after: .seconds(58)), isApproved(), isApproved()]
        #expect(later == [true, true, false])
        // A malformed one is denied without being counted; nobody was heard by all this.
        #expect(!(subject.hear(proposed, "{").decisions.first?.isPositive ?? true))
        #expect(subject.mind.entityCount == 0 && subject.mind.ruleStateBytes > 0)
    }

    @Test("a request to judge sees the windows and adds nothing to them")
    func evaluate() throws {
        var subject = try MindUnderTest(
            pressRoutes
                + """
                rules:
                  - { name: yes, stance: support, when: 'true' }
                  - { name: often, stance: veto, when: 'over.count(1, "60s") > 2' }
                """)
        func isApproved() -> Bool? {
            let body = #"{"entity":"press-7","action":"x"}"#
            return subject.hear(MindUnderTest.evaluate, body).decisions.first?.isPositive
        }
        for _ in 0..<5 { #expect(isApproved() == true) }
        _ = subject.hear(proposed, "{}")
        _ = subject.hear(proposed, "{}")
        #expect(isApproved() == false)
    }

    @Test("the digest of the inputs holds what the windows held")
    func inputs() throws {
        var (one, two) = (try MindUnderTest(Self.limited), try MindUnderTest(Self.limited))
        _ = one.hear(proposed, "{}", after: .seconds(1))
        _ = two.hear(proposed, "{}", after: .seconds(2))
        (one.at, two.at) = (two.at, two.at)
        let inputs = [one.hear(proposed, "{}"), two.hear(proposed, "{}")].map {
            $0.documents[0]["inputs"]?.string
        }
        #expect(inputs[0] != nil && inputs[0] != inputs[1])
    }
}
