import Core
import Glibc
import Synchronization
import Testing

@testable import jameyctl

@Suite("jameyctl top")
struct TopCommandTests {
    private static let enters = "\u{1B}[?1049h"
    private static let leaves = "\u{1B}[?1049l"

    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    /// How often somebody began to look.
    private final class Looks: Sendable {
        let count = Mutex(0)
    }

    /// An agent that has done something when it is asked again.
    private func daemon() throws -> PlayedDaemon {
        let looks = Looks()
        return try PlayedDaemon(socket) { asked in
            let path = String(asked.target.prefix { $0 != "?" })
            let count = looks.count.withLock { count in
                count += path == "/status" ? 1 : 0
                return count
            }
            guard let body = TopScene().answer(to: path, isLater: count > 1) else {
                return .json(#"{"error":"no such route","code":"NOT_FOUND"}"#, status: 404)
            }
            return .json(body)
        }
    }

    private func arguments(_ more: String...) -> [String] {
        ["top", "--socket", socket, "--interval", "200ms"] + more
    }

    private func objects(_ command: Command) -> [JSONValue] {
        command.output.split(separator: "\n").compactMap {
            try? JSONScanner.scan(Array($0.utf8))
        }
    }

    @Test("--once is one screen of plain text, after two looks")
    func once() throws {
        let daemon = try daemon()
        let result = try Command(arguments("--once")).wait()
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        expectColumns(result)
        #expect(result.output.hasPrefix("edge-1  online  up 2d4h  version 3.0.0  rules 3f9a1c77"))
        #expect(result.output.contains("commit p50  1.8 ms"), "\(result)")
        #expect(result.output.contains("東京工場/旋盤-12345"))
        #expect(!result.output.contains("q quit"))
        let once = ["/status", "/metrics", "/alerts?limit=50", "/devices?limit=50&order=loud"]
        #expect(daemon.asked.map(\.target) == once + once)
        #expect(daemon.asked.allSatisfy { $0.method == "GET" })
    }

    @Test("--once --json is one object, of what happened between two looks")
    func onceAsJSON() throws {
        let daemon = try daemon()
        let result = try Command(arguments("--once", "--json")).wait()
        #expect(result.code == 0 && result.lines.count == 1, "\(result)")
        let json = try JSONScanner.scan(Array(result.output.utf8))
        let seconds = try #require(json["over_s"]?.double)
        let rate = try #require(json["messages_per_s"]?.double)
        #expect(seconds >= 0.2 && abs(rate * seconds - 2_468) < 0.001)
        #expect(daemon.asked.count == 8)
    }

    @Test("--json goes on while the daemon is away, says so, and ends with 0 at a signal")
    func away() throws {
        let command = try Command(arguments("--json"))
        #expect(awaits { objects(command).contains { $0["error"] != nil } })
        var daemon: PlayedDaemon? = try daemon()
        #expect(awaits { objects(command).last?["status"]?.string == "online" })
        #expect(daemon?.asked.isEmpty == false)
        daemon = nil
        #expect(awaits { objects(command).last?["away_s"] != nil })
        let reason = objects(command).last?["error"]?.string ?? ""
        #expect(reason.hasPrefix("no agent answers at \(socket)"), "\(reason)")
        command.send(SIGINT)
        let result = command.wait()
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
    }

    @Test("--once, which shows nothing before its end, is ended by a signal as any command is")
    func onceEnded() throws {
        let daemon = try daemon()
        let command = try Command(["top", "--socket", socket, "--once", "--interval", "1h"])
        #expect(awaits { !daemon.asked.isEmpty })
        command.send(SIGTERM)
        let result = command.wait()
        #expect(result.code == 128 + SIGTERM && result.output.isEmpty, "\(result)")
    }

    @Test("what does not become right by waiting is told at once, with its exit code")
    func refused() throws {
        let daemon = try PlayedDaemon(socket) { _ in
            .json(#"{"error":"not you","code":"FORBIDDEN"}"#, status: 403)
        }
        for more in ["--once", "--json"] {
            let result = try Command(arguments(more)).wait()
            #expect(result.code == 77 && result.errors.contains("not you (FORBIDDEN)"))
            #expect(result.output.isEmpty)
        }
        #expect(daemon.asked.map(\.target) == ["/status", "/status"])
    }

    @Test("without a daemon --once says where it looked; exit code 69")
    func absent() throws {
        let result = try Command(arguments("--once")).wait()
        #expect(result.code == 69 && result.output.isEmpty)
        #expect(result.errors.contains("no agent answers at \(socket)"))
    }

    @Test("a wrong interval, or no terminal, is a wrong command line")
    func usage() throws {
        for interval in ["10ms", "2h", "2", "often"] {
            let result = try Command(["top", "--once", "--interval", interval]).wait()
            #expect(result.code == 64, "\(interval): \(result)")
            #expect(result.errors.contains("--interval \(interval): "), "\(result)")
        }
        let piped = try Command(arguments()).wait()
        #expect(piped.code == 64 && piped.errors.contains("no terminal"), "\(piped)")
    }

    // MARK: On a terminal

    @Test("a terminal shows it on its other screen, obeys keys, and is as it was afterwards")
    func live() throws {
        let daemon = try daemon()
        let terminal = try PlayedTerminal()
        let command = try terminal.run(arguments())
        #expect(awaits { terminal.seen.contains("DEVICE, the loudest first") })
        #expect(terminal.seen.hasPrefix(Self.enters) && terminal.isRaw)
        #expect(terminal.seen.contains("\u{1B}[24;1Hq quit"))
        terminal.type("\t")
        #expect(awaits { terminal.seen.contains("DEVICE, heard last first") })
        #expect(daemon.asked.contains { $0.target == "/devices?limit=50&order=recent" })
        terminal.type("q")
        let result = command.wait()
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(terminal.seen.hasSuffix(Self.leaves) && !terminal.isRaw)
    }

    @Test("it follows the size of the terminal, and gives it back for a stop and at a signal")
    func signals() throws {
        let daemon = try daemon()
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            let terminal = try PlayedTerminal()
            let command = try terminal.run(arguments())
            #expect(awaits { terminal.seen.contains("\u{1B}[24;1Hq quit") })
            #expect(awaits { !daemon.asked.isEmpty })
            terminal.resize(columns: 60, rows: 10)
            command.send(SIGWINCH)
            #expect(awaits { terminal.seen.contains("\u{1B}[10;1Hq quit") })
            command.send(SIGTSTP)
            #expect(awaits { terminal.seen.hasSuffix(Self.leaves) && !terminal.isRaw })
            command.send(SIGCONT)
            #expect(awaits { terminal.seen.ranges(of: Self.enters).count > 1 && terminal.isRaw })
            command.send(signal)
            #expect(command.wait().code == 0)
            #expect(terminal.seen.hasSuffix(Self.leaves) && !terminal.isRaw)
        }
    }

    @Test("a terminal shows that the daemon is away, and what it says once it is there")
    func awayLive() throws {
        let terminal = try PlayedTerminal()
        let command = try terminal.run(arguments())
        #expect(awaits { terminal.seen.contains("AWAY for ") })
        #expect(terminal.seen.contains(": no agent answers at "))
        let daemon = try daemon()
        #expect(awaits { terminal.seen.contains("edge-1  online") })
        #expect(!daemon.asked.isEmpty)
        command.send(SIGTERM)
        #expect(command.wait().code == 0)
    }

    @Test("keys and signals are heard while the daemon does not answer")
    func hanging() throws {
        let daemon = try PlayedDaemon(socket) { _ in .raw("", staysOpen: true) }
        let terminal = try PlayedTerminal()
        let command = try terminal.run(arguments())
        #expect(awaits { !daemon.asked.isEmpty && terminal.seen.contains("asking \(socket)") })
        let start = SystemTime().monotonic()
        terminal.type("q")
        #expect(command.wait().code == 0)
        #expect(SystemTime().monotonic() - start < Limits.topPatience)
        #expect(daemon.asked.map(\.target) == ["/status"])
    }
}
