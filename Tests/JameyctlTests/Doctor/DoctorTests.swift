import Core
import Foundation
import Glibc
import Testing

@testable import jameyctl

@Suite("jameyctl doctor")
struct DoctorTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }
    static let hasDaemon =
        access((Command.path as NSString).deletingLastPathComponent + "/jameyd", X_OK) == 0

    init() throws { scratch = try Scratch() }

    /// A configuration of things that are in the test's own directory, or nowhere.
    private func configuration(broker: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: scratch.directory + "/rules.d", withIntermediateDirectories: true)
        return try scratch.write(
            "jamey.yaml",
            """
            node: edge-1
            broker: { \(broker) }
            store: { path: \(scratch.store) }
            rules: { directory: \(scratch.directory)/rules.d }
            http: { listen: [], socket: \(socket) }
            """)
    }

    private func makeStore() throws {
        let writer = try scratch.writer()
        try writer.commit(decisions: (1...3).map { decision($0) })
        try writer.close()
    }

    private func run(_ arguments: String...) throws -> Command.Result {
        var environment = ProcessInfo.processInfo.environment
        environment["JAMEY_URL"] = nil
        environment["CREDENTIALS_DIRECTORY"] = scratch.directory
        let all = ["doctor", "--config", scratch.directory + "/jamey.yaml"] + arguments
        return try Command(all, environment: environment).wait()
    }

    /// The levels of what was found, by what was looked at.
    private func findings(
        _ arguments: String...
    ) throws -> (code: Int32, levels: [String: String]) {
        var environment = ProcessInfo.processInfo.environment
        environment["JAMEY_URL"] = nil
        let all = ["doctor", "--json", "--config", scratch.directory + "/jamey.yaml"] + arguments
        let result = try Command(all, environment: environment).wait()
        let json = try JSONScanner.scan(Array(result.output.utf8))
        #expect(json["ok"]?.bool == (result.code == 0), "\(result)")
        let pairs = (json["findings"]?.array ?? []).map {
            ($0["check"]?.string ?? "", $0["level"]?.string ?? "")
        }
        // The worse of two.
        let order = ["ok", "warning", "error"]
        return (
            result.code,
            Dictionary(pairs) { a, b in
                (order.firstIndex(of: a) ?? 0) > (order.firstIndex(of: b) ?? 0) ? a : b
            }
        )
    }

    private static let online = """
        {"status":"online","node":"edge-1","version":"\(Version.number)","components":{"broker":\
        {"status":"ok","state":"up","refused_filters":[]},"store":{"status":"ok"},"api":\
        {"status":"disabled"}}}
        """

    private func daemon(_ status: String, _ metrics: String = "") throws -> PlayedDaemon {
        try PlayedDaemon(socket) { asked in
            .json(asked.target == "/metrics" ? metrics : status)
        }
    }

    @Test("it works while the agent and the broker are down, and says what to do; exit code 1")
    func down() throws {
        _ = try configuration(broker: "port: 1")
        let result = try run()
        #expect(result.code == 1 && result.errors.isEmpty, "\(result)")
        expectColumns(result)
        #expect(result.output.contains("error    daemon: no agent answers at"), "\(result)")
        #expect(result.output.contains("error    broker: 127.0.0.1:1: Connection refused"))
        #expect(result.output.contains("systemctl start mosquitto"))
        #expect(result.output.contains("warning  store: there is none at"))
        let (code, levels) = try findings()
        #expect(code == 1 && levels["daemon"] == "error" && levels["broker"] == "error")
        #expect(levels["store"] == "warning" && levels["versions"] == "ok", "\(levels)")
    }

    @Test("where everything is well it exits with 0")
    func well() throws {
        let broker = try Listening()
        _ = try configuration(broker: "port: \(broker.port)")
        try makeStore()
        let daemon = try daemon(Self.online, "jamey_clock_skew_seconds 0\n")
        let (code, levels) = try findings("--deep")
        #expect(code == 0, "\(levels)")
        for check in ["daemon", "broker", "broker.acl", "permissions", "store", "audit"] {
            #expect(levels[check] == "ok", "\(check): \(levels)")
        }
        #expect(daemon.asked.map(\.target) == ["/status", "/metrics"])
    }

    @Test("jameyd says whether the configuration is good", .enabled(if: DoctorTests.hasDaemon))
    func checked() throws {
        _ = try configuration(broker: "port: 1")
        try scratch.write("rules.d/a.yaml", "rules: []\n")
        #expect(try findings().levels["configuration"] == "ok")
        try scratch.write("rules.d/a.yaml", "rulez: []\n")
        let rules = try run()
        #expect(rules.output.contains("error    configuration:"), "\(rules)")
        #expect(rules.output.contains("unknown key 'rulez'"), "\(rules)")
        try scratch.write("jamey.yaml", "nodes: edge-1\n")
        #expect(try findings().levels["configuration"] == "error")
        // jameyd and jameyctl are of one version.
        #expect(try findings().levels["versions"] == "ok")
    }

    @Test("a configuration that is not there is told of, and the defaults are looked at")
    func noConfiguration() throws {
        let (code, levels) = try findings("--socket", socket)
        #expect(code == 1 && levels["configuration"] == "error", "\(levels)")
        #expect(levels["daemon"] == "error" && levels["broker"] != nil)
        #expect(levels["broker.acl"] == "warning", "\(levels)")
        #expect(try run("--socket", socket).output.contains("broker.acl: not checked"))
    }

    @Test("what the broker refuses is told from the agent's own word")
    func refusals() throws {
        let broker = try Listening()
        _ = try configuration(broker: "port: \(broker.port)")
        let refusing = Self.online.replacing(
            #""refused_filters":[]"#, with: #""refused_filters":["plant/#"]"#)
        do {
            let daemon = try daemon(refusing)
            let result = try run()
            #expect(result.code == 1)
            #expect(result.output.contains("error    broker.acl:"), "\(result)")
            #expect(result.output.contains("plant/#"), "\(result)")
            _ = daemon
        }
        let daemon = try daemon(
            Self.online, "# HELP x\njamey_publications_dropped_total 3\n")
        let (_, levels) = try findings()
        #expect(levels["broker.acl"] == "warning", "\(levels)")
        _ = daemon
    }

    @Test("parts that are not well, a clock that was set back and another version are told of")
    func parts() throws {
        let broker = try Listening()
        _ = try configuration(broker: "port: \(broker.port)")
        let status = Self.online
            .replacing(#""store":{"status":"ok"}"#, with: #""store":{"status":"degraded"}"#)
            .replacing(#""status":"online""#, with: #""status":"degraded""#)
            .replacing(Version.number, with: "2.9.9")
        let daemon = try daemon(status, "jamey_clock_skew_seconds 60.5\n")
        let (code, levels) = try findings()
        #expect(code == 1 && levels["daemon"] == "error", "\(levels)")
        #expect(levels["daemon.store"] == "error" && levels["daemon.api"] == nil, "\(levels)")
        #expect(levels["clock.skew"] == "warning" && levels["versions"] == "warning", "\(levels)")
        _ = daemon
    }

    @Test("metrics that are no numbers, or beyond all measure, do not end it")
    func strangeMetrics() throws {
        _ = try configuration(broker: "port: 1")
        for value in ["NaN", "+Inf", "-Inf", "1e300", "-1e300"] {
            let daemon = try daemon(
                Self.online,
                "jamey_publications_dropped_total \(value)\njamey_clock_skew_seconds \(value)\n")
            let (code, levels) = try findings()
            #expect(code == 1 && levels["daemon"] == "ok", "\(value): \(levels)")
            _ = daemon
        }
    }

    @Test("a store that is damaged, or was changed, is found with --deep")
    func damaged() throws {
        _ = try configuration(broker: "port: 1")
        try makeStore()
        let python =
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])"
        let change = "UPDATE decision SET positive = 1 WHERE row = 2"
        let changed = try Command(
            ["python3", "-c", python, scratch.store, change], program: "/usr/bin/env"
        ).wait()
        #expect(changed.code == 0, "\(changed)")
        #expect(try findings().levels["audit"] == nil)
        let (code, levels) = try findings("--deep")
        #expect(code == 1 && levels["audit"] == "error" && levels["store"] == "ok", "\(levels)")
        var bytes = try #require(FileManager.default.contents(atPath: scratch.store))
        // Whatever page is there: its first bytes say what it is.
        for page in stride(from: 4_096, to: bytes.count, by: 4_096) { bytes[page] = 0xFF }
        try bytes.write(to: URL(fileURLWithPath: scratch.store))
        let (worse, found) = try findings("--deep")
        #expect(worse == 1 && found["store"] == "error", "\(found)")
    }

    @Test(
        "with TLS the broker's certificate is looked at", .enabled(if: TLSDaemon.isPossible))
    func tls() throws {
        let server = try TLSDaemon(scratch, answer: "{}")
        let place = "host: localhost, port: \(server.port)"
        _ = try configuration(broker: "\(place), tls: { ca: \(server.certificate) }")
        let trusted = try findings()
        #expect(trusted.levels["broker"] == "ok", "\(trusted)")
        _ = try configuration(broker: "\(place), tls: {}")
        let strange = try run()
        #expect(strange.output.contains("error    broker: localhost:\(server.port): its"))
        #expect(strange.output.contains("broker.tls.ca must have the authority"), "\(strange)")
        _ = try configuration(broker: "\(place), tls: { ca: /none/such.pem }")
        #expect(try findings().levels["broker"] == "error")
        // A broker without TLS.
        let plain = try Listening()
        _ = try configuration(
            broker: "port: \(plain.port), tls: { ca: \(server.certificate) }")
        plain.answerOnce("HTTP/1.1 400 Bad Request\r\n\r\n")
        #expect(try findings().levels["broker"] == "error")
    }

    @Test("it asks the agent of this machine, though the environment names another place")
    func elsewhere() throws {
        _ = try configuration(broker: "port: 1")
        let daemon = try daemon(Self.online)
        var environment = ProcessInfo.processInfo.environment
        environment["JAMEY_URL"] = "http://127.0.0.1:1"
        let command = try Command(
            ["doctor", "--config", scratch.directory + "/jamey.yaml"], environment: environment)
        let result = command.wait()
        #expect(result.output.contains("ok       daemon: edge-1 is online"), "\(result)")
        #expect(result.errors.contains("passes over JAMEY_URL"), "\(result)")
        #expect(daemon.asked.first?.target == "/status")
        let named = try run("--url", "http://127.0.0.1:1")
        #expect(named.output.contains("no agent answers at http://127.0.0.1:1"), "\(named)")
    }

    @Test("an agent is on this machine for certain by its socket and by a loopback address")
    func here() throws {
        #expect(DaemonPlace.socket("/run/x").isHere)
        for (url, isHere) in [
            ("http://127.0.0.1:8642", true), ("http://[::1]", true), ("http://localhost", true),
            ("https://edge-1.example", false), ("http://10.0.0.1:8642", false),
        ] {
            #expect(DaemonPlace.url(try DaemonURL(url)).isHere == isHere, "\(url)")
        }
    }

    @Test("a wrong command line exits with 64, a key file that others can read with 77")
    func commandLine() throws {
        _ = try configuration(broker: "port: 1")
        #expect(try run("--url", "edge-1").code == 64)
        let key = try scratch.write("key", "jamey_key")
        try #require(chmod(key, 0o644) == 0)
        #expect(try run("--key-file", key).code == 77)
    }
}

/// Takes connections on a free port of this machine, and says nothing by itself.
private final class Listening {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Int32 in
                guard bind(descriptor, pointer, size) == 0, listen(descriptor, 16) == 0 else {
                    return -1
                }
                return getsockname(descriptor, pointer, &size)
            }
        }
        self.descriptor = descriptor
        port = Int(in_port_t(bigEndian: address.sin_port))
        try #require(code == 0)
    }

    deinit { close(descriptor) }

    /// Answers the next client, whatever it says, and lets it go.
    func answerOnce(_ text: String) {
        Thread.detachNewThread { [descriptor] in
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { return }
            let bytes = Array(text.utf8)
            send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            var buffer = [UInt8](repeating: 0, count: 4_096)
            _ = recv(client, &buffer, buffer.count, 0)
            close(client)
        }
    }
}
