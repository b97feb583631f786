import BrokerTestSupport
import Core
import Foundation
import Glibc
import Store
import Testing

/// Stops, reloads, and starts that are refused.
@Suite("Starts and stops", .enabled(if: Site.isPossible, TestBroker.missing))
struct StopTests {
    @Test("a stop drains, says stopping and offline, and leaves nothing to do again")
    func orderly() throws {
        let scenario = try Scenario()
        let (stage, collector) = (scenario.stage, scenario.collector)
        let daemon = try scenario.start()
        let stream = scenario.stream()
        stream.isPaused = false
        try stage.wait("a stream") { stream.confirmed.count > 500 }
        let start = ContinuousClock.now
        #expect(try scenario.stop(daemon) == .exited(0))
        print("stop: under a stream it took \(start.duration(to: .now).text)")
        try stage.wait("offline is heard") {
            collector.statuses.last?.state == "offline" && collector.availability.last == "offline"
        }
        #expect(collector.statuses.suffix(2).map(\.state) == ["stopping", "offline"])
        #expect(try scenario.retained(scenario.site.root + "/availability") == "offline")
        let status = try StoreReader(path: scenario.site.store).status()
        #expect(status.isClosed)
        // Nothing to fold: the checkpoint is at the log's end.
        #expect(status.checkpoint?.sequence == status.lastEvent?.sequence)
        // What came meanwhile waits with the broker.
        stream.isPaused = true
        try stage.wait("all confirmed") { stream.isSettled }
        let next = try scenario.start()
        try stage.wait("all recorded", seconds: 30) {
            try scenario.recordedNumbers().count == stream.confirmed.count
        }
        #expect(try scenario.recordedNumbers().allSatisfy { $0.value == 1 })
        #expect(try scenario.stop(next) == .exited(0))
        // Without new messages, nothing is left to be sent either.
        #expect(try StoreReader(path: scenario.site.store).status().outboxDepth == 0)
        try scenario.waitForDecisions()
    }

    @Test("a second signal ends the stop at once, and nothing is lost")
    func twice() throws {
        let scenario = try Scenario()
        let stage = scenario.stage
        let daemon = try scenario.start()
        let stream = scenario.stream()
        stream.isPaused = false
        try stage.wait("a stream") { stream.confirmed.count > 500 }
        // A broker that does not answer keeps the stop waiting.
        let broker = try #require(scenario.broker.processID)
        stream.isPaused = true
        try stage.wait("all confirmed") { stream.isSettled }
        kill(broker, SIGSTOP)
        daemon.signal(SIGTERM)
        try scenario.waitForLog("notice: stopping")
        let start = ContinuousClock.now
        daemon.signal(SIGINT)
        try stage.wait("the end") { !daemon.isRunning }
        #expect(start.duration(to: .now) < .milliseconds(500))
        kill(broker, SIGCONT)
        #expect(daemon.poll() == .exited(75))
        let next = try scenario.start()
        try stage.wait("all recorded", seconds: 30) {
            try scenario.recordedNumbers().count == stream.confirmed.count
        }
        #expect(try scenario.recordedNumbers().allSatisfy { $0.value == 1 })
        #expect(try scenario.stop(next) == .exited(0))
    }

    @Test("a check tells every error at once and makes nothing")
    func check() throws {
        let site = try Site(port: 1)
        let good = try site.start(["--check"])
        try Deadline.wait("the check", seconds: 10) { !good.isRunning }
        #expect(good.poll() == .exited(0), "\(site.log)")
        #expect(!FileManager.default.fileExists(atPath: site.store))

        try site.write(
            "node: a/b\nbroker: { hosst: x, port: 70000 }\nlog: { level: loud }\n",
            to: site.configuration)
        let bad = try site.start(["--check"])
        try Deadline.wait("the check", seconds: 10) { !bad.isRunning }
        #expect(bad.poll() == .exited(78))
        for word in ["node", "hosst", "port", "level"] {
            #expect(site.log.contains(word), "\(word): \(site.log)")
        }
        #expect(!FileManager.default.fileExists(atPath: site.store))
    }

