import Core
import Testing

@testable import Mind

@Suite("Alerts that wait")
struct TimedAlertTests {
    private let topic = "jamey/edge-1/alerts/r/press-7"

    private func rule(_ keys: String, when: String = "payload.temp > 80.0") throws -> MindUnderTest
    {
        try MindUnderTest(
            pressRules(
                "  - { name: r, on: press-telemetry, when: '\(when)', \(keys), "
                    + "messageExpression: '\"at \" + string(payload.temp)' }\n"))
    }

    private func states(_ outcome: Outcome) -> [String] {
        outcome.published(on: topic).compactMap { json($0.payload)["state"]?.string }
    }

    @Test("for: raised at the moment when the condition has held so long, without a message then")
    func hold() throws {
        var subject = try rule("for: 30s")
        let begun = subject.hear(telemetry, #"{"temp":81}"#)
        #expect(begun.isRecorded && begun.decisions.isEmpty)
        let due = subject.at + .seconds(30)
        #expect(subject.mind.nextTimer == due && subject.mind.timerCount == 1)
        _ = subject.hear(telemetry, #"{"temp":90.5}"#)
        #expect(!subject.tick(after: .seconds(28)).isRecorded)
        let fired = subject.tick(after: .seconds(2))
        #expect(states(fired) == ["firing"] && fired.isRecorded)
        let document = json(try #require(fired.published(on: topic).first).payload)
        #expect(document["since"]?.string == "2023-11-14T22:13:51.000Z")
        // Of the last message, not of the one that began it.
        #expect(document["message"]?.string == "at 90.5" && document["value"]?.double == 90.5)
        #expect(subject.mind.timerCount == 0 && subject.mind.alertsFiring == 1)
        #expect(states(subject.hear(telemetry, #"{"temp":20}"#)) == ["resolved"])
    }

    @Test("for: a condition that ceases begins anew, a failing one changes nothing")
    func reset() throws {
        var subject = try rule("for: 30s")
        _ = subject.hear(telemetry, #"{"temp":81}"#)
        #expect(subject.hear(telemetry, #"{"hum":1}"#).codes == ["RULE_FAILED"])
        #expect(subject.mind.timerCount == 1)
        let ceased = subject.hear(telemetry, #"{"temp":79}"#)
        #expect(subject.mind.timerCount == 0 && ceased.isRecorded)
        _ = subject.hear(telemetry, #"{"temp":81}"#)
        #expect(subject.tick(after: .seconds(29)).decisions.isEmpty)
        #expect(subject.tick(after: .seconds(1)).decisions.count == 1)
    }

    @Test("a timer that is due fires before the message that comes after it")
    func order() throws {
        var subject = try rule("for: 30s")
        _ = subject.hear(telemetry, #"{"temp":81}"#)
        let outcome = subject.hear(telemetry, #"{"temp":20}"#, after: .seconds(45))
        #expect(states(outcome) == ["firing", "resolved"])
        let times = outcome.documents.compactMap { $0["since"]?.string }
        #expect(times == ["2023-11-14T22:13:51.000Z", "2023-11-14T22:14:06.000Z"])
        #expect(outcome.decisions.map(\.id) == ["log-3", "log-3.1"])
    }

    @Test("keep_firing_for: resolved so long after the condition ceased, unless it holds again")
    func keepFiring() throws {
        var subject = try rule("keep_firing_for: 10s")
        #expect(states(subject.hear(telemetry, #"{"temp":81}"#)) == ["firing"])
        #expect(states(subject.hear(telemetry, #"{"temp":20}"#)).isEmpty)
        let due = subject.mind.nextTimer
        #expect(due == subject.at + .seconds(10))
        _ = subject.hear(telemetry, #"{"temp":21}"#)
        #expect(subject.mind.nextTimer == due)
        _ = subject.hear(telemetry, #"{"temp":82}"#)
        #expect(subject.mind.nextTimer == nil && subject.mind.alertsFiring == 1)
        _ = subject.hear(telemetry, #"{"temp":22}"#)
        let resolved = subject.tick(after: .seconds(10))
        #expect(states(resolved) == ["resolved"])
        #expect(resolved.documents[0]["message"]?.string == "at 22")
        #expect(subject.mind.alertsFiring == 0)
    }

    @Test("cooldown: not raised again so soon; then at once, if the condition still holds")
    func cooldown() throws {
        var subject = try rule("cooldown: 60s")
        #expect(states(subject.hear(telemetry, #"{"temp":81}"#)) == ["firing"])
        _ = subject.hear(telemetry, #"{"temp":20}"#)
        #expect(states(subject.hear(telemetry, #"{"temp":82}"#)).isEmpty)
        _ = subject.hear(telemetry, #"{"temp":20}"#)
        #expect(subject.mind.alertsFiring == 0 && subject.mind.timerCount == 0)
        _ = subject.hear(telemetry, #"{"temp":83}"#)
        let raised = subject.tick(after: .seconds(56))
        #expect(states(raised) == ["firing"])
        #expect(raised.documents[0]["since"]?.string == "2023-11-14T22:14:21.000Z")
    }

    @Test("absent: raised for an entity that was heard and then not, resolved when it is heard")
    func absent() throws {
        var subject = try MindUnderTest(
            pressRules("  - { name: r, on: press-telemetry, absent: 60s, message: silent }\n"))
        #expect(subject.mind.nextTimer == nil)
        _ = subject.hear(telemetry, "{}")
        _ = subject.hear(telemetry, "{}", after: .seconds(59))
        #expect(subject.mind.alertsFiring == 0)
        let raised = subject.tick(after: .seconds(60))
        #expect(states(raised) == ["firing"])
        #expect(raised.documents[0]["message"]?.string == "silent")
        #expect(raised.documents[0]["route"]?.string == "press-telemetry")
        #expect(!subject.tick(after: .seconds(600)).isRecorded)
        // Even what cannot be read shows that it is there.
        #expect(states(subject.hear(telemetry, "{")) == ["resolved"])
        #expect(states(subject.tick(after: .seconds(60))) == ["firing"])
    }

    @Test("absent: with a condition only the messages count for which it holds")
    func absentWhen() throws {
        var subject = try MindUnderTest(
            pressRules("  - { name: r, on: press-telemetry, absent: 60s, when: payload.beat }\n"))
        _ = subject.hear(telemetry, #"{"beat":false}"#)
        #expect(subject.mind.nextTimer == nil)
        _ = subject.hear(telemetry, #"{"beat":true}"#)
        let due = subject.mind.nextTimer
        _ = subject.hear(telemetry, #"{"beat":false}"#)
        _ = subject.hear(telemetry, "{")
        #expect(subject.mind.nextTimer == due && due != nil)
        #expect(states(subject.tick(after: .seconds(60))) == ["firing"])
        #expect(states(subject.hear(telemetry, #"{"beat":false}"#)).isEmpty)
        #expect(states(subject.hear(telemetry, #"{"beat":true}"#)) == ["resolved"])
    }

    @Test("timers of one moment fire in the order they were set")
    func sameMoment() throws {
        var subject = try MindUnderTest(
            pressRules("  - { name: r, on: press-telemetry, absent: 60s }\n"))
        for device in ["b", "a", "c"] {
            _ = subject.hear("plant/1/\(device)/telemetry", "{}", after: .zero)
        }
        let entities = subject.tick(after: .seconds(60)).decisions.map(\.entity)
        #expect(entities == ["b", "a", "c"])
    }

    @Test("a tick fires a bounded number of timers; the others follow with the next")
    func manyTimers() throws {
        var subject = try MindUnderTest(
            pressRules("  - { name: r, on: press-telemetry, absent: 60s }\n"))
        let count = Limits.timersPerTick + 10
        for device in 0..<count {
            _ = subject.hear("plant/1/\(device)/telemetry", "{}", after: .zero)
        }
        #expect(subject.tick(after: .seconds(60)).decisions.count == Limits.timersPerTick)
        #expect(subject.mind.nextTimer.map { $0 <= subject.at } == true)
        #expect(subject.hear("else", "1").decisions.count == 10)
        #expect(subject.mind.nextTimer == nil)
    }

    @Test("what it does besides: publishes, remembers and feels, when it is raised only")
    func actions() throws {
        var subject = try MindUnderTest(
            pressRules(
                """
                  - name: r
                    on: press-telemetry
                    when: payload.temp > 80
                    for: 5s
                    actions:
                      - publish: { topic: 'alarm/{device}', payload: 'payload.temp' }
                      - remember:
                          layer: episodic
                          content: '"hot at " + string(payload.temp)'
                          tags: [heat]
                      - remember: { layer: semantic, content: '{"t": payload.temp}' }
                      - feel: { emotion: anger }

                """))
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        let raised = subject.tick(after: .seconds(5))
        #expect(raised.topics == [topic, "alarm/press-7"])
        #expect(text(raised.publications[1].payload) == "90")
        #expect(
            raised.memories == [
                Memory(
                    layer: .episodic, entity: "press-7", at: subject.at, content: "hot at 90",
                    tags: ["heat"], rule: "r", decisionID: "log-3", eventSequence: 3,
                    importance: 0.6),
                Memory(
                    layer: .semantic, entity: "press-7", at: subject.at, content: #"{"t":90}"#,
                    tags: [], rule: "r", decisionID: "log-3", eventSequence: 3,
                    importance: 0.6),
            ])
        #expect(
            raised.evidence.map(\.kind) == [.emotion(.anger)]
                && raised.evidence.first?.at == subject.at
                && raised.evidence.first?.decisionID == "log-3")
        #expect(subject.mind.trust(of: "press-7", at: subject.at) == 11.0 / 30)
        let resolved = subject.hear(telemetry, #"{"temp":1}"#)
        #expect(resolved.memories.isEmpty && resolved.souls.isEmpty)
        #expect(resolved.topics == [topic])
    }

    @Test("a message of a payload that is not remembered leaves the description")
    func forgottenPayload() throws {
        var subject = try rule("for: 5s, description: too hot")
        let large = String(repeating: "x", count: Limits.entityBytesMax)
        _ = subject.hear(telemetry, #"{"temp":90,"x":"\#(large)"}"#)
        let raised = subject.tick(after: .seconds(5))
        #expect(raised.documents[0]["message"]?.string == "too hot")
        #expect(raised.codes == ["RULE_FAILED"])
    }

    @Test("on a route that records nothing, what changes a wait is recorded, and nothing else")
    func unrecorded() throws {
        var subject = try MindUnderTest(
            """
            routes:
              - { name: t, topic: "t/{device}", record: none }
            rules:
              - { name: r, on: t, when: payload > 1, for: 10s, keep_firing_for: 10s }
            """)
        let heard = [1, 2, 3, 4, 1, 1, 2].map { subject.hear("t/a", "\($0)").isRecorded }
        #expect(heard == [false, true, false, false, true, false, true])
        let tick = subject.tick(after: .seconds(10))
        #expect(tick.isRecorded && tick.decisions.count == 1)
    }
}
