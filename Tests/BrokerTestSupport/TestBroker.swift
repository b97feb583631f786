import Foundation
import Glibc
import Testing

/// A real mosquitto on a loopback port, in a directory of its own; gone when the test is.
public final class TestBroker {
    public struct Settings {
        /// Empty: anonymous clients may come.
        public var users: [String: String] = [:]
        public var certificate: TestCertificates.Pair?
        /// Clients must show a certificate of this authority.
        public var clientAuthority: String?
        public var isPersistent = false
        /// Further lines of its configuration.
        public var lines: [String] = []

        public init(
            users: [String: String] = [:], certificate: TestCertificates.Pair? = nil,
            clientAuthority: String? = nil, isPersistent: Bool = false, lines: [String] = []
        ) {
            self.users = users
            self.certificate = certificate
            self.clientAuthority = clientAuthority
            self.isPersistent = isPersistent
            self.lines = lines
        }
    }

    public static let executable = "/usr/sbin/mosquitto"
    public static var isInstalled: Bool { access(executable, X_OK) == 0 }
    public static let missing: Comment = "mosquitto is not installed: apt install mosquitto"

    public let port: Int
    /// In effect from the next start on.
    public var settings: Settings
    private let directory: TestDirectory
    private var process: Process?

    public init(_ settings: Settings = Settings()) throws {
        self.settings = settings
        directory = try TestDirectory()
        port = try LoopbackPort.free()
        try start()
    }

    deinit { kill() }

    private func writeConfiguration() throws {
        var lines = [
            "listener \(port) 127.0.0.1", "allow_anonymous \(settings.users.isEmpty)",
            // It would otherwise give up root for a user that cannot read this directory.
            "user root", "log_dest none", "max_queued_messages 0",
            "persistence \(settings.isPersistent)", "persistence_location \(directory.path)/",
        ]
        if !settings.users.isEmpty {
            _ = FileManager.default.createFile(atPath: users, contents: nil)
            for (name, password) in settings.users { try write(password, of: name) }
            lines.append("password_file \(users)")
        }
        if let certificate = settings.certificate {
            lines += ["certfile \(certificate.certificate)", "keyfile \(certificate.key)"]
        }
        if let authority = settings.clientAuthority {
            lines += ["cafile \(authority)", "require_certificate true"]
        }
        lines += settings.lines
        let text = lines.joined(separator: "\n") + "\n"
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    private var configuration: String { directory.path + "/mosquitto.conf" }
    private var users: String { directory.path + "/users" }

    private func write(_ password: String, of user: String) throws {
        try Command.run("/usr/bin/mosquitto_passwd", ["-b", users, user, password])
    }

    /// Gives a user another password while it runs; whoever came with the one before is sent away.
    public func change(_ password: String, of user: String) throws {
        settings.users[user] = password
        try write(password, of: user)
        if let processID { Glibc.kill(processID, SIGHUP) }
    }

    /// Starts it and waits until it listens.
    public func start() throws {
        try writeConfiguration()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.executable)
        process.arguments = ["-c", configuration]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try Command.withSignals { try process.run() }
        self.process = process
        try Deadline.wait("mosquitto listens on \(port)", seconds: 10) {
            guard process.isRunning else { throw TestFailure("mosquitto did not start") }
            return LoopbackPort.isOpen(port)
        }
    }

    /// Ends it properly: a persistent one writes its sessions.
    public func stop() throws {
        guard let process else { return }
        process.terminate()
        try Deadline.wait("mosquitto ends", seconds: 10) { !process.isRunning }
        self.process = nil
    }

    /// While it runs.
    public var processID: Int32? { process?.processIdentifier }

    /// Ends it as a crash would.
    public func kill() {
        guard let process, process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    public func restart() throws {
        try stop()
        try start()
    }
}
