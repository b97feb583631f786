/// Readings as a table: a line of names, then a line for each reading, columns separated by
/// semicolons, as SKAB publishes them.
public struct ReadingTable {
    public struct Malformed: Error, Equatable, CustomStringConvertible {
        public var line: Int
        public var reason: String

        public init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }

        public var description: String { "line \(line): \(reason)" }
    }

    /// A reading: as many cells as there are names.
    public struct Row {
        /// From 1, empty ones not counted.
        public let line: Int
        public let cells: [Substring]
        fileprivate let names: [Substring]

        public func malformed(_ reason: String) -> Malformed {
            Malformed(line: line, reason: reason)
        }

        /// - Throws: The cell is no finite number.
        public func number(in column: Int) throws(Malformed) -> Double {
            guard let number = Double(cells[column]), number.isFinite else {
                throw malformed("\(names[column]) is no number: \(cells[column])")
            }
            return number
        }
    }

    public let names: [Substring]
    public let rows: [Row]

    /// - Throws: The first line that has not as many columns as the first one; or there is none.
    public init(_ text: String) throws(Malformed) {
        let lines = text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline)
        guard let header = lines.first else { throw Malformed(line: 1, reason: "it is empty") }
        let names = Self.cells(of: header)
        var rows: [Row] = []
        for (index, line) in lines.enumerated().dropFirst() {
            let row = Row(line: index + 1, cells: Self.cells(of: line), names: names)
            guard row.cells.count == names.count else {
                throw row.malformed("\(row.cells.count) columns instead of \(names.count)")
            }
            rows.append(row)
        }
        self.names = names
        self.rows = rows
    }

    /// - Throws: There is no column of this name.
    public func column(_ name: String) throws(Malformed) -> Int {
        guard let column = names.firstIndex(of: name[...]) else {
            throw Malformed(line: 1, reason: "there is no column \(name)")
        }
        return column
    }

    private static func cells(of line: Substring) -> [Substring] {
        line.split(separator: ";", omittingEmptySubsequences: false)
    }
}
