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
        let path = files.new()
        let subject = try AgentUnderTest(
            path,
            settings: {
                $0.storePath = path
                let token = TestToken.text(expiry: .latest)
                $0.credentials = BrokerCredentials(password: Array(token.utf8))
            })
        subject.connect()
        // What is told of commits is there once there is one.
        let message = Message(topic: "t/all/d1", payload: Array("{}".utf8), qos: .atLeastOnce)
        subject.turn(messages: [message])
        let told = Set(subject.agent.report().metrics.map { $0.name + $0.suffix })
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let names = text.matches(of: /`((?:jamey|process)_[a-z_]+)(?:\{[^`]*)?`/)
        // Where another name stands that a metric had before.
        let named = Set(names.map { String($0.1) }).subtracting(["jamey_commit_microseconds_total"])
            // The API's own, which its tests hold.
            .filter { !$0.hasPrefix("jamey_api_request_") }
            .subtracting([
                "jamey_api_requests_total", "jamey_api_connections", "jamey_api_event_listeners",
            ])
        #expect(named.subtracting(told) == [] && told.subtracting(named) == [])
    }
}
