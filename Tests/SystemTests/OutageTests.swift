import BrokerTestSupport
import Core
import Foundation
import Glibc
import Testing

/// The broker goes and comes back.
@Suite("Outages", .enabled(if: Site.isPossible, TestBroker.missing))
struct OutageTests {
    /// Seconds that the long outage lasts: 30 in `scripts/soak broker`.
    private static let outage =
        ProcessInfo.processInfo.environment["JAMEY_OUTAGE"].flatMap { Int($0) } ?? 3

    @Test("a restart of a broker that keeps its sessions loses nothing")
    func persistent() throws {
        try outage("restart with persistence", .zero)
    }

    @Test("a long outage loses nothing, and the link comes back by itself")
    func long() throws {
        try outage("outage of \(Self.outage) s", .seconds(Self.outage))
    }

    private func outage(_ name: String, _ duration: Duration) throws {
        let scenario = try Scenario(.init(isPersistent: true))
        let stage = scenario.stage
        let daemon = try scenario.start()
        let stream = scenario.stream()
        stream.isPaused = false
        try stage.wait("a stream") { stream.confirmed.count > 300 }
        try scenario.broker.stop()
        stage.last(duration)
        try scenario.broker.start()
        let recovery = try scenario.waitForLog("connected to the broker", count: 2, seconds: 70)
        print("broker: \(name): connected again after \(recovery.text)")
        let before = stream.confirmed.count
        try stage.wait("the stream goes on") { stream.confirmed.count > before + 300 }
        try scenario.settle(stream)
        #expect(try scenario.stop(daemon) == .exited(0))
        try scenario.waitForDecisions()
    }

    @Test("a broker that forgot its sessions is subscribed to again")
    func forgetful() throws {
        let scenario = try Scenario()
        let stage = scenario.stage
        let daemon = try scenario.start()
        scenario.broker.kill()
        try scenario.broker.start()
        let recovery = try scenario.waitForLog("connected to the broker", count: 2)
        print("broker: restart without persistence: connected again after \(recovery.text)")
        try stage.wait("both listen again") {
            scenario.collector.client.connects == 2 && scenario.collector.client.isSubscribed
        }
        let stream = scenario.stream()
        stream.isPaused = false
        // What came before the subscription is nobody's; the rest must be there.
        try stage.wait("messages are recorded again") { try !scenario.recordedNumbers().isEmpty }
        stream.isPaused = true
        #expect(try scenario.retained(scenario.site.root + "/availability") == "online")
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("an agent that starts before its broker finds it")
    func late() throws {
        let scenario = try Scenario()
        try scenario.broker.stop()
        let daemon = try scenario.site.start()
        try scenario.waitForLog("no link to the broker: Connection refused", count: 2)
        try scenario.broker.start()
        let recovery = try scenario.waitForLog("connected to the broker")
        print("broker: absent at the start: connected after \(recovery.text)")
        try scenario.waitOnline(daemon)
        #expect(try scenario.stop(daemon) == .exited(0))
    }
}
