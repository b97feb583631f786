import BrokerTestSupport
import Core
import Foundation
import Store
import Testing

/// `kill -9` under a stream of numbered QoS 1 messages; `scripts/soak crash` does it for longer.
@Suite("Crashes", .enabled(if: Site.isPossible, TestBroker.missing))
struct CrashTests {
    @Test("however often the daemon is killed, nothing is lost or judged twice")
    func kills() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["JAMEY_KILLS"].flatMap { Int($0) } ?? 20
        let seed = environment["JAMEY_SEED"].flatMap { UInt64($0) } ?? .random(in: 1 ... .max)
        print("crash: \(count) kills, seed \(seed)")
        var crash = try Crash(seed: seed)
        try crash.run(kills: count)
        try crash.settle()
        let report = try crash.check()
        print("crash: \(report)")
    }

    @Test("a daemon killed while it migrates a store with data finds it whole at the next start")
    func migration() throws {
        let broker = try TestBroker()
        let stage = Stage()
        let site = try Site(port: broker.port)
        let collector = Collector(site, port: broker.port, stage: stage)
        let stream = NumberedStream(port: broker.port, stage: stage, ratePerSecond: 2_000)
        let first = try site.start()
        try stage.wait("online") { collector.isOnline(since: first.startedAt) }
        stream.isPaused = false
        try stage.wait("500 numbers") { stream.confirmed.count >= 500 }
        stream.isPaused = true
        try stage.wait("all confirmed") { stream.isSettled }
        first.signal(SIGTERM)
        try stage.wait("stopped") { !first.isRunning }
        let before = try site.recorded()

        try StoreWriter.migrate(path: site.store, to: 1)
        let killed = try site.start(environment: ["JAMEY_FAILPOINT": "duringMigration"])
        try stage.wait("killed") { !killed.isRunning }
        #expect(killed.poll() == .signalled(SIGKILL))
        let last = try site.start()
        try stage.wait("online again") { collector.isOnline(since: last.startedAt) }
        last.signal(SIGTERM)
        try stage.wait("stopped again") { !last.isRunning }
        #expect(try site.recorded() == before)
    }
}
