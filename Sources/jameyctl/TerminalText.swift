/// Text by the columns of a terminal: letters of East Asia and pictures take two, marks above
/// letters none.
extension String {
    var terminalColumns: Int { unicodeScalars.reduce(0) { $0 + $1.terminalColumns } }

    /// At most so many columns, the last a `…` where some text is left out. No letter is parted
    /// from its marks.
    func fitted(to columns: Int) -> String {
        // No letter takes more columns than bytes.
        guard utf8.count > columns, terminalColumns > columns else { return self }
        var kept = ""
        var room = columns - 1
        for character in self {
            room -= String(character).terminalColumns
            guard room >= 0 else { break }
            kept.append(character)
        }
        return columns > 0 ? kept + "…" : ""
    }

    /// Exactly so many columns, with blanks behind it where it is shorter.
    func filling(_ columns: Int) -> String {
        let text = fitted(to: columns)
        return text + String(repeating: " ", count: max(0, columns - text.terminalColumns))
    }

    /// The same, with the blanks before it: for numbers.
    func atRight(of columns: Int) -> String {
        let text = fitted(to: columns)
        return String(repeating: " ", count: max(0, columns - text.terminalColumns)) + text
    }
}

extension Unicode.Scalar {
    /// As wcwidth(3) has it in a UTF-8 locale, whatever the locale is.
    var terminalColumns: Int {
        // What nearly every text is made of.
        if (0x20..<0x7F).contains(value) { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control: return 0
        // But for the soft hyphen, which terminals show.
        case .format: return value == 0xAD ? 1 : 0
        // Vowels and ends of syllables, which stand in the square of the consonant before.
        case _ where (0x1160...0x11FF).contains(value): return 0
        case _: return isWide ? 2 : 1
        }
    }

    private var isWide: Bool {
        if Self.wideRanges.contains(where: { $0.contains(value) }) { return true }
        // Two of them make a flag, which takes two columns.
        let isHalfOfFlag = (0x1F1E6...0x1F1FF).contains(value)
        return properties.isEmojiPresentation && !isHalfOfFlag
    }

    /// Wide and fullwidth letters and signs (Unicode Standard Annex 11), in their order.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF,
        0x20000...0x3FFFD,
    ]
}
