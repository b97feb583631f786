/// What is wrong in a file that a person wrote, where, and what to do about it.
public struct SourceError: Error, Equatable, Sendable {
    public var file: String
    public var position: FilePosition
    public var message: String
    /// How to put it right, where that is known.
    public var hint: String?
    /// The line it stands in, for the caret; nil where the file has no such line.
    public var sourceLine: String?

    public init(
        file: String, position: FilePosition, message: String, hint: String? = nil,
        sourceLine: String? = nil
    ) {
        self.file = file
        self.position = position
        self.message = message
        self.hint = hint
        self.sourceLine = sourceLine
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
        guard let sourceLine else { return headline }
        return headline + "\n" + Self.excerpt(of: sourceLine, at: position.column)
    }

    /// At most this many columns of the line are shown, with the place among them.
    private static let excerptColumnsMax = 96

    /// The line and the caret, both indented by four.
    private static func excerpt(of line: String, at column: Int) -> String {
        let scalars = Array(line.unicodeScalars)
        let place = min(max(column - 1, 0), scalars.count)
        let first = max(0, min(place - excerptColumnsMax / 2, scalars.count - excerptColumnsMax))
        let last = min(scalars.count, first + excerptColumnsMax)
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: scalars[first..<last])
        // A tab stays a tab below itself, so that the caret stands right at any tab width.
        let indent = String(scalars[first..<place].map { $0 == "\t" ? "\t" : " " } as [Character])
        let start = first > 0 ? "   …" : "    "
        let end = last < scalars.count ? "…" : ""
        return start + printable(String(shown)) + end + "\n    " + indent + "^"
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
