import Core
import Proof

/// A series drawn with characters: the band from least to greatest, and the mean in it.
///
/// ```
/// 82.5 ┤          ░
///      │     ░░░━━━░░
/// 61.2 ┤━━━━━━━━░░░━━
///      └┬──────────────┬
///       12:00          14:00
/// ```
struct SeriesPlot {
    let series: Series
    /// Of all, with the axis.
    let columns: Int
    let rows: Int
    let style: Style

    /// What it is drawn with.
    struct Style {
        var band, mean, axis, tick, corner, bottom, mark: Character

        static let unicode = Style(
            band: "░", mean: "━", axis: "│", tick: "┤", corner: "└", bottom: "─", mark: "┬")
        static let ascii = Style(
            band: ":", mean: "*", axis: "|", tick: "+", corner: "+", bottom: "-", mark: "+")
    }

    var lines: [String] {
        let total = series.total
        guard total.count > 0 else { return [] }
        let labels = labels(total)
        let margin = labels.map(\.count).max() ?? 0
        let width = max(8, columns - margin - 2)
        let cells = cells(total, width: width)
        var lines = (0..<rows).map { row in
            let label = labels[row]
            let tick = label.isEmpty ? style.axis : style.tick
            let drawn = String(cells.map { $0[row] })
            let line = label.leftPadded(to: margin) + " \(tick)" + drawn
            return line.withoutTrailingSpaces
        }
        lines += times(margin: margin, width: width)
        return lines
    }

    // MARK: Cells

    /// By column, each from the top.
    private func cells(_ total: Summary, width: Int) -> [[Character]] {
        bins(width).map { summary in
            var column = [Character](repeating: " ", count: rows)
            guard summary.count > 0 else { return column }
            let (low, high) = (row(of: summary.minimum, total), row(of: summary.maximum, total))
            // Of what comes from outside the least may be more than the greatest.
            for place in min(high, low)...max(high, low) { column[place] = style.band }
            column[row(of: summary.mean, total)] = style.mean
            return column
        }
    }

    /// From the top.
    private func row(of value: Double, _ total: Summary) -> Int {
        let span = total.maximum - total.minimum
        guard span > 0, span.isFinite else { return rows / 2 }
        let share = (total.maximum - value) / span
        return min(rows - 1, max(0, Int(near: share * Double(rows - 1))))
    }

    /// What each column comes to. A point covers the columns of its time.
    private func bins(_ width: Int) -> [Summary] {
        var bins = [Summary](repeating: Summary(), count: width)
        let span = max(1, (series.until - series.since).microseconds)
        let length = series.grain.resolution?.microseconds ?? 1
        func column(_ time: Timestamp) -> Int {
            let share = Double((time - series.since).microseconds) / Double(span)
            return Int(near: (share * Double(width)).rounded(.down))
        }
        for point in series.points {
            let first = max(0, column(point.at))
            let end = column(point.at + .microseconds(length - 1))
            guard first < width, end >= 0 else { continue }
            for place in first...min(width - 1, max(first, end)) {
                bins[place].merge(point.summary)
            }
        }
        return bins
    }

    // MARK: Axes

    /// One for each row; empty for most.
    private func labels(_ total: Summary) -> [String] {
        var labels = [String](repeating: "", count: rows)
        let span = total.maximum - total.minimum
        guard span > 0, span.isFinite else {
            labels[rows / 2] = Self.text(total.mean, in: abs(total.mean))
            return labels
        }
        for quarter in 0...4 {
            let place = (rows - 1) * quarter / 4
            let share = Double(place) / Double(rows - 1)
            labels[place] = Self.text(total.maximum - span * share, in: span)
        }
        return labels
    }

    /// With three digits of what the axis spans.
    static func text(_ value: Double, in span: Double) -> String {
        guard span > 0, span < 1e15, abs(value) < 1e15 else { return "\(value)" }
        var digits = 0
        var unit = span
        while unit < 100, digits < 9 {
            unit *= 10
            digits += 1
        }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e18 else { return "\(value)" }
        let number = Int64(scaled)
        let sign = value < 0 && number > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(number)" }
        let text = String(number).leftPadded(to: digits + 1, with: "0")
        return "\(sign)\(text.dropLast(digits)).\(text.suffix(digits))"
    }

    private func times(margin: Int, width: Int) -> [String] {
        let labelWidth = time(series.since).count
        let count = max(2, min(5, width / (labelWidth + 4)))
        let span = (series.until - series.since).microseconds
        var axis = [Character](repeating: style.bottom, count: width)
        var text = ""
        for mark in 0..<count {
            let place = (width - 1) * mark / (count - 1)
            axis[place] = style.mark
            let at = series.since + .microseconds(span / Int64(count - 1) * Int64(mark))
            // The last one ends where the plot does.
            let start = mark == count - 1 ? max(text.count + 1, width - labelWidth) : place
            text = text.padded(to: start) + time(at)
        }
        let indent = String(repeating: " ", count: margin + 1)
        return [indent + "\(style.corner)" + String(axis), indent + " " + text]
    }

    private func time(_ at: Timestamp) -> String {
        let text = at.rfc3339()
        let span = series.until - series.since
        if span <= .seconds(600) { return String(text.dropFirst(11).prefix(8)) }
        if span <= .seconds(86_400) { return String(text.dropFirst(11).prefix(5)) }
        if span <= .seconds(60 * 86_400) {
            return "\(text.dropFirst(5).prefix(5)) \(text.dropFirst(11).prefix(5))"
        }
        return String(text.prefix(10))
    }
}

extension String {
    func leftPadded(to count: Int, with character: Character = " ") -> String {
        String(repeating: character, count: max(0, count - self.count)) + self
    }

    fileprivate var withoutTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
