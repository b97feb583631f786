import BrokerTestSupport
import Core
import Foundation
import Glibc
import Store
import Testing

/// A short recorded life that is judged again; `scripts/soak replay` lives a long one.
@Suite("A life judged again", .enabled(if: Site.isPossible, TestBroker.missing))
struct ReplayTests {
    private static let lives = 4

    /// With what time, windows and trust have to say.
    private static func rules(limit: Int) -> String {
        Rules.press + """
              - { name: held, on: telemetry, when: payload.temp > \(limit).0, for: 200ms }
              - { name: mean, on: telemetry, when: 'over.avg(payload.temp, "2s") > \(limit).0' }
              - { name: silent, on: telemetry, absent: 400ms }
              - name: trusted
                weight: 1
                stance: support
                strength: device.trust
                on: commands
                when: device.trust > 0.3

            """
    }

    @Test("after kills, new rules and trust set by hand, all comes out again from every checkpoint")
    func life() throws {
        let broker = try TestBroker()
        let stage = Stage()
        let site = try Site(port: broker.port) { $0.rules = Self.rules(limit: 70) }
        let collector = Collector(site, port: broker.port, stage: stage)
        let stream = NumberedStream(port: broker.port, stage: stage, ratePerSecond: 1_000)
        let devices = try devices(site, port: broker.port)
        for life in 1...Self.lives {
            let daemon = try site.start(environment: ["JAMEY_CHECKPOINT_EVENTS": "300"])
            try stage.wait("online") { collector.isOnline(since: daemon.startedAt) }
            stream.isPaused = false
            stage.last(.milliseconds(600))
            try site.writeRules(Self.rules(limit: 70 + life))
            daemon.signal(SIGHUP)
            #expect(try run(site, stage, "soul", "set", "press-1", "0.\(life)") == .exited(0))
            stage.last(.milliseconds(600))
            stream.isPaused = true
            stage.last(.milliseconds(500))
            if life < Self.lives { daemon.kill() } else { daemon.signal(SIGTERM) }
            try stage.wait("the end") { !daemon.isRunning }
        }
        for device in devices { device.kill() }
        let starts = try StoreReader(path: site.store).checkpointPlaces().map(\.sequence)
        #expect(starts.count > 3)
        let decisions = try site.decisions()
        #expect(Set(decisions.map(\.kind)).count == 2)
        for start in [0] + starts.dropLast() {
            for _ in 1...2 {
                let end = try run(site, stage, "replay", "--from", "\(start)")
                #expect(end == .exited(0), "from \(start): \(output(site))")
            }
        }
    }

    /// Presses, and a recorded rig where its recording is.
    private func devices(_ site: Site, port: Int) throws -> [ChildProcess] {
        func start(_ arguments: String...) throws -> ChildProcess {
            try ChildProcess(
                [Site.jameysim] + arguments + ["--port", "\(port)"],
                environment: ProcessInfo.processInfo.environment,
                log: site.directory.path + "/sim.log")
        }
        var started = [try start("devices", "--count", "12", "--interval", "100")]
        let shared = ProcessInfo.processInfo.environment["JAMEY_SHARED"] ?? ""
        let recording = shared + "/data/skab/valve1-0.csv"
        guard access(recording, R_OK) == 0 else { return started }
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../etc/jamey/rules.d.examples/pump-rig/10-pump.yaml")
        let rules = try String(contentsOf: example.standardizedFileURL, encoding: .utf8)
        try site.write(rules, to: site.rulesDirectory + "/20-pump.yaml")
        started.append(try start("rig", "--input", recording, "--speed", "200", "--quiet"))
        return started
    }

    private func run(_ site: Site, _ stage: Stage, _ arguments: String...) throws
        -> ChildProcess.End?
    {
        let log = site.directory.path + "/ctl.log"
        unlink(log)
        let command = try ChildProcess(
            [Site.jameyctl] + arguments + ["--database", site.store],
            environment: ProcessInfo.processInfo.environment, log: log)
        try stage.wait("jameyctl", seconds: 60) { !command.isRunning }
        return command.poll()
    }

    private func output(_ site: Site) -> String {
        (try? String(contentsOfFile: site.directory.path + "/ctl.log", encoding: .utf8)) ?? ""
    }
}