    @Test("wrong rules are told by a check with their place, and refused at a first start")
    func wrongRules() throws {
        let site = try Site(port: 1) { $0.rules = "rules:\n  - name: x\n    whenn: 1\n" }
        for arguments in [["--check"], []] {
            let daemon = try site.start(arguments)
            try Deadline.wait("the end", seconds: 10) { !daemon.isRunning }
            #expect(daemon.poll() == .exited(78))
            #expect(site.log.contains("10.yaml:"), "\(site.log)")
            #expect(!FileManager.default.fileExists(atPath: site.store))
        }
    }

    @Test("a restart with wrong rules goes on with the last good ones, and says so")
    func restartWithWrongRules() throws {
        let scenario = try Scenario()
        let (stage, collector, site) = (scenario.stage, scenario.collector, scenario.site)
        #expect(try scenario.stop(try scenario.start()) == .exited(0))
        try site.writeRules("routes: [\n")
        let daemon = try site.start()
        try stage.wait("degraded; the log: \(site.log)") {
            collector.statuses.last?.state == "degraded"
        }
        #expect(collector.statuses.last?.reason.hasPrefix("rules: ") == true)
        let device = stage.add(Client(port: scenario.broker.port, id: "operator"))
        device.publish("cmd/press-1/start/proposed", #"{"action":"start"}"#)
        try stage.wait("the old rules judge") { collector.commands.count == 1 }
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("rules are reloaded whole or not at all")
    func reload() throws {
        let scenario = try Scenario()
        let (stage, collector, site) = (scenario.stage, scenario.collector, scenario.site)
        let daemon = try scenario.start()
        try site.writeRules("routes: [\n")
        daemon.signal(SIGHUP)
        try stage.wait("degraded; the log: \(site.log)") {
            collector.statuses.last?.state == "degraded"
        }
        #expect(collector.statuses.last?.reason.hasPrefix("rules: ") == true)
        let device = stage.add(Client(port: scenario.broker.port, id: "operator"))
        device.publish("cmd/press-1/start/proposed", #"{"action":"start"}"#)
        try stage.wait("the old rules judge") { collector.commands.count == 1 }

        let moved = Rules.press.replacingOccurrences(of: "plant/", with: "works/")
        try site.writeRules(moved)
        daemon.signal(SIGHUP)
        try stage.wait("online; the log: \(site.log)") {
            collector.statuses.last?.state == "online"
        }
        device.publish("works/a/press-1/telemetry", #"{"n":1}"#)
        try stage.wait("the new route is heard") {
            try scenario.recordedNumbers()[1] == 1
        }
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("a second daemon on one store is refused, and the first goes on")
    func inUse() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let first = scenario.site.log
        let second = try scenario.site.start()
        try scenario.stage.wait("the end") { !second.isRunning }
        #expect(second.poll() == .exited(74))
        #expect(scenario.site.log.contains("another process writes to this store"))
        #expect(daemon.isRunning, "\(first)")
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("a store of a newer version is refused, with what to do, and left as it is")
    func newer() throws {
        let site = try Site(port: 1)
        let daemon = try site.start()
        try Deadline.wait("started", seconds: 10) { site.bootID != nil }
        daemon.signal(SIGTERM)
        try Deadline.wait("stopped", seconds: 10) { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
        // The user version of SQLite's file header, bytes 60 to 63.
        var bytes = try Data(contentsOf: URL(fileURLWithPath: site.store))
        bytes[62] = 1
        try bytes.write(to: URL(fileURLWithPath: site.store))
        let refused = try site.start()
        try Deadline.wait("refused", seconds: 10) { !refused.isRunning }
        #expect(refused.poll() == .exited(74))
        #expect(site.log.contains("run the newer build"), "\(site.log)")
        // SQLite counts openings in its header; all else is as it was.
        let after = try Data(contentsOf: URL(fileURLWithPath: site.store))
        #expect(after.dropFirst(100) == bytes.dropFirst(100) && after[60..<64] == bytes[60..<64])
    }
}
