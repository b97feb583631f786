/// Where each character of a scalar's value stands in the file it was written in.
///
/// Quoting, escapes, line folding and indentation part the two. An error of an expression is told
/// at its own place in the file, not at the place of the value that holds it.
struct ScalarSource {
    private let log: SourceLog
    private let start: FilePosition
    private let places: [FilePosition]

    /// - Parameter node: A scalar, as it was composed from the log's text.
    init(_ node: YAMLNode, in log: SourceLog) {
        self.log = log
        start = node.position
        guard case .scalar(let text, let style) = node.content else {
            places = []
            return
        }
        var walk = ScalarWalk(log: log, at: node.position)
        places = walk.places(of: text, style) ?? []
    }

    /// The place of the scalar value's n-th Unicode scalar, from 0; the one behind the last too.
    ///
    /// Beyond the end, or where the text could not be followed: where the value begins.
    func position(ofScalar offset: Int) -> FilePosition {
        if places.indices.contains(offset) { return places[offset] }
        guard offset >= places.count, var last = places.last else { return start }
        last.column += 1
        return last
    }
}

/// Walks the raw text of one scalar in step with its value.
private struct ScalarWalk {
    private let log: SourceLog
    private var line: Int
    private var column: Int
    private var row: [Unicode.Scalar] = []

    init(log: SourceLog, at position: FilePosition) {
        self.log = log
        line = position.line
        column = position.column
        row = log.line(line).map(Array.init) ?? []
    }

    /// nil where value and raw text part: then the reader falls back to the value's beginning.
    mutating func places(of text: String, _ style: YAMLNode.ScalarStyle) -> [FilePosition]? {
        switch style {
        case .plain: return flow(text, quote: nil)
        case .singleQuoted: return flow(text, quote: "'")
        case .doubleQuoted: return flow(text, quote: "\"")
        case .literal, .folded: return block(text)
        }
    }

    private var here: FilePosition { FilePosition(line: line, column: column) }

    private var current: Unicode.Scalar? {
        row.indices.contains(column - 1) ? row[column - 1] : nil
    }

    private var following: Unicode.Scalar? {
        row.indices.contains(column) ? row[column] : nil
    }

    /// Goes to the first scalar of the next line that is no white space; false at the file's end.
    private mutating func nextLine() -> Bool {
        guard let next = log.line(line + 1) else { return false }
        line += 1
        row = Array(next)
        column = 1
        while current == " " || current == "\t" { column += 1 }
        return true
    }

    // MARK: Plain and quoted

    private mutating func flow(_ text: String, quote: Unicode.Scalar?) -> [FilePosition]? {
        if let quote {
            guard current == quote else { return nil }
            column += 1
        }
        var places: [FilePosition] = []
        var isFolding = false
        for scalar in text.unicodeScalars {
            // One line end is a blank; each further one is a line feed of the value.
            if isFolding, scalar == "\n" {
                places.append(here)
                continue
            }
            isFolding = false
            if scalar == " " || scalar == "\n", isAtLineEnd {
                places.append(here)
                repeat { guard nextLine() else { return nil } } while current == nil
                isFolding = true
                continue
            }
            guard let length = rawLength(of: scalar, quote: quote) else { return nil }
            places.append(here)
            column += length
        }
        places.append(here)
        return places
    }

    private var isAtLineEnd: Bool {
        row[min(column - 1, row.count)...].allSatisfy { $0 == " " || $0 == "\t" }
    }

    /// How many raw scalars spell one scalar of the value; nil where they do not.
    private func rawLength(of scalar: Unicode.Scalar, quote: Unicode.Scalar?) -> Int? {
        guard let raw = current else { return nil }
        if raw == "'", quote == "'" { return following == "'" ? 2 : nil }
        if raw == "\\", quote == "\"" {
            switch following {
            case "x": return 4
            case "u": return 6
            case "U": return 10
            case nil: return nil
            case _: return 2
            }
        }
        return raw == scalar ? 1 : nil
    }

    // MARK: Block

    /// Lines of a block begin below its header and share one indentation.
    private mutating func block(_ text: String) -> [FilePosition]? {
        guard let indent = blockIndent() else { return nil }
        var places: [FilePosition] = []
        guard stepIntoBlockLine(indent) else { return nil }
        for scalar in text.unicodeScalars {
            // A literal line end is itself; a folded one is a blank, or swallowed before an
            // empty line.
            while current == nil, scalar != "\n", scalar != " " {
                guard stepIntoBlockLine(indent) else { return nil }
            }
            places.append(here)
            if current == nil {
                guard stepIntoBlockLine(indent) else { continue }
            } else {
                guard current == scalar else { return nil }
                column += 1
            }
        }
        places.append(here)
        return places
    }

    private func blockIndent() -> Int? {
        var number = line + 1
        while let next = log.line(number) {
            if let first = next.firstIndex(where: { $0 != " " }) {
                return next.distance(from: next.startIndex, to: first)
            }
            number += 1
        }
        return nil
    }

    private mutating func stepIntoBlockLine(_ indent: Int) -> Bool {
        guard let next = log.line(line + 1) else { return false }
        line += 1
        row = Array(next)
        column = indent + 1
        return true
    }
}
