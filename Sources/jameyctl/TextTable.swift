/// Rows in columns under a heading, for a person.
struct TextTable {
    struct Cell: Equatable, ExpressibleByStringLiteral {
        var text: String
        var colour: Paint.Colour?

        /// - Parameter text: may be anybody's: it is made fit for a terminal.
        init(_ text: String, _ colour: Paint.Colour? = nil) {
            self.text = text.printable
            self.colour = colour
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    /// Of a column but the last, on a terminal.
    private static let columnMax = 24
    private static let gap = "  "

    let heading: [String]
    /// As many cells as the heading has.
    var rows: [[Cell]] = []

    init(_ heading: [String]) { self.heading = heading }

    /// - Parameter columns: how wide the terminal is; nil writes everything out.
    func lines(columns: Int?, paint: Paint) -> [String] {
        let bound = columns == nil ? Int.max : Self.columnMax
        let widths = heading.indices.map { index in
            let cells = rows.map { $0[index].text.terminalColumns } + [heading[index].count]
            return min(bound, cells.max() ?? 0)
        }
        let all = [heading.map { Cell($0, .bold) }] + rows
        return all.map { Self.line($0, widths, columns: columns ?? .max, paint) }
    }

    private static func line(
        _ cells: [Cell], _ widths: [Int], columns: Int, _ paint: Paint
    ) -> String {
        var line = ""
        var room = columns
        for (index, cell) in cells.enumerated() where room > 0 {
            let isLast = cells[(index + 1)...].allSatisfy(\.text.isEmpty)
            let width = index == cells.count - 1 ? room : min(room, widths[index])
            let text = cell.text.fitted(to: width)
            line += cell.colour.map { paint($0, text) } ?? text
            if isLast { break }
            line += String(repeating: " ", count: max(0, width - text.terminalColumns)) + gap
            room -= width + gap.count
        }
        return line
    }
}

extension LineOutput {
    /// Adds a table, as wide as the terminal.
    mutating func table(_ table: TextTable, paint: Paint = Paint()) throws(Ending) {
        for line in table.lines(columns: columns, paint: paint) { try self.line(line) }
    }
}
