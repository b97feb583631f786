import Core
import Foundation
import Testing

@testable import Agent

/// What the agent tells of itself, every interval.
@Suite("Health and metrics")
struct VitalsTests {
    private static let page = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/metrics.md")

    private let files: SimFiles

    init() throws { files = try SimFiles() }

    private func subject() throws -> AgentUnderTest {
        let rules = SimRules()
        rules.choose(.second)
        let subject = try AgentUnderTest(files.new(), rules: rules)
        subject.connect()
        return subject
    }

    @Test("what rules keep and the timers that wait are told, and that they are gone")
    func ruleState() throws {
        let subject = try subject()
        func next() throws -> (metrics: JSONValue, health: JSONValue) {
            subject.clock.advance(subject.agent.settings.statusInterval)
            subject.turn()
            let metrics = try #require(subject.told("metrics").last)
            return (metrics, try #require(subject.told("health").last))
        }
        let before = try next()
        #expect(before.metrics["jamey_rule_state_bytes"]?.int == 0)
        #expect(before.metrics["jamey_rule_timers"]?.int == 0)
        let hot = Message(
            topic: "t/all/d1", payload: Array(#"{"temp": 50}"#.utf8), qos: .atMostOnce)
        subject.turn(messages: [hot])
        let waiting = subject.agent.health(at: subject.clock.monotonic())
        let health = try JSONScanner.scan(waiting.payload)["components"]
        // `long` waits for its time, `mute` for silence, and `mean` has a window.
        #expect(health?["mind"]?["timers"]?.int == 2)
        let bytes = Int64(subject.agent.mind.ruleStateBytes)
        #expect(bytes > 0 && health?["memory"]?["rule_state_bytes"]?.int == bytes)
        let after = try next()
        let mind = subject.agent.mind
        #expect(after.metrics["jamey_rule_timers"]?.int == Int64(mind.timerCount))
        #expect(after.metrics["jamey_rule_state_bytes"]?.int == Int64(mind.ruleStateBytes))
        #expect(
            after.health["components"]?["memory"]?["rule_state_bytes"]
                == after.metrics["jamey_rule_state_bytes"])
    }

    @Test("docs/metrics.md names every metric, and none that is not there")
    func documented() throws {
        let subject = try subject()
        subject.clock.advance(subject.agent.settings.statusInterval)
        subject.turn()
        let metrics = try #require(subject.told("metrics").last?.object)
        let told = Set(metrics.members.map(\.name))
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let named = Set(text.matches(of: /`((?:jamey|process)_[a-z_]+)`/).map { String($0.1) })
        #expect(named.subtracting(told) == [] && told.subtracting(named) == [])
    }
}
