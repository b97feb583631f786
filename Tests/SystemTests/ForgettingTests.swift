import BrokerTestSupport
import Core
import Foundation
import Store
import TestSupport
import Testing

/// Everything about an entity, everywhere: a real broker, the daemon and the command, and the bytes
/// of the files.
@Suite("Forgetting an entity", .enabled(if: Site.isPossible, TestBroker.missing))
struct ForgettingTests {
    private static let gone = "Zq9xw-pump-forgotten"

    private struct Ended {
        var end: ChildProcess.End?
        var output: String
    }

    private func run(_ scenario: Scenario, _ arguments: String...) throws -> Ended {
        let log = scenario.site.directory.path + "/ctl-\(UUID().uuidString)"
        let command = try ChildProcess(
            [Site.jameyctl, "memory"] + arguments + ["--database", scenario.site.store],
            environment: ProcessInfo.processInfo.environment, log: log)
        try scenario.stage.wait("the command \(arguments)", seconds: 60) { !command.isRunning }
        return Ended(
            end: command.poll(),
            output: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
    }

    /// Which files of the store have the name in any form.
    private func files(_ scenario: Scenario) throws -> [String] {
        let directory = URL(fileURLWithPath: scenario.site.store).deletingLastPathComponent().path
        let base = URL(fileURLWithPath: scenario.site.store).lastPathComponent
        return try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasPrefix(base) }
            .filter { name in
                guard let content = FileManager.default.contents(atPath: directory + "/" + name)
                else { return false }
                return EntityForms(Self.gone).all.contains { content.firstRange(of: $0) != nil }
            }
    }

    /// Both devices speak, become hot, are proposed to and are remembered.
    private func live(_ scenario: Scenario, _ client: Client, rounds: Int) throws {
        let before = scenario.collector.decisionIDs.count
        for round in 1...rounds {
            for device in [Self.gone, "press-other"] {
                client.publish(
                    "plant/a/\(device)/telemetry", #"{"temp":\#(round % 2 == 0 ? 20 : 90)}"#)
                client.publish("cmd/\(device)/start/proposed", #"{"rpm":\#(round)}"#)
                client.publish(
                    scenario.site.root + "/memory/store",
                    #"{"layer":"semantic","content":"\#(device) number\#(round)","#
                        + #""entity":"\#(device)"}"#)
            }
        }
        try scenario.stage.wait("decisions; the log: \(scenario.site.log)") {
            scenario.collector.decisionIDs.count >= before + rounds * 3
        }
        let marker = "marker-\(UInt32.random(in: .min ... .max))"
        client.publish("plant/a/press-other/telemetry", #"{"m":"\#(marker)"}"#)
        try scenario.stage.wait("the last is recorded") {
            try scenario.site.recorded().contains {
                String(decoding: $0, as: UTF8.self).contains(marker)
            }
        }
    }

    @Test("beside the running daemon nothing is left of it, not even at the broker")
    func running() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let client = scenario.stage.add(Client(port: scenario.broker.port, id: "devices"))
        try live(scenario, client, rounds: 41)
        let topic = scenario.site.root + "/alerts/hot/" + Self.gone
        #expect(try scenario.retained(topic)?.contains("hot") == true)
        #expect(try files(scenario).count >= 1)
        let export = try run(scenario, "export", "--entity", Self.gone)
        #expect(export.end == .exited(0))
        for kind in ["event", "decision", "memory"] {
            #expect(export.output.contains("{\"\(kind)\":{"), "\(kind)")
        }
        let others = try scenario.site.decisions().filter { $0.entity == "press-other" }
        let ended = try run(scenario, "forget", "--entity", Self.gone)
        #expect(ended.end == .exited(0), "\(ended.output) \(scenario.site.log)")
        #expect(ended.output.contains("nothing of \(Self.gone) is left in 2 files"))
        #expect(try files(scenario) == [])
        #expect(try scenario.retained(topic) == nil)
        let left = try scenario.site.decisions()
        #expect(left == others && !left.isEmpty)
        #expect(try StoreReader(path: scenario.site.store).memoryCounts().total == 41)
        #expect(try run(scenario, "export", "--entity", Self.gone).end == .exited(1))
        // A new acquaintance, and the daemon as well as ever.
        try live(scenario, client, rounds: 3)
        #expect(try scenario.stop(daemon) == .exited(0))
        #expect(try scenario.site.decisions().contains { $0.entity == Self.gone })
        let again = try scenario.start()
        #expect(try scenario.stop(again) == .exited(0))
    }

    @Test("at rest the command does all of it, and what the broker keeps goes at the next start")
    func atRest() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let client = scenario.stage.add(Client(port: scenario.broker.port, id: "devices"))
        try live(scenario, client, rounds: 20)
        #expect(try scenario.stop(daemon) == .exited(0))
        #expect(try files(scenario).count == 1)
        // An alert is kept by the broker: the message that clears it names the entity.
        let waiting = try run(scenario, "forget", "--entity", Self.gone)
        #expect(waiting.end == .exited(75), "\(waiting.output)")
        #expect(waiting.output.contains("waits for the broker"))
        let again = try scenario.start()
        let topic = scenario.site.root + "/alerts/hot/" + Self.gone
        try scenario.stage.wait("nothing is left; the log: \(scenario.site.log)") {
            try files(scenario).isEmpty
        }
        #expect(try scenario.retained(topic) == nil)
        try live(scenario, client, rounds: 2)
        #expect(try scenario.stop(again) == .exited(0))
        let first = try run(scenario, "forget", "--entity", "press-other")
        #expect(first.end == .exited(75))
        #expect(try scenario.stop(scenario.start()) == .exited(0))
        #expect(!first.output.contains("nothing of"))
    }

    @Test("a daemon that is killed while it forgets goes on at its next start")
    func killed() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let client = scenario.stage.add(Client(port: scenario.broker.port, id: "devices"))
        try live(scenario, client, rounds: 200)
        let log = scenario.site.directory.path + "/ctl-killed"
        let command = try ChildProcess(
            [
                Site.jameyctl, "memory", "forget", "--entity", Self.gone, "--database",
                scenario.site.store,
            ], environment: ProcessInfo.processInfo.environment, log: log)
        try scenario.stage.wait("it has begun") {
            let events = try lastForgetting(scenario)
            return events != nil
        }
        daemon.signal(SIGKILL)
        try scenario.stage.wait("it is gone") { !daemon.isRunning }
        let again = try scenario.start()
        try scenario.stage.wait("it is done; the log: \(scenario.site.log)") {
            try files(scenario).isEmpty
        }
        try scenario.stage.wait("the command") { !command.isRunning }
        #expect(try scenario.stop(again) == .exited(0))
        #expect(try files(scenario) == [])
        #expect(try scenario.site.decisions().allSatisfy { $0.entity != Self.gone })
    }

    private func lastForgetting(_ scenario: Scenario) throws -> EventSequence? {
        var found: EventSequence?
        try StoreReader(path: scenario.site.store).forEachEvent { event in
            if case .control(.forgotten) = event.body { found = event.sequence }
            return true
        }
        return found
    }
}
