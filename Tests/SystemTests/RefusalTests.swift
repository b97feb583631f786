import BrokerTestSupport
import Core
import Glibc
import Store
import Testing

/// Brokers that do not want the agent, or not for long.
@Suite("Refusals", .enabled(if: Site.isPossible, TestBroker.missing))
struct RefusalTests {
    @Test("refused credentials are told, and new ones work at SIGHUP without waiting")
    func credentials() throws {
        let broker = try TestBroker(.init(users: ["jamey": "right"]))
        let stage = Stage()
        let site = try Site(port: broker.port) { $0.user = "jamey" }
        let daemon = try site.start()
        try stage.wait("a refusal; the log: \(site.log)") {
            site.log.contains("error: no link to the broker: the broker refused the connection")
        }
        #expect(site.log.contains("check broker.username, the password file"))
        #expect(!site.log.contains("secret"))
        #expect(daemon.isRunning)
        try site.write("right", to: site.passwordFile)
        chmod(site.passwordFile, 0o600)
        daemon.signal(SIGHUP)
        let recovery = try stage.wait("connected; the log: \(site.log)", seconds: 5) {
            site.log.contains("connected to the broker")
        }
        print("broker: new credentials: connected \(recovery.text) after SIGHUP")
        daemon.signal(SIGTERM)
        try stage.wait("stopped") { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
        let credentials = try linkedCredentials(site)
        #expect(credentials.count == 2, "\(credentials)")
        for record in credentials {
            #expect(record.contains("check") && !record.contains("right"), "\(record)")
        }
    }

    /// What the audit chain has of the credentials, the newest first.
    private func linkedCredentials(_ site: Site) throws -> [String] {
        let reader = try StoreReader(path: site.store)
        var records: [String] = []
        try reader.forEachLinkFromNewest { link in
            if link.kind == .credential, let record = link.record { records.append(record) }
            return true
        }
        #expect(try reader.verifyAudit().isWhole)
        return records
    }

    @Test("two agents with one client identifier do not chase each other")
    func stolen() throws {
        let broker = try TestBroker()
        let stage = Stage()
        let sites = try (0..<2).map { _ in
            try Site(port: broker.port) { $0.clientID = "the-same" }
        }
        let daemons = try sites.map { try $0.start() }
        let seconds = 12
        stage.last(.seconds(seconds))
        for site in sites {
            let connects = site.log.ranges(of: "connected to the broker").count
            print("broker: client identifier stolen: \(connects) connections in \(seconds) s")
            // The ceilings of the delays double: the sixth is half a minute.
            #expect((1...9).contains(connects), "\(site.log)")
            #expect(site.log.contains("another client uses our client identifier"))
        }
        // Each gives way in the end, whatever the other does.
        for daemon in daemons {
            daemon.signal(SIGTERM)
            try stage.wait("stopped") { !daemon.isRunning }
            #expect(daemon.poll() == .exited(0))
        }
    }

    @Test(
        "a broker that accepts and kicks at once is not hammered", arguments: [false, true])
    func kicking(afterConnack: Bool) throws {
        let server = try TinyServer()
        let site = try Site(port: server.port)
        let daemon = try site.start()
        var connects = 0
        let end = ContinuousClock.now + .seconds(15)
        while ContinuousClock.now < end {
            poll(nil, 0, 2)
            server.turn()
            guard server.received.first == 0x10 else { continue }
            connects += 1
            if afterConnack { server.say([0x20, 3, 0, 0, 0]) }
            server.drop()
        }
        print("broker: accepts and kicks: \(connects) connections in 15 s")
        #expect((2...10).contains(connects), "\(site.log)")
        daemon.signal(SIGTERM)
        try Deadline.wait("stopped", seconds: 10) { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
    }
}
