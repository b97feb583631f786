import Core
import Mind

/// A line of the screen, and how it is to look where the terminal can.
struct TopLine: Equatable, Sendable {
    enum Style: Sendable {
        case plain
        /// The bar at the top.
        case title
        case heading
        case warning
        case alarm
        /// What is there for who needs it.
        case faint
    }

    var text: String
    var style: Style

    init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// A view as the lines of a screen: none is wider than that, and there are no more than fit.
///
/// ```
/// edge-1  online  up 2d4h  version 3.0.0  rules 3f9a1c77e021          12:00:05 UTC
///
/// messages    1234/s        decisions   12.3/s        commits     41.2/s
/// …
/// ALERTS  SEVERITY  RULE            ENTITY          MESSAGE               1-2 of 2
///  5m12s  critical  overheat        press-7         press-7 has 81 °C
/// ```
struct TopScreen {
    let view: TopView
    let columns: Int
    let rows: Int
    let now: MonotonicTime
    let time: Timestamp
    /// Whether somebody can press keys.
    let hasKeys: Bool

    static let columnsDefault = 80
    static let rowsDefault = 24

    var lines: [TopLine] {
        var lines = [title, note]
        let end = hasKeys ? [footer] : []
        if let sample = view.sample {
            lines += TopNumbers(sample: sample, pace: view.pace).lines(columns: columns)
            lines += parts(of: sample)
            // An empty line and a heading before each of two tables.
            lines += tables(of: sample, rows: rows - lines.count - end.count - 4)
        }
        let room = max(0, rows - end.count)
        lines = Array(lines.prefix(room))
        // Keys are told in the last row.
        if hasKeys {
            lines += Array(repeating: TopLine(""), count: room - lines.count)
        }
        return (lines + end).prefix(rows).map { TopLine($0.text.fitted(to: columns), $0.style) }
    }

    // MARK: Head and foot

    private var title: TopLine {
        let clock = "\(time.rfc3339().dropFirst(11).prefix(8)) UTC"
        let room = columns - clock.count - 1
        guard room > clock.count else { return TopLine(about.filling(columns), .title) }
        return TopLine("\(about.filling(room)) \(clock)", .title)
    }

    private var about: String {
        guard let sample = view.sample else { return "jameyctl top" }
        var words = [
            (sample.status["node"]?.string ?? "the agent").printable.fitted(to: columns / 4),
            sample.state.printable,
        ]
        if let uptime = sample.status["uptime_s"]?.int {
            words.append("up " + TopText.age(.seconds(uptime)))
        }
        if let version = sample.status["version"]?.string {
            words.append("version " + version.printable)
        }
        let rules = sample.status["ruleset"]?.string?.shortDigest ?? "none"
        words.append("rules " + rules.printable)
        return words.joined(separator: "  ")
    }

    /// What is wrong, in a sentence.
    private var note: TopLine {
        if let absence = view.absence {
            let age = TopText.age(now - absence.since)
            return TopLine("AWAY for \(age): \(absence.reason)", .alarm)
        }
        guard let sample = view.sample else { return TopLine("asking \(view.place)", .faint) }
        guard sample.state != "online" else { return TopLine("") }
        let reason = sample.status["reason"]?.string.map { ": \($0.printable)" } ?? ""
        return TopLine(sample.state.printable + reason, .warning)
    }

    private var footer: TopLine {
        let keys = "q quit  tab other devices  up, down alerts"
        let rest = "every \(view.interval.text)  \(view.place)"
        let room = columns - keys.count - 2
        guard room > 0 else { return TopLine(keys, .faint) }
        return TopLine(keys + "  " + rest.atRight(of: room), .faint)
    }

    // MARK: Components

    /// All on one line, and each that is not well on one of its own.
    private func parts(of sample: TopSample) -> [TopLine] {
        let all = sample.components.map { "\($0.name) \($0.state)".printable }
        let ill = sample.components.filter { $0.state != "ok" && $0.state != "disabled" }
        return [TopLine(all.joined(separator: "  "))]
            + ill.map { TopLine("\($0.name) \($0.state): \($0.summary)".printable, .alarm) }
    }

    // MARK: Tables

    /// Each gets what it needs, or what the other leaves, but half of the rows in any case.
    private func tables(of sample: TopSample, rows: Int) -> [TopLine] {
        let alerts = TopAlertTable(
            alerts: sample.alerts, firing: sample.alertsFiring, first: view.firstAlert,
            time: time, columns: columns)
        let devices = TopDeviceTable(
            devices: sample.devices, order: sample.order, time: time, columns: columns)
        let room = max(0, rows)
        let alertRows = min(alerts.rowsWanted, max(room / 2, room - devices.rowsWanted))
        return [TopLine("")] + alerts.lines(rows: alertRows) + [TopLine("")]
            + devices.lines(rows: room - alertRows)
    }
}

extension TopView {
    /// - Parameters:
    ///   - columns: how wide the screen is, 1...
    ///   - rows: how many lines it has, 1...
    ///   - now: by which ages are told, as `time`.
    func lines(
        columns: Int, rows: Int, at now: MonotonicTime, _ time: Timestamp, hasKeys: Bool = true
    ) -> [TopLine] {
        TopScreen(
            view: self, columns: columns, rows: rows, now: now, time: time, hasKeys: hasKeys
        ).lines
    }
}
