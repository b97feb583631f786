import Core
import Glibc

/// A terminal as a screen of lines: the other one of its two, so that what was there comes back at
/// the end, without a cursor, and with keys that come at once.
struct TerminalScreen {
    private let input: Int32
    private let output: Int32
    private let paint: Paint
    /// How the terminal was set before; nil where keys do not come from one.
    private var before: termios?
    /// What is there.
    private var shown: [UInt8] = []

    init(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, paint: Paint = Paint()) {
        self.input = input
        self.output = output
        self.paint = paint
    }

    /// Where keys come from; nil where they do not.
    var keys: Int32? { before == nil ? nil : input }

    /// What a terminal has that does not say.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (TopScreen.columnsDefault, TopScreen.rowsDefault)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Takes the terminal; again where another program has had it meanwhile.
    /// - Throws: as `show`.
    mutating func enter() throws(Ending) {
        var settings = termios()
        if tcgetattr(input, &settings) == 0 {
            if before == nil { before = settings }
            // Keys without their line, and without being shown; Ctrl-C and Ctrl-Z stay signals.
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
            withUnsafeMutableBytes(of: &settings.c_cc) { codes in
                codes[Int(VMIN)] = 0
                codes[Int(VTIME)] = 0
            }
            tcsetattr(input, TCSADRAIN, &settings)
        }
        shown = []
        // The other screen; no cursor; what is too wide is cut rather than broken.
        try write(Array("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l".utf8))
    }

    /// Gives it back as it was.
    mutating func leave() {
        // Where nobody reads any more, nobody is to be told.
        try? write(Array("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l".utf8))
        if var settings = before { tcsetattr(input, TCSADRAIN, &settings) }
    }

    /// Shows these lines from the top; what is there already is not written again.
    /// - Throws: `.quiet` where the terminal is gone.
    mutating func show(_ lines: [TopLine]) throws(Ending) {
        var bytes: [UInt8] = []
        for (row, line) in lines.enumerated() {
            bytes += Array("\u{1B}[\(row + 1);1H\(styled(line))\u{1B}[K".utf8)
        }
        // What was below the last; there is nothing below the last row.
        if lines.count < size.rows { bytes += Array("\u{1B}[\(lines.count + 1);1H\u{1B}[J".utf8) }
        guard bytes != shown else { return }
        try write(bytes)
        shown = bytes
    }

    /// Has everything written again: somebody may have written over it.
    mutating func forget() { shown = [] }

    private func styled(_ line: TopLine) -> String {
        guard paint.isOn, let code = line.style.code, !line.text.isEmpty else { return line.text }
        return "\u{1B}[\(code)m\(line.text)\u{1B}[0m"
    }

    private func write(_ bytes: [UInt8]) throws(Ending) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: break
            case EAGAIN:
                var polled = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                poll(&polled, 1, -1)
            case _: throw .quiet
            }
        }
    }
}

extension TopLine.Style {
    /// Of ECMA-48, section 8.3.117; nil for none.
    fileprivate var code: Int? {
        switch self {
        case .plain: nil
        case .title: 7
        case .heading: 1
        case .warning: 33
        case .alarm: 31
        case .faint: 2
        }
    }
}
