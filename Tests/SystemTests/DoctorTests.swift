import BrokerTestSupport
import Core
import Foundation
import Glibc
import Testing

/// What `jameyctl doctor` finds out at a real broker.
@Suite("Doctor and the broker", .enabled(if: Site.isPossible, TestBroker.missing))
struct DoctorTests {
    /// What was found, by what was looked at.
    private struct Examined {
        var findings: [String: JSONValue]
        var output: String

        func level(_ check: String) -> String? { findings[check]?["level"]?.string }
        func message(_ check: String) -> String { findings[check]?["message"]?.string ?? "" }
        func advice(_ check: String) -> String { findings[check]?["advice"]?.string ?? "" }
    }

    private func examine(_ site: Site) throws -> Examined {
        let log = site.directory.path + "/doctor-\(UUID().uuidString)"
        var environment = ProcessInfo.processInfo.environment
        environment["JAMEY_URL"] = nil
        let command = try ChildProcess(
            [Site.jameyctl, "doctor", "--json", "--config", site.configuration],
            environment: environment, log: log)
        try Stage().wait("doctor", seconds: 60) { !command.isRunning }
        let output = try String(contentsOfFile: log, encoding: .utf8)
        let found = try JSONScanner.scan(Array(output.utf8))["findings"]?.array ?? []
        let pairs = found.map { ($0["check"]?.string ?? "", $0) }
        return Examined(findings: Dictionary(pairs) { first, _ in first }, output: output)
    }

    private func give(_ password: String, to site: Site) throws {
        try site.write(password, to: site.passwordFile)
        chmod(site.passwordFile, 0o600)
    }

    @Test(
        "a wrong password is found while the agent is down, and a right one is let in",
        arguments: ["5", "3.1.1"])
    func passwords(mqtt: String) throws {
        let broker = try TestBroker(.init(users: ["jamey": "xyzzy-right"]))
        let site = try Site(port: broker.port) {
            $0.mqtt = mqtt
            $0.user = "jamey"
        }
        try give("xyzzy-wrong", to: site)
        let wrong = try examine(site)
        #expect(wrong.level("broker") == "ok", "\(wrong)")
        #expect(wrong.level("broker.login") == "error", "\(wrong)")
        #expect(wrong.advice("broker.login").contains("broker.password_file"), "\(wrong)")
        #expect(wrong.message("broker.acl").hasPrefix("not checked"), "\(wrong)")
        try give("xyzzy-right", to: site)
        let right = try examine(site)
        #expect(right.level("broker.login") == "ok", "\(right)")
        #expect(right.level("broker.acl") == "ok", "\(right)")
        #expect(!(wrong.output + right.output).contains("xyzzy"))
        func link() -> TestLink {
            TestLink(broker, id: "jamey-\(site.node)-doctor") {
                $0.username = "jamey"
                $0.password = Array("xyzzy-right".utf8)
            }
        }
        // Nothing is left of it at the broker.
        let after = link()
        #expect(try after.connect() == false)
        // The session of one that is ended midway is no other client's, and ends with the next.
        after.link.disconnect()
        let next = try examine(site)
        #expect(next.level("broker.acl") == "ok", "\(next)")
        #expect(try link().connect() == false)
    }

    /// acl_file refuses no subscription; mosquitto's own plugin does.
    static let plugin = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib"))?
        .map { name -> String in "/usr/lib/\(name)/mosquitto_dynamic_security.so" }
        .first { access($0, R_OK) == 0 }

    /// Of an account jamey with the password `secret` (PBKDF2 with SHA-512), which may subscribe to
    /// everything but what the presses say.
    private static let roles = """
        {"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,\
        "subscribe":true,"unsubscribe":true},"clients":[{"username":"jamey","password":\
        "0ItUjIA9FE0xcSEksr8wPAANKDC4pdtchknayZMmK7akxcCQh6ye0vhKW6xH/NwQJf3AOSkU7HkNsDGGkyc1yA==",\
        "salt":"amFtZXktZG9jdG9y","iterations":101,"roles":[{"rolename":"agent"}]}],\
        "roles":[{"rolename":"agent","acls":[{"acltype":"subscribeLiteral","topic":\
        "plant/+/+/telemetry","priority":0,"allow":false}]}]}
        """

