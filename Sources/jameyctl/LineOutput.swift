import Core
import Glibc

/// Standard output, written whole lines at a time.
struct LineOutput {
    private let descriptor: Int32
    private let isTerminal: Bool
    private var buffer: [UInt8] = []

    init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// Adds a line of JSON; it is written with others, at `flush` at the latest.
    ///
    /// For a program it stays byte for byte as it is; on a terminal it means the same.
    /// - Throws: as `flush`.
    mutating func line(_ json: [UInt8]) throws(Ending) {
        try add(isTerminal ? TerminalJSON.text(json) : json)
    }

    /// Adds a line of text, which is fit for a terminal.
    /// - Throws: as `flush`.
    mutating func line(_ text: String) throws(Ending) { try add(Array(text.utf8)) }

    private mutating func add(_ bytes: [UInt8]) throws(Ending) {
        buffer += bytes
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Limits.outputBufferBytes { try flush() }
    }

    /// Writes what is there.
    /// - Throws: `.quiet` when the reader is gone or a signal has come, an I/O error else.
    mutating func flush() throws(Ending) {
        defer { buffer.removeAll(keepingCapacity: true) }
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                // A signal has cut it short: the reader takes no more, or not now.
                if !rest.isEmpty, Interruption.hasCome { throw .quiet }
            } else {
                try handle(errno)
            }
        }
    }

    private func handle(_ code: Int32) throws(Ending) {
        switch code {
        case EINTR: if Interruption.hasCome { throw .quiet }
        case EPIPE: throw .quiet
        case EAGAIN:
            // Not for ever: the signal that ends it may have come to another thread.
            let pause = Int32(clamping: Limits.followInterval.microseconds / 1_000)
            _ = wait(milliseconds: pause, for: Int16(POLLOUT))
            if Interruption.hasCome { throw .quiet }
        case _:
            let reason = String(cString: strerror(code))
            throw .failure(Exit.io, "the output cannot be written: \(reason)")
        }
    }

    /// Waits, but not on when a signal comes or the reader goes.
    /// - Returns: false when there is nobody left to write for.
    func wait(_ duration: Duration) -> Bool {
        let milliseconds = Int32(clamping: duration.microseconds / 1_000)
        return wait(milliseconds: milliseconds, for: 0) && !Interruption.hasCome
    }

    private func wait(milliseconds: Int32, for events: Int16) -> Bool {
        var polled = pollfd(fd: descriptor, events: events, revents: 0)
        poll(&polled, 1, milliseconds)
        return polled.revents & Int16(POLLERR | POLLHUP | POLLNVAL) == 0
    }

    /// How wide the terminal is; nil where the output is none, and lines may have any length.
    var columns: Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
