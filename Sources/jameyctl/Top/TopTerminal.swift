import Core
import Glibc

/// `jameyctl top` on a terminal, until somebody has enough of it.
struct TopTerminal {
    /// Those that end it, and those that change what is to be seen.
    private static let signals = [
        SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT,
    ]

    private let clock = SystemTime()
    private let watcher: TopWatcher
    /// Where signals and looks are heard of.
    private let bell: Int32
    private var view: TopView
    private var screen: TerminalScreen
    /// When the next look begins.
    private var due: MonotonicTime
    private var isOver = false

    /// - Throws: where the system has no pipe left.
    init(
        _ view: TopView, _ watcher: TopWatcher, screen: TerminalScreen = TerminalScreen()
    ) throws(Ending) {
        guard let bell = SignalPipe.open(for: Self.signals) else {
            throw .failure(Exit.io, "no pipe: \(String(cString: strerror(errno)))")
        }
        self.bell = bell
        self.view = view
        self.watcher = watcher
        self.screen = screen
        due = clock.monotonic()
    }

    /// - Throws: why it cannot go on; it returns at `q`, after a signal, and when the terminal is
    ///   gone, which is as it was in each case.
    mutating func run() throws(Ending) {
        defer { screen.leave() }
        try screen.enter()
        while !isOver {
            lookIfDue()
            try show()
            let (rings, keys) = wait()
            for byte in rings { try hear(byte) }
            for key in keys { press(key) }
        }
    }

    private mutating func lookIfDue() {
        let now = clock.monotonic()
        guard now >= due, watcher.look(view.order) else { return }
        due = now + view.interval
    }

    private mutating func show() throws(Ending) {
        let size = screen.size
        try screen.show(
            view.lines(
                columns: size.columns, rows: size.rows, at: clock.monotonic(), clock.now(),
                hasKeys: screen.keys != nil))
    }

    /// Waits for something to happen, or for the next look; a moment at most, since ages grow.
    private mutating func wait() -> (rings: [UInt8], keys: [TopKey]) {
        var polled = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
        if let keys = screen.keys {
            polled.append(pollfd(fd: keys, events: Int16(POLLIN), revents: 0))
        }
        let left = due - clock.monotonic()
        // A look that is under way rings when it is over.
        let pause = left > .zero ? min(left, Limits.topRedrawInterval) : Limits.topRedrawInterval
        poll(&polled, nfds_t(polled.count), Int32(clamping: pause.microseconds / 1_000 + 1))
        let rings = polled[0].revents == 0 ? [] : SignalPipe.take(from: bell)
        guard let keys = polled.dropFirst().first, keys.revents != 0 else { return (rings, []) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(keys.fd, &bytes, bytes.count)
        // Readable, and nothing there: the terminal is gone.
        if count <= 0 { isOver = true }
        return (rings, TopKey.keys(in: Array(bytes.prefix(max(0, count)))))
    }

    private mutating func hear(_ byte: UInt8) throws(Ending) {
        switch Int32(byte) {
        case Int32(SignalPipe.bell): try take()
        case SIGWINCH: screen.forget()
        case SIGTSTP:
            screen.leave()
            // Goes on here when the shell lets it.
            kill(getpid(), SIGSTOP)
            try screen.enter()
        case SIGCONT: try screen.enter()
        case _: isOver = true
        }
    }

    private mutating func take() throws(Ending) {
        for result in watcher.take() {
            switch result {
            case .success(let sample): view.take(sample)
            case .failure(let ending):
                guard view.isWorthWaiting(after: ending) else { throw ending }
                view.miss(ending, at: clock.monotonic())
            }
        }
    }

    private mutating func press(_ key: TopKey) {
        if key == .quit { isOver = true }
        if view.press(key) { due = clock.monotonic() }
    }
}