    @Test(
        "subscriptions that the broker refuses are named",
        .enabled(if: DoctorTests.plugin != nil, "mosquitto's dynamic security is not installed"))
    func refusedFilters() throws {
        let directory = try TestDirectory("doctor")
        let file = directory.path + "/roles.json"
        try Self.roles.write(toFile: file, atomically: true, encoding: .utf8)
        let broker = try TestBroker(
            .init(lines: ["plugin \(Self.plugin ?? "")", "plugin_opt_config_file \(file)"]))
        let site = try Site(port: broker.port) { $0.user = "jamey" }
        let found = try examine(site)
        #expect(found.level("broker.login") == "ok", "\(found)")
        #expect(found.level("broker.acl") == "error", "\(found)")
        #expect(found.message("broker.acl").contains("subscribe to plant/+/+/telemetry: "))
        #expect(found.advice("broker.acl").contains("etc/mosquitto/jamey.acl"), "\(found)")
    }

    @Test("while the agent runs nobody logs in beside it", arguments: [true, false])
    func agentRuns(hasAPI: Bool) throws {
        let directory = try TestDirectory("doctor")
        let log = directory.path + "/mosquitto.log"
        let lines = ["log_dest file \(log)", "log_type all"]
        let scenario = try Scenario(.init(lines: lines)) {
            let socket = directory.path + "/api.sock"
            $0.http = hasAPI ? "{ listen: [], socket: \(socket) }" : "{ enabled: false }"
        }
        let daemon = try scenario.start()
        if hasAPI { try scenario.waitForLog("the API answers") }
        let beside = try examine(scenario.site)
        #expect(beside.level("broker.login") == nil, "\(beside)")
        #expect(beside.level("broker.acl") == (hasAPI ? "ok" : "warning"), "\(beside)")
        #expect(try scenario.stop(daemon) == .exited(0))
        let alone = try examine(scenario.site)
        #expect(alone.level("broker.login") == "ok", "\(alone)")
        #expect(alone.level("broker.acl") == "ok", "\(alone)")
        // It writes its log to the end.
        try scenario.broker.stop()
        let told = try String(contentsOfFile: log, encoding: .utf8)
        // Of the one login when it was alone.
        let connections = told.ranges(of: " as jamey-\(scenario.site.node)-doctor (").count
        #expect(connections == 2, "\(told)")
    }

    @Test("a broker that knows clients by username keeps what waits for the agent")
    func sharedSession() throws {
        let broker = try TestBroker(.init(lines: ["use_username_as_clientid true"]))
        let stage = Stage()
        let site = try Site(port: broker.port) { $0.user = "jamey" }
        let before = try site.start()
        try stage.wait("online; the log: \(site.log)") { site.log.contains("status online") }
        before.signal(SIGTERM)
        try stage.wait("stopped") { !before.isRunning }
        let device = stage.add(Client(port: broker.port, id: "device") { $0.username = "device" })
        var confirmed = 0
        device.confirmed = { _ in confirmed += 1 }
        for number in 1...10 {
            device.publish("plant/a/press-1/telemetry", #"{"n":\#(number),"temp":60}"#)
        }
        try stage.wait("all confirmed") { confirmed == 10 }
        let found = try examine(site)
        #expect(found.level("broker.login") == "ok", "\(found)")
        #expect(found.level("broker.acl") == "warning", "\(found)")
        #expect(found.message("broker.acl").contains("use_username_as_clientid"), "\(found)")
        let after = try site.start()
        try stage.wait("all recorded; the log: \(site.log)") {
            Set(try site.recorded().compactMap { NumberedStream.number(in: $0) }) == Set(1...10)
        }
        after.signal(SIGTERM)
        try stage.wait("stopped") { !after.isRunning }
    }
}
