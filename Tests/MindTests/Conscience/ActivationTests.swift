import Core
import Testing

@testable import Mind

@Suite("Rule sets that take effect")
struct ActivationTests {
    private func firing(_ yaml: String) throws -> MindUnderTest {
        var subject = try MindUnderTest(yaml)
        #expect(subject.hear(telemetry, #"{"temp":90}"#).decisions.count == 1)
        return subject
    }

    @Test("alerts of a rule that is gone are resolved")
    func gone() throws {
        var subject = try firing(pressRules(overheat))
        let outcome = try subject.activate(pressRoutes)
        let document = json(try #require(outcome.publications.first).payload)
        #expect(document["state"]?.string == "resolved")
        #expect(document["message"]?.string == "the rule acts no longer")
        #expect(document["severity"]?.string == "critical")
        #expect(outcome.isRecorded && subject.mind.alertsFiring == 0)
    }

    @Test("so are those of a rule that acts no longer", arguments: ["off", "shadow"])
    func switchedOff(mode: String) throws {
        var subject = try firing(pressRules(overheat))
        let outcome = try subject.activate(pressRules(overheat + "    mode: \(mode)\n"))
        #expect(outcome.decisions.map(\.isPositive) == [false])
    }

    @Test("and of a rule that left the route which raised them")
    func moved() throws {
        var subject = try firing(pressRules(overheat))
        let moved = pressRoutes.replacing("press-telemetry", with: "elsewhere")
        let rules = overheat.replacing("press-telemetry", with: "elsewhere")
        let outcome = try subject.activate(moved + "rules:\n" + rules)
        #expect(outcome.decisions.map(\.isPositive) == [false])
        #expect(subject.hear(telemetry, #"{"temp":90}"#).decisions.map(\.isPositive) == [true])
    }

    @Test("the others go on under their new places")
    func others() throws {
        var subject = try firing(pressRules(overheat))
        let first = "  - { name: first, on: press-telemetry, when: payload.temp > 1000 }\n"
        let outcome = try subject.activate(pressRules(first + overheat))
        #expect(outcome.decisions.isEmpty && subject.mind.alertsFiring == 1)
        #expect(subject.hear(telemetry, #"{"temp":91}"#).decisions.isEmpty)
        let end = subject.hear(telemetry, #"{"temp":9}"#)
        #expect(end.topics == ["jamey/edge-1/alerts/overheat/press-7"])
    }

    @Test("a rule that both alerts and judges keeps its alert")
    func bothKinds() throws {
        let rule = """
              - { name: r, on: [press-telemetry, press-commands], stance: oppose, when: 'true' }

            """
        var subject = try firing(pressRules(rule))
        #expect(try subject.activate(pressRules(rule + overheat)).decisions.isEmpty)
        #expect(subject.mind.alertsFiring == 1)
    }

    @Test("a rule that is off or in shadow never acts", arguments: ["off", "shadow"])
    func never(mode: String) throws {
        var subject = try MindUnderTest(
            pressRules(
                overheat + "    mode: \(mode)\n" + stance("v", "veto", more: "mode: \(mode)")
                    + stance("a", "support")))
        #expect(subject.hear(telemetry, #"{"temp":99}"#).decisions.isEmpty)
        #expect(subject.hear(proposed, "{}").documents[0]["applied_rules"]?.array?.count == 1)
    }

    @Test("what was told once is told again under new rules")
    func toldAgain() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        #expect(subject.hear(telemetry, "{}").codes == ["RULE_FAILED"])
        #expect(subject.hear(telemetry, "{}").codes == [])
        _ = try subject.activate(pressRules(overheat + "\n"))
        #expect(subject.hear(telemetry, "{}").codes == ["RULE_FAILED"])
    }

    @Test("the mind says which topics it wants")
    func filters() throws {
        let subject = try MindUnderTest(pressRules(overheat))
        #expect(
            subject.mind.filters.map(\.text) == [
                "plant/+/+/telemetry", "cmd/+/+/proposed", MindUnderTest.evaluate,
            ])
        #expect(Mind(settings: MindUnderTest.settings).filters.isEmpty)
    }

    @Test("before any rule set everything is unrouted")
    func empty() {
        var mind = Mind(settings: MindUnderTest.settings)
        let message = Message(topic: MindUnderTest.evaluate, payload: [])
        let event = Event(sequence: 1, at: Timestamp(microseconds: 0), body: .message(message))
        let outcome = mind.perceive(event)
        #expect(outcome.isUnrouted && !outcome.isRecorded && mind.sequence == 0)
        let isRecorded = mind.alwaysRecords(MindUnderTest.evaluate)
        #expect(!isRecorded)
    }

    @Test("a log whose beginning is gone begins in its middle")
    func middle() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        subject.mind.begin(after: 41, under: try loadRules(pressRules(overheat)))
        let outcome = subject.hear(telemetry, #"{"temp":99}"#)
        #expect(outcome.decisions.map(\.id) == ["log-42"])
    }
}
