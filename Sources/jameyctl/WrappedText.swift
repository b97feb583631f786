extension String {
    /// How wide a report for a person is, whatever its output.
    static let reportColumns = 80

    /// In lines of at most so many columns, broken at spaces, or anywhere in a longer word.
    ///
    /// - Parameter hanging: where the lines behind the first begin, and before which the first is
    ///   not broken; without, two columns behind the beginning of the first.
    func wrapped(to columns: Int = String.reportColumns, hanging: Int? = nil) -> [String] {
        guard utf8.count > columns, terminalColumns > columns else { return [self] }
        let text = Array(self)
        let widths = text.map { String($0).terminalColumns }
        var start = text.prefix { $0 == " " }.count
        // What is deep inside of something else has half of a line, too.
        var margin = min(start, columns / 2)
        let further = min(hanging ?? margin + 2, columns / 2)
        var lines: [String] = []
        while start < text.count {
            let blanks = String(repeating: " ", count: margin)
            // One letter at least, however wide.
            let end = max(start + 1, Self.end(of: columns - margin, in: widths, from: start))
            guard end < text.count else {
                lines.append(blanks + String(text[start...]))
                break
            }
            let least = Self.end(of: further - margin, in: widths, from: start) + 1
            // A space right behind the line is as good.
            let place = least <= end ? text[least...end].lastIndex(of: " ") ?? end : end
            let last = text[start..<place].lastIndex { $0 != " " } ?? start
            lines.append(blanks + String(text[start...last]))
            start = text[place...].firstIndex { $0 != " " } ?? text.count
            margin = further
        }
        return lines
    }

    /// Behind the last letter that still has room.
    private static func end(of columns: Int, in widths: [Int], from start: Int) -> Int {
        var (room, place) = (columns, start)
        while place < widths.count, widths[place] <= room {
            room -= widths[place]
            place += 1
        }
        return place
    }
}
