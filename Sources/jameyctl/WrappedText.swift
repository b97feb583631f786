extension String {
    /// How wide a report for a person is, whatever its output.
    static let reportColumns = 80

    /// In lines of at most so many characters, broken at spaces, or anywhere in a longer word.
    ///
    /// - Parameter hanging: where the lines behind the first begin, and before which the first is
    ///   not broken; without, two characters behind the beginning of the first.
    func wrapped(to columns: Int = String.reportColumns, hanging: Int? = nil) -> [String] {
        guard count > columns else { return [self] }
        let text = Array(self)
        var start = text.prefix { $0 == " " }.count
        // What is deep inside of something else has half of a line, too.
        var margin = min(start, columns / 2)
        let further = min(hanging ?? margin + 2, columns / 2)
        var lines: [String] = []
        while start < text.count {
            let blanks = String(repeating: " ", count: margin)
            let end = start + columns - margin
            guard end < text.count else {
                lines.append(blanks + String(text[start...]))
                break
            }
            let least = start + max(0, further - margin)
            // A space right behind the line is as good.
            let place = text[(least + 1)...end].lastIndex(of: " ") ?? end
            let last = text[start..<place].lastIndex { $0 != " " } ?? start
            lines.append(blanks + String(text[start...last]))
            start = text[place...].firstIndex { $0 != " " } ?? text.count
            margin = further
        }
        return lines
    }
}
