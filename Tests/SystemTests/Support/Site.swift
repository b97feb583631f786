import BrokerTestSupport
import Core
import Foundation
import Glibc
import Store

/// Where one agent lives: its configuration, rules, store and log, and the daemon itself.
final class Site {
    struct Settings {
        var host = "127.0.0.1"
        var port: Int
        var mqtt = "5"
        var keepAlive = "30s"
        var interval = "1s"
        var clientID: String?
        var user: String?
        /// Path of the authority's certificate: TLS.
        var authority: String?
        /// nil: beside the configuration.
        var store: String?
        var rules = Rules.press
        /// nil: nothing runs in shadow.
        var shadowRules: String?
        /// Daemons that run at the same time cannot all listen on the default address.
        var http = "{ enabled: false }"

        init(port: Int) { self.port = port }
    }

    let directory: TestDirectory
    let node: String
    var settings: Settings
    private var starts = 0

    init(_ settings: Settings) throws {
        directory = try TestDirectory()
        node = "t\(UInt32.random(in: .min ... .max))"
        self.settings = settings
        try FileManager.default.createDirectory(
            atPath: rulesDirectory, withIntermediateDirectories: true)
        try write(settings.rules, to: rulesDirectory + "/10.yaml")
        if let rules = settings.shadowRules {
            try FileManager.default.createDirectory(
                atPath: shadowDirectory, withIntermediateDirectories: true)
            try write(rules, to: shadowDirectory + "/10.yaml")
        }
        try write("secret", to: passwordFile)
        chmod(passwordFile, 0o600)
        try writeConfiguration()
    }

    convenience init(port: Int, _ change: (inout Settings) -> Void = { _ in }) throws {
        var settings = Settings(port: port)
        change(&settings)
        try self.init(settings)
    }

    var root: String { "jamey/\(node)" }
    var configuration: String { directory.path + "/jamey.yaml" }
    var rulesDirectory: String { directory.path + "/rules.d" }
    var shadowDirectory: String { directory.path + "/rules.shadow.d" }
    var passwordFile: String { directory.path + "/password" }
    var store: String { settings.store ?? directory.path + "/jamey.db" }
    private var logFile: String { directory.path + "/log-\(starts)" }

    /// What the newest daemon has written to standard error.
    var log: String {
        (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? ""
    }

    /// How the newest daemon names this life of its own; nil before it says so.
    var bootID: String? {
        guard let started = log.ranges(of: "started boot_id=").last else { return nil }
        return log[started.upperBound...].prefix { $0.isHexDigit }.description
    }

    func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    func writeRules(_ text: String) throws { try write(text, to: rulesDirectory + "/10.yaml") }

    /// Has the store elsewhere from the next start on.
    func move(store path: String) throws {
        settings.store = path
        try writeConfiguration()
    }

    private func writeConfiguration() throws {
        var broker = [
            "host: \(settings.host)", "port: \(settings.port)", "protocol: \(settings.mqtt)",
            "keep_alive: \(settings.keepAlive)",
        ]
        if let id = settings.clientID { broker.append("client_id: \(id)") }
        if let user = settings.user {
            broker += ["username: \(user)", "password_file: \(passwordFile)"]
        }
        let shadow = settings.shadowRules.map { _ in ", shadow: \(shadowDirectory)" } ?? ""
        if let authority = settings.authority { broker.append("tls: { ca: \(authority) }") }
        try write(
            """
            node: \(node)
            broker: { \(broker.joined(separator: ", ")) }
            store: { path: \(store) }
            rules: { directory: \(rulesDirectory)\(shadow) }
            status: { interval: \(settings.interval) }
            http: \(settings.http)
            log: { level: debug, format: text }

            """, to: configuration)
    }

    /// Runs the daemon.
    /// - Parameters:
    ///   - wrapper: a program and its arguments that runs it, as `ip netns exec`.
    ///   - environment: beside the test's own.
    func start(
        _ arguments: [String] = [], wrapper: [String] = [], environment: [String: String] = [:]
    ) throws -> ChildProcess {
        starts += 1
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return try ChildProcess(
            wrapper + [Self.jameyd, "--config", configuration] + arguments, environment: all,
            log: logFile)
    }

    /// The daemon under test: that of `JAMEY_BIN`, else the one beside this test bundle.
    static var jameyd: String { folder + "/jameyd" }

    /// The command, from the same place.
    static var jameyctl: String { folder + "/jameyctl" }

    static var jameysim: String { folder + "/jameysim" }

    private static var folder: String {
        ProcessInfo.processInfo.environment["JAMEY_BIN"] ?? beside
    }

    static var isPossible: Bool { TestBroker.isInstalled && access(jameyd, X_OK) == 0 }

    private static var beside: String {
        let arguments = CommandLine.arguments
        let bundle = arguments.last { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
    }

    /// The payloads of all messages in the log.
    /// - Parameter path: where the test finds the store, if not where the daemon does.
    func recorded(in path: String? = nil) throws -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        try StoreReader(path: path ?? store).forEachEvent { event in
            if case .message(let message) = event.body { payloads.append(message.payload) }
            return true
        }
        return payloads
    }

    func decisions() throws -> [Decision] {
        let query = DecisionQuery(isNewestFirst: false, limit: 1_000_000)
        return try StoreReader(path: store).decisions(query).map(\.decision)
    }
}
