import BrokerTestSupport
import Core
import Foundation
import Glibc
import Store
import Testing

/// Disks that are full or broken under a stream.
@Suite("Disks", .enabled(if: Site.isPossible, TestBroker.missing))
struct DiskTests {
    @Test(
        "a full disk acknowledges nothing, says so, and the agent goes on by itself with space",
        .enabled(if: SmallDisk.isPossible, "mounting needs root"))
    func full() throws {
        let broker = try TestBroker()
        let stage = Stage()
        let site = try Site(port: broker.port)
        // Room for the schema, twice as the write-ahead log holds it too, and a few bursts.
        let small = try SmallDisk(in: site.directory, kibibytes: 576)
        try site.move(store: small.path + "/jamey.db")
        let collector = Collector(site, port: broker.port, stage: stage)
        try stage.wait("the observer listens") { collector.client.isSubscribed }
        let daemon = try site.start(wrapper: small.wrapper)
        try stage.wait("online; the log: \(site.log)") {
            collector.isOnline(since: daemon.startedAt)
        }
        let stream = NumberedStream(port: broker.port, stage: stage, ratePerSecond: 1_000)
        stream.isPaused = false
        try stage.wait("degraded; the log: \(site.log)", seconds: 30) {
            collector.statuses.last?.state == "degraded"
        }
        #expect(collector.statuses.last?.reason.contains("the disk is full") == true)
        let count = stream.confirmed.count
        try stage.wait("the broker takes on") { stream.confirmed.count > count + 200 }
        #expect(collector.statuses.last?.state == "degraded")
        try small.grow(daemon, toKibibytes: 16_384)
        let recovery = try stage.wait("online again; the log: \(site.log)") {
            collector.statuses.last?.state == "online"
        }
        print("disk: full: online \(recovery.text) after space was made")
        stream.isPaused = true
        try stage.wait("all confirmed") { stream.isSettled }
        try stage.wait("all recorded; the log: \(site.log)", seconds: 30) {
            collector.metric("event_sequence") ?? 0 > Double(stream.confirmed.count)
        }
        let view = small.open(daemon)
        defer { close(view) }
        daemon.signal(SIGTERM)
        try stage.wait("an orderly stop; the log: \(site.log)") { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
        // The disk lives on in the open directory; SQLite wants a path of this side.
        let copy = site.directory.path + "/copy.db"
        try FileManager.default.copyItem(atPath: "/proc/self/fd/\(view)/jamey.db", toPath: copy)
        try checkNumbers(stream, try site.recorded(in: copy))
    }

    @Test(
        "while the disk fails to sync nothing is acknowledged, and the agent goes on by itself",
        .enabled(if: Fault.isPossible, "fiu-run is not installed: apt install fiu-utils"))
    func syncFails() throws {
        let scenario = try Scenario()
        let stage = scenario.stage
        let daemon = try scenario.start(wrapper: Fault.wrapper)
        let stream = scenario.stream()
        stream.isPaused = false
        try stage.wait("a stream") { stream.confirmed.count > 200 }
        try Fault.control(daemon, "enable name=posix/io/sync/*")
        try stage.wait("degraded; the log: \(scenario.site.log)", seconds: 30) {
            scenario.collector.statuses.last?.state == "degraded"
        }
        #expect(scenario.collector.statuses.last?.reason.contains("the disk refuses") == true)
        stage.last(.seconds(2))
        #expect(scenario.collector.statuses.last?.state == "degraded")
        try Fault.control(daemon, "disable name=posix/io/sync/*")
        let recovery = try stage.wait("online again; the log: \(scenario.site.log)") {
            scenario.collector.statuses.last?.state == "online"
        }
        print("disk: EIO on fsync: online \(recovery.text) after it ended")
        try scenario.settle(stream)
        // libfiu's own thread takes every signal, so there is no orderly stop.
        daemon.kill()
        try checkNumbers(stream, try scenario.site.recorded())
    }

    /// Everything that the broker took is stored, and once.
    private func checkNumbers(_ stream: NumberedStream, _ payloads: [[UInt8]]) throws {
        var counts: [Int: Int] = [:]
        for payload in payloads {
            if let number = NumberedStream.number(in: payload) { counts[number, default: 0] += 1 }
        }
        #expect(stream.confirmed.isSubset(of: counts.keys))
        #expect(counts.filter { $0.value != 1 }.isEmpty)
    }
}

/// libfiu: calls of the operating system that fail when they are told to.
private enum Fault {
    static let isPossible = access("/usr/bin/fiu-run", X_OK) == 0
    static let wrapper = ["/usr/bin/fiu-run", "-x"]

    static func control(_ daemon: ChildProcess, _ command: String) throws {
        try Command.run("/usr/bin/fiu-ctrl", ["-c", command, "\(daemon.processID)"])
    }
}
