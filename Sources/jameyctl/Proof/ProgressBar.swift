import Core
import Glibc

/// How far something long has come, on a line of standard error that is written anew.
///
/// Only where that is a terminal.
struct ProgressBar {
    private static let barColumnsMax = 24
    /// Often enough to be seen, seldom enough to cost nothing.
    private static let interval: Duration = .milliseconds(100)

    private let total: Int64
    private let unit: String
    /// One less than the terminal has: a full line would break, and `\r` lead back to its end only.
    private let columns: Int
    private let barColumns: Int
    private let isShown: Bool
    private let start: MonotonicTime
    private var shownAt: MonotonicTime?

    /// - Parameters:
    ///   - isShown: whether standard error is a terminal, in earnest.
    ///   - columns: how wide that is.
    init(
        total: Int64, unit: String, isShown: Bool = isatty(STDERR_FILENO) == 1,
        columns: Int = LineOutput(descriptor: STDERR_FILENO).columns ?? 80,
        at start: MonotonicTime = SystemTime().monotonic()
    ) {
        let (most, room) = (max(1, total), max(1, columns - 1))
        // What else there is at its longest, so that the bar's end stays where it is.
        let rest = "[] 100 %  \(most) of \(most) \(unit)  9999999/s  99999 s left"
        self.total = most
        self.unit = unit
        self.isShown = isShown
        self.columns = room
        barColumns = min(Self.barColumnsMax, max(0, room - rest.count))
        self.start = start
    }

    mutating func show(_ done: Int64, at now: MonotonicTime = SystemTime().monotonic()) {
        guard isShown else { return }
        if let shownAt, now - shownAt < Self.interval, done < total { return }
        shownAt = now
        Self.write("\r" + text(done, after: now - start) + "\u{1B}[K")
    }

    /// The line is left to what follows.
    func clear() {
        if shownAt != nil { Self.write("\r\u{1B}[K") }
    }

    /// `[########                ]  33 %  120000 of 360000 events  81000/s  3 s left`
    func text(_ done: Int64, after elapsed: Duration) -> String {
        let done = max(0, done)
        let share = Double(min(done, total)) / Double(total)
        let filled = Int(share * Double(barColumns))
        let bar = String(repeating: "#", count: filled).padded(to: barColumns)
        let percent = String(Int(share * 100))
        let padding = String(repeating: " ", count: max(0, 3 - percent.count))
        var text = "[\(bar)] \(padding)\(percent) %  \(done) of \(total) \(unit)"
        let seconds = Double(elapsed.microseconds) / 1e6
        guard done > 0, seconds > 0 else { return text.fitted(to: columns) }
        let rate = Double(done) / seconds
        text += "  \(Int(near: rate.rounded(.down)))/s"
        if done < total {
            let left = (Double(total - done) / rate).rounded(.up)
            text += "  \(Int(near: left)) s left"
        }
        return text.fitted(to: columns)
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        // There is nobody to tell when this fails.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
