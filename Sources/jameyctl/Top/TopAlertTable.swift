import Core

/// The alerts that fire, with how long they have.
struct TopAlertTable {
    private static let ageColumns = 6
    private static let severityColumns = 8
    /// Of rule and entity: parts of what is left.
    private static let nameParts = 4

    let alerts: [TopAlert]
    /// How many there are in all.
    let firing: Int
    /// The place of the first that is to be shown.
    let first: Int
    let time: Timestamp
    let columns: Int

    var rowsWanted: Int { max(1, alerts.count) }

    /// A heading, and so many rows at most.
    func lines(rows: Int) -> [TopLine] {
        // Somebody who went to the end sees a full table all the same.
        let start = max(0, min(first, alerts.count - rows))
        let shown = alerts[start..<min(alerts.count, start + max(0, rows))]
        var lines = [heading(shown)]
        if alerts.isEmpty, rows > 0 { lines.append(TopLine("no alert fires", .faint)) }
        for alert in shown { lines.append(TopLine(row(alert), style(alert))) }
        return lines
    }

    private func heading(_ shown: ArraySlice<TopAlert>) -> TopLine {
        let names = line("ALERTS", "SEVERITY", "RULE", "ENTITY", "MESSAGE")
        guard !shown.isEmpty else { return TopLine(names, .heading) }
        let place = "\(shown.startIndex + 1)-\(shown.endIndex) of \(firing)"
        let room = max(0, columns - place.count - 1)
        return TopLine(names.filling(room) + " " + place, .heading)
    }

    private func row(_ alert: TopAlert) -> String {
        let age = alert.since.map { TopText.age(time - $0) } ?? TopText.unknown
        let seen = alert.seenBy.map { "(seen by \($0)) " } ?? ""
        return line(
            age.atRight(of: Self.ageColumns), alert.severity.printable, alert.rule.printable,
            alert.entity.printable, (seen + alert.message).printable)
    }

    private func line(
        _ age: String, _ severity: String, _ rule: String, _ entity: String, _ message: String
    ) -> String {
        let fixed = Self.ageColumns + Self.severityColumns + 8
        let name = max(0, columns - fixed) / Self.nameParts
        return [
            age, severity.filling(Self.severityColumns), rule.filling(name), entity.filling(name),
            message,
        ].joined(separator: "  ")
    }

    /// Those that nobody has seen yet stand out.
    private func style(_ alert: TopAlert) -> TopLine.Style {
        guard alert.seenBy == nil else { return .faint }
        switch alert.severity {
        case "critical": return .alarm
        case "warning": return .warning
        case _: return .plain
        }
    }
}
