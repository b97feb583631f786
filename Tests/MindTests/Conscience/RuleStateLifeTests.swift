import Core
import Testing

@testable import Mind

@Suite("What rules keep about entities")
struct RuleStateLifeTests {
    private static let waiting = """
          - { name: r, on: press-telemetry, when: payload.temp > 80, for: 60s }
          - { name: w, on: press-telemetry, when: 'over.count(payload.temp, "1h") >= 3' }

        """

    private func subject(_ rules: String = waiting) throws -> MindUnderTest {
        var subject = try MindUnderTest(pressRules(rules))
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        #expect(subject.mind.timerCount == 1 && subject.mind.ruleStateBytes > 0)
        return subject
    }

    @Test("rules whose text is the same go on with it under another place")
    func carried() throws {
        var subject = try subject()
        let first = "  - { name: first, on: press-telemetry, when: payload.temp > 1000 }\n"
        let due = subject.mind.nextTimer
        #expect(try subject.activate(pressRules(first + Self.waiting)).decisions.isEmpty)
        #expect(subject.mind.nextTimer == due)
        let restored = try Mind(
            settings: MindUnderTest.settings, checkpoint: subject.mind.checkpoint(),
            ruleset: subject.mind.ruleset)
        #expect(restored.checkpoint() == subject.mind.checkpoint())
        #expect(
            subject.hear(telemetry, #"{"temp":90}"#).documents.map { $0["rule"] } == [.string("w")])
        #expect(subject.tick(after: .seconds(60)).documents.map { $0["rule"] } == [.string("r")])
    }

    @Test(
        "of a rule that says something else, or acts no longer, it is forgotten",
        arguments: [
            ("temp > 80, for: 60s", "temp > 81, for: 60s"), ("for: 60s", "for: 61s"),
            ("on: press-telemetry, when: payload", "on: elsewhere, when: payload"),
            ("for: 60s }", "for: 60s, mode: shadow }"), ("name: r,", "name: s,"),
        ])
    func forgotten(old: String, new: String) throws {
        var subject = try subject()
        let routes = pressRoutes + "  - { name: elsewhere, topic: 'else/{device}' }\n"
        let rules = Self.waiting.replacing(old, with: new)
        _ = try subject.activate(routes + "rules:\n" + rules)
        #expect(subject.mind.timerCount == 0)
        // The other rule has not been touched.
        let outcome = subject.hear(telemetry, #"{"temp":1}"#)
        #expect(outcome.documents.map { $0["rule"] } == [.string("w")])
    }

    @Test("an entity that is forgotten takes it along")
    func entity() throws {
        var subject = try subject()
        subject.mind.entities.countMax = 1
        _ = subject.hear("plant/1/b/telemetry", #"{"temp":1}"#)
        #expect(subject.mind.timerCount == 0)
        #expect(subject.tick(after: .seconds(100)).decisions.isEmpty)
        _ = subject.hear(telemetry, #"{"temp":1}"#)
        #expect(subject.mind.alertsFiring == 0)
    }

    @Test("beyond the bytes for all, the least recently heard entity is forgotten")
    func bytes() throws {
        var subject = try subject()
        let alone = subject.mind.ruleStateBytes
        subject.mind.memory.bytesMax = alone + 10
        for device in 0..<5 {
            _ = subject.hear("plant/1/\(device)/telemetry", #"{"temp":90}"#)
            #expect(subject.mind.ruleStateBytes <= alone + 10)
        }
        #expect(subject.mind.entityCount == 1)
    }

    @Test("beyond the bytes for one entity, its windows begin anew, which is told of once")
    func entityBytes() throws {
        var subject = try subject()
        subject.mind.memory.entityBytesMax = subject.mind.ruleStateBytes + 100
        var codes: [String] = []
        for _ in 0..<20 { codes += subject.hear(telemetry, #"{"temp":1}"#).codes }
        #expect(codes == ["RULE_STATE_FULL"])
    }

    @Test("beyond the number of timers, no further rule waits, which is told of once")
    func timers() throws {
        var subject = try subject()
        subject.mind.memory.timersMax = 1
        let codes = (0..<3).flatMap {
            subject.hear("plant/1/\($0)/telemetry", #"{"temp":90}"#).codes
        }
        #expect(codes == ["TOO_MANY_TIMERS"])
        #expect(subject.tick(after: .seconds(60)).decisions.map(\.entity) == ["press-7"])
        // There is room again.
        _ = subject.hear("plant/1/0/telemetry", #"{"temp":90}"#)
        #expect(subject.tick(after: .seconds(60)).decisions.map(\.entity) == ["0"])
    }

    @Test("where too many alerts fire, a timer raises none, and the next message waits anew")
    func alerts() throws {
        var subject = try subject()
        subject.mind.alerts.countMax = 0
        let fired = subject.tick(after: .seconds(60))
        #expect(fired.isRecorded && fired.decisions.isEmpty && fired.codes == ["TOO_MANY_ALERTS"])
        #expect(subject.mind.timerCount == 0)
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        #expect(subject.mind.timerCount == 1)
    }

    @Test("entities that are only proposed to are bounded by themselves")
    func proposals() throws {
        var subject = try MindUnderTest(
            pressRules(
                stance("often", "oppose", when: #"over.count(1, "1h") > 1"#)))
        subject.mind.proposed.countMax = 2
        for device in 0..<5 { _ = subject.hear("cmd/\(device)/start/proposed", "{}") }
        #expect(subject.mind.proposed.count == 2 && subject.mind.entityCount == 0)
        let contributions = ["3", "0"].map { device in
            subject.hear("cmd/\(device)/start/proposed", "{}").documents[0]["contributions"]?
                .array?.count
        }
        // What was forgotten counts from one again.
        #expect(contributions == [1, 0])
    }
}
