import Core

/// The course of trust as a picture of text: time to the right, from 0 below to 1 above.
///
/// ```
/// 1.0 │
///     │▄▄▄▄▃▃▃
/// 0.5 │███████      ▂▂▃▃▃
///     │████████████▇█████
/// 0.0 │██████████████████
///      03-01 12:00:00 ···
/// ```
struct TrustPlot {
    private static let rows = 5
    private static let marginColumns = 5
    private static let columnsMax = 120
    private static let blocks = Array(" ▁▂▃▄▅▆▇█")

    /// After each change.
    let course: [Soul]
    let halfLife: Duration
    let end: Timestamp

    /// - Parameters:
    ///   - course: the soul after each change, oldest first.
    ///   - end: The last moment that is shown.
    init(_ course: [Soul], halfLife: Duration, end: Timestamp) {
        self.course = course
        self.halfLife = halfLife
        self.end = max(end, course.last?.at ?? end)
    }

    /// - Parameter columns: How wide the picture may be, its margin included.
    /// - Returns: nothing where no change is known.
    func lines(columns: Int) -> [String] {
        guard let first = course.first else { return [] }
        let width = max(10, min(columns, Self.columnsMax) - Self.marginColumns)
        let levels = values(width, from: first.at).map { value in
            Int(near: value * Double(Self.rows * 8))
        }
        var lines = (0..<Self.rows).reversed().map { row in
            let label = row == Self.rows - 1 ? "1.0" : row == Self.rows / 2 ? "0.5" : "   "
            let bars = levels.map { Self.blocks[min(8, max(0, $0 - row * 8))] }
            return (row == 0 ? "0.0" : label) + " │" + String(bars)
        }
        let margin = String(repeating: " ", count: Self.marginColumns)
        let (begin, end) = (SoulLine.time(first.at), SoulLine.time(self.end))
        let gap = width - begin.count - end.count
        lines.append(
            margin + begin + (gap > 0 ? String(repeating: " ", count: gap) + end : ""))
        return lines
    }

    /// Trust at the end of each column.
    func values(_ count: Int, from start: Timestamp) -> [Double] {
        let span = (end - start).microseconds
        var next = 0
        return (1...count).map { column in
            let part = Double(span) * (Double(column) / Double(count))
            let time = column == count ? end : start + .microseconds(Int64(part))
            while next + 1 < course.count, course[next + 1].at <= time { next += 1 }
            return course[next].settled(at: time, halfLife: halfLife).trust
        }
    }
}
