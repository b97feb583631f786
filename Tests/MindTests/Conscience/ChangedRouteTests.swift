import Core
import Testing

@testable import Mind

@Suite("Routes that hear others after a change")
struct ChangedRouteTests {
    private static let rules = """
          - { name: silent, on: press-telemetry, absent: 60s }
          - { name: hot, on: press-telemetry, when: payload.temp > 80, cooldown: 1h }

        """
    private static let yaml = withoutEpisodes + pressRules(rules)
    private static let name = "telemetry\n    entity: \"{device}\""
    private static let otherName = "telemetry\n    entity: \"{line}-{device}\""

    /// One press that is hot, and expected to speak again.
    private func subject() throws -> MindUnderTest {
        var subject = try MindUnderTest(Self.yaml)
        let raised = subject.hear(telemetry, #"{"temp":90}"#)
        #expect(raised.documents.map { $0["rule"]?.string } == ["hot"])
        #expect(subject.mind.timerCount == 1 && subject.mind.alertsFiring == 1)
        return subject
    }

    private func change(
        _ subject: inout MindUnderTest, _ old: String, _ new: String
    ) throws -> Outcome {
        let yaml = Self.yaml.replacing(old, with: new)
        #expect(yaml != Self.yaml)
        return try subject.activate(yaml)
    }

    @Test(
        "nobody is waited for on it any more, and the alerts that it raised are resolved",
        arguments: [
            ("topic: plant/", "topic: site/"),
            ("telemetry\n    entity: \"{device}\"", "telemetry\n    entity: \"{line}-{device}\""),
        ])
    func changed(old: String, new: String) throws {
        var subject = try subject()
        let outcome = try change(&subject, old, new)
        #expect(outcome.documents.map { $0["rule"]?.string } == ["hot"])
        let resolved = try #require(outcome.documents.first)
        #expect(resolved["state"]?.string == "resolved")
        #expect(outcome.decisions.map(\.entity) == ["press-7"])
        #expect(resolved["message"]?.string == "the route has changed")
        #expect(subject.mind.timerCount == 0 && subject.mind.alertsFiring == 0)
        let restored = try Mind(
            settings: MindUnderTest.settings, checkpoint: subject.mind.checkpoint(),
            ruleset: subject.mind.ruleset)
        #expect(restored.checkpoint() == subject.mind.checkpoint())
        #expect(subject.tick(after: .seconds(600)).decisions.isEmpty)
    }

    @Test("who has another name now raises alerts and falls silent under that one")
    func newName() throws {
        var subject = try subject()
        _ = try change(&subject, Self.name, Self.otherName)
        let raised = subject.hear(telemetry, #"{"temp":90}"#)
        #expect(raised.decisions.map(\.entity) == ["1-press-7"])
        let silent = subject.tick(after: .seconds(60))
        #expect(silent.decisions.map(\.entity) == ["1-press-7"])
        #expect(silent.documents.map { $0["rule"]?.string } == ["silent"])
    }

    @Test("a cooldown does not hold back the alert of who is heard on another topic now")
    func newTopic() throws {
        var subject = try subject()
        _ = try change(&subject, "topic: plant/", "topic: site/")
        let raised = subject.hear("site/1/press-7/telemetry", #"{"temp":90}"#)
        #expect(raised.documents.map { $0["rule"]?.string } == ["hot"])
        #expect(raised.decisions.map(\.isPositive) == [true])
    }

    @Test(
        "all goes on where something else of the route is changed",
        arguments: [
            ("telemetry\n    entity: \"{device}\"", "telemetry"),
            ("{device}/telemetry\n", "{device}/telemetry\n    record: all\n"),
            ("propose: cmd/", "propose: commands/"),
        ])
    func otherwise(old: String, new: String) throws {
        var subject = try subject()
        let due = subject.mind.nextTimer
        let outcome = try change(&subject, old, new)
        #expect(outcome.decisions.isEmpty)
        #expect(subject.mind.timerCount == 1 && subject.mind.alertsFiring == 1)
        #expect(subject.mind.nextTimer == due)
        let silent = subject.tick(after: .seconds(60))
        #expect(silent.documents.map { $0["rule"]?.string } == ["silent"])
        #expect(silent.decisions.map(\.entity) == ["press-7"])
    }

    // MARK: Rules on several routes

    private static func two(_ rules: String, entity: String = "{device}") -> String {
        withoutEpisodes + """
            routes:
              - { name: a, topic: 'a/{device}', entity: '{device}' }
              - { name: b, topic: 'b/{line}/{device}', entity: '\(entity)' }
            rules:

            """ + rules
    }

    @Test("of a rule on several routes, what belongs to the others goes on")
    func several() throws {
        let rules = """
              - { name: silent, on: [a, b], absent: 60s }
              - { name: hot, on: [a, b], when: payload.temp > 80 }

            """
        var subject = try MindUnderTest(Self.two(rules))
        _ = subject.hear("a/x", #"{"temp":90}"#)
        _ = subject.hear("b/1/y", #"{"temp":90}"#)
        #expect(subject.mind.timerCount == 2 && subject.mind.alertsFiring == 2)
        let outcome = try subject.activate(Self.two(rules, entity: "{line}-{device}"))
        #expect(outcome.decisions.map(\.entity) == ["y"])
        #expect(subject.mind.timerCount == 1 && subject.mind.alertsFiring == 1)
        #expect(subject.tick(after: .seconds(100)).decisions.map(\.entity) == ["x"])
    }

    @Test("what was to end an alert that is resolved does not end the next one")
    func ending() throws {
        let rules = """
              - name: hot
                on: [a, b]
                when: payload.temp > 80
                keep_firing_for: 30s

            """
        var subject = try MindUnderTest(Self.two(rules))
        _ = subject.hear("b/1/x", #"{"temp":90}"#)
        _ = subject.hear("a/x", #"{"temp":20}"#)
        #expect(subject.mind.timerCount == 1 && subject.mind.alertsFiring == 1)
        _ = try subject.activate(Self.two(rules, entity: "{line}-{device}"))
        #expect(subject.mind.timerCount == 0 && subject.mind.alertsFiring == 0)
        #expect(subject.hear("a/x", #"{"temp":90}"#).decisions.map(\.isPositive) == [true])
        #expect(subject.tick(after: .seconds(60)).decisions.isEmpty)
        #expect(subject.mind.alertsFiring == 1)
    }
}
