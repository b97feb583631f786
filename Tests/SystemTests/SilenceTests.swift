import BrokerTestSupport
import Core
import Glibc
import Testing

/// Links on which nothing arrives any more, and nobody says so.
@Suite("Silence", .enabled(if: Site.isPossible, TestBroker.missing))
struct SilenceTests {
    @Test("a broker that is stopped dead is noticed, and found again")
    func suspended() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let broker = try #require(scenario.broker.processID)
        kill(broker, SIGSTOP)
        defer { kill(broker, SIGCONT) }
        let noticed = try scenario.waitForLog("our own messages did not come back")
        kill(broker, SIGCONT)
        let recovery = try scenario.waitForLog("connected to the broker", count: 2, seconds: 30)
        print(
            "broker: stopped dead: noticed after \(noticed.text), connected \(recovery.text) after "
                + "it went on")
        // Three intervals of 1 s without our own echo, which is due once a second.
        #expect(noticed < .seconds(5))
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test(
        "a link whose packets are dropped both ways is noticed, and found again",
        .enabled(if: NetworkNamespace.isPossible, "needs root, ip and nft"))
    func halfOpen() throws {
        let network = try NetworkNamespace()
        let port = try LoopbackPort.free()
        let lines = ["listener \(port) \(network.address)"]
        let scenario = try Scenario(.init(lines: lines)) { settings in
            settings.host = network.address
            settings.port = port
        }
        let daemon = try scenario.start(wrapper: network.wrapper)
        let stream = scenario.stream(300)
        stream.isPaused = false
        try scenario.stage.wait("a stream") { stream.confirmed.count > 100 }
        try network.cut()
        let noticed = try scenario.waitForLog("our own messages did not come back")
        scenario.stage.last(.seconds(2))
        try network.mend()
        let recovery = try scenario.waitForLog("connected to the broker", count: 2, seconds: 40)
        print(
            "broker: half-open link: noticed after \(noticed.text), connected \(recovery.text) "
                + "after it was mended")
        #expect(noticed < .seconds(5))
        try scenario.settle(stream)
        #expect(try scenario.recordedNumbers().allSatisfy { $0.value == 1 })
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    enum Hole: String, CaseIterable {
        /// The kernel accepts, nobody reads.
        case deaf
        /// Not even the kernel answers: its queue of connections is full.
        case black
    }

    @Test("the watchdog is fed while a broker never answers", arguments: Hole.allCases)
    func watchdog(_ hole: Hole) throws {
        let listener = LoopbackPort.newSocket()
        defer { close(listener) }
        let port = try LoopbackPort.bind(listener)
        listen(listener, hole == .black ? 0 : 16)
        var fillers: [Int32] = []
        defer { for filler in fillers { close(filler) } }
        if hole == .black {
            for _ in 0..<4 {
                let filler = socket(
                    AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                _ = LoopbackPort.with(port) { connect(filler, $0, $1) }
                fillers.append(filler)
            }
        }
        let notify = try NotifySocket()
        let site = try Site(port: port)
        let environment = ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "2000000"]
        let daemon = try site.start(environment: environment)
        try Deadline.wait("the attempt is given up; the log: \(site.log)", seconds: 20) {
            notify.turn()
            return site.log.contains("no answer within 10 s")
        }
        print(
            "broker: \(hole.rawValue): fed \(notify.feeds) times, longest pause "
                + "\(notify.longestGap.text)")
        #expect(notify.messages.first == "READY=1")
        #expect(notify.feeds >= 5)
        #expect(notify.longestGap < .seconds(2 * Pace.slowness))
        daemon.signal(SIGTERM)
        try Deadline.wait("stopped", seconds: 10) { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
        notify.turn()
        #expect(notify.messages.contains("STOPPING=1"))
    }
}
