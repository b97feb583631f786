import Foundation
import Glibc
import Testing

/// A terminal of 80 columns, of which a test is the other side (pty(7)).
final class Terminal {
    /// Behind everything that was written: no command writes it.
    private static let end: UInt8 = 4

    /// What programs open to write to it.
    let path: String
    private let screen: Int32
    private let line: Int32

    init() throws {
        var (screen, line): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&screen, &line, &name, nil, &size) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ENOENT)
        }
        for descriptor in [screen, line] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }
        path = String(decoding: bytes, as: UTF8.self)
        self.screen = screen
        self.line = line
    }

    deinit {
        close(screen)
        close(line)
    }

    /// What a program shows on a terminal, its errors included, with plain line ends.
    /// - Parameter more: variables beside those of the tests, which have no NO_COLOR here.
    static func shown(
        _ arguments: [String], program: String = Command.path, with more: [String: String] = [:]
    ) throws -> (code: Int32, text: String) {
        let terminal = try Terminal()
        var environment = ProcessInfo.processInfo.environment
        environment["NO_COLOR"] = nil
        environment.merge(more) { _, new in new }
        let command = try Command(
            arguments, program: program, output: terminal.path, errors: terminal.path,
            environment: environment)
        let result = command.wait()
        return (result.code, try terminal.read())
    }

    /// What was written to it so far. Little enough that the kernel has held it until now.
    private func read() throws -> String {
        var bytes = [Self.end]
        _ = Glibc.write(line, bytes, 1)
        bytes = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while bytes.last != Self.end {
            var polled = pollfd(fd: screen, events: Int16(POLLIN), revents: 0)
            try #require(poll(&polled, 1, 60_000) == 1, "the terminal shows nothing more")
            let count = Glibc.read(screen, &buffer, buffer.count)
            try #require(count > 0, "the terminal is gone")
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes.dropLast(), as: UTF8.self).replacing("\r\n", with: "\n")
    }
}
