import Foundation
import Glibc

/// A terminal on which a program lives: a test presses the keys, and sees what was written so far
/// (pty(7)).
final class PlayedTerminal {
    /// What programs open to read from it and write to it.
    let path: String
    private let screen: Int32
    private let line: Int32
    private var bytes: [UInt8] = []

    init(columns: UInt16 = 80, rows: UInt16 = 24) throws {
        var (screen, line): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&screen, &line, &name, nil, &size) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ENOENT)
        }
        for descriptor in [screen, line] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(screen, F_SETFL, O_NONBLOCK)
        let characters = name.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }
        path = String(decoding: characters, as: UTF8.self)
        self.screen = screen
        self.line = line
    }

    deinit {
        close(screen)
        close(line)
    }

    /// Starts jameyctl with its input and its output here, without colours.
    func run(_ arguments: [String]) throws -> Command {
        var environment = ProcessInfo.processInfo.environment
        environment["NO_COLOR"] = "1"
        let script = #"terminal=$1; shift; exec "$@" <"$terminal""#
        return try Command(
            ["-c", script, "sh", path, Command.path] + arguments, program: "/bin/sh",
            output: path, environment: environment)
    }

    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = Glibc.write(screen, bytes, bytes.count)
    }

    /// Whoever lives there is not told.
    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(screen, UInt(TIOCSWINSZ), &size)
    }

    /// Everything that was written so far.
    var seen: String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(screen, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether keys come one by one, and are not shown by themselves.
    var isRaw: Bool {
        var settings = termios()
        guard tcgetattr(line, &settings) == 0 else { return false }
        return settings.c_lflag & tcflag_t(ICANON | ECHO) == 0
    }
}
