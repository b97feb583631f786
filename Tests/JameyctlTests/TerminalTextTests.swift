import Testing

@testable import jameyctl

@Suite("Text by the columns of a terminal")
struct TerminalTextTests {
    @Test("letters of East Asia and pictures take two columns, marks and joiners none")
    func columns() {
        let widths: [(String, Int)] = [
            ("", 0), ("press-7", 7), ("süd", 3), ("su\u{308}d", 3), ("81 °C", 5), ("…", 1),
            ("東京", 4), ("旋盤-1", 6), ("ﾃｽﾄ", 3), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2),
            ("🔥", 2), ("🇩🇪", 2), ("a\u{200D}b", 2), ("\u{FFFD}", 1), ("żółw", 4), ("שלום", 4),
            ("Ａ", 2),
        ]
        for (text, width) in widths {
            #expect(text.terminalColumns == width, "\(text): \(text.terminalColumns)")
        }
    }

    @Test("what is too wide is cut before the letter that has no room, and never within one")
    func cut() {
        #expect("press-7".fitted(to: 7) == "press-7")
        #expect("press-7".fitted(to: 6) == "press…")
        // 工 would end in the column of the ellipsis.
        #expect("東京工場".fitted(to: 8) == "東京工場")
        #expect("東京工場".fitted(to: 7) == "東京工…")
        #expect("東京工場".fitted(to: 6) == "東京…")
        #expect("e\u{301}cole".fitted(to: 2) == "e\u{301}…")
        #expect("ab".fitted(to: 1) == "…" && "東".fitted(to: 1) == "…")
        for columns in [0, -1] { #expect("ab".fitted(to: columns).isEmpty) }
        #expect("".fitted(to: 0).isEmpty)
    }

    @Test("tables have their columns where they are, whatever stands in them")
    func tables() {
        var table = TextTable(["NAME", "LAST"])
        for name in ["press-7", "東京工場", "🔥🔥", "e\u{301}cole"] {
            table.rows.append([TextTable.Cell(name), "|"])
        }
        for columns in [nil, 80, 12] as [Int?] {
            let places = table.lines(columns: columns, paint: Paint(isOn: false)).dropFirst().map {
                String($0.prefix { $0 != "|" }).terminalColumns
            }
            #expect(places == [10, 10, 10, 10], "\(places)")
        }
    }

    @Test("a column is filled to its width whatever stands in it")
    func filling() {
        for text in ["", "a", "東京", "東京工場で", "🔥🔥🔥", "e\u{301}cole superieure"] {
            for columns in 0...9 {
                #expect(text.filling(columns).terminalColumns == columns, "\(text) in \(columns)")
                #expect(text.atRight(of: columns).terminalColumns == columns)
            }
        }
        #expect("12".filling(4) == "12  " && "12".atRight(of: 4) == "  12")
    }
}
