/// What is wrong in a file that a person wrote, where, and what to do about it.
public struct SourceError: Error, Equatable, Sendable {
    public var file: String
    public var position: FilePosition
    public var message: String
    /// How to put it right, where that is known.
    public var hint: String?
    /// Of the line it stands in, for the caret; nil where the file has no such line.
    public var excerpt: SourceExcerpt?

    /// - Parameter sourceLine: whole; the part around the place is kept.
    public init(
        file: String, position: FilePosition, message: String, hint: String? = nil,
        sourceLine: String? = nil
    ) {
        self.init(
            file: file, position: position, message: message, hint: hint,
            excerpt: sourceLine.map { SourceExcerpt(of: $0.unicodeScalars, at: position.column) })
    }

    init(
        file: String, position: FilePosition, message: String, hint: String?,
        excerpt: SourceExcerpt?
    ) {
        self.file = file
        self.position = position
        self.message = message
        self.hint = hint
        self.excerpt = excerpt
    }
}

/// A place in a text: line and column from 1, columns in Unicode scalars as libYAML counts them.
public struct FilePosition: Hashable, Comparable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static let start = FilePosition(line: 1, column: 1)

    public static func < (a: FilePosition, b: FilePosition) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

extension SourceError: CustomStringConvertible {
    /// `file:line:column: error: message (hint)`, then the line and a caret below the place.
    public var description: String {
        let place = "\(file):\(position.line):\(position.column)"
        let advice = hint.map { " (\($0))" } ?? ""
        let headline = Self.printable("\(place): error: \(message)\(advice)")
        guard let excerpt else { return headline }
        return headline + "\n" + shown(excerpt)
    }

    /// The line and the caret, both indented by four.
    private func shown(_ excerpt: SourceExcerpt) -> String {
        let scalars = excerpt.text.unicodeScalars
        // A tab stays a tab below itself, so that the caret stands right at any tab width.
        let before = scalars.prefix(max(0, position.column - excerpt.column))
        let indent = String(before.map { $0 == "\t" ? "\t" : " " } as [Character])
        let start = excerpt.column > 1 ? "   …" : "    "
        let end = excerpt.isCut ? "…" : ""
        return start + Self.printable(excerpt.text) + end + "\n    " + indent + "^"
    }

    /// Control characters could rewrite a terminal; a file may hold any.
    private static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
            result.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }
}
