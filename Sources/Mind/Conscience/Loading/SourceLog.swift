import Core

/// One file while it is read: its lines, and everything found wrong in it so far.
///
/// A class, because readers at every depth add to the one list. It stays inside one loading.
public final class SourceLog {
    public let file: String
    /// In the order found; at most `Limits.sourceErrorsMax`, the last of which says so.
    public private(set) var errors: [SourceError] = []
    let text: String
    private let lines: [Substring.UnicodeScalarView]

    public init(file: String, text: String) {
        self.file = file
        var native = text
        native.makeContiguousUTF8()
        self.text = native
        self.lines = Self.split(native)
    }

    /// - Parameters:
    ///   - message: what is wrong; of a longer one the first `Limits.sourceMessageBytesMax` bytes.
    ///   - hint: likewise.
    public func report(_ message: String, hint: String? = nil, at position: FilePosition) {
        guard errors.count < Limits.sourceErrorsMax else { return }
        let isLast = errors.count == Limits.sourceErrorsMax - 1
        let most = Limits.sourceMessageBytesMax
        // Both may quote what was written, and a file may be one name.
        errors.append(
            SourceError(
                file: file, position: position,
                message: isLast
                    ? "too many errors; the rest of this file is not shown"
                    : message.bounded(to: most),
                hint: isLast ? nil : hint?.bounded(to: most),
                excerpt: line(position.line).map { SourceExcerpt(of: $0, at: position.column) }))
    }

    /// The scalars of a line, counted from 1, without its end.
    func line(_ number: Int) -> Substring.UnicodeScalarView? {
        lines.indices.contains(number - 1) ? lines[number - 1] : nil
    }

    /// The place that many UTF-8 bytes into the text.
    func position(ofByte offset: Int) -> FilePosition {
        let head = text.utf8.prefix(max(offset, 0))
        let rows = Self.split(String(decoding: head, as: UTF8.self))
        return FilePosition(line: rows.count, column: (rows.last?.count ?? 0) + 1)
    }

    /// Lines as libYAML counts them: CR LF, LF, CR, NEL, LS and PS end one.
    private static func split(_ text: String) -> [Substring.UnicodeScalarView] {
        let scalars = text.unicodeScalars
        var lines: [Substring.UnicodeScalarView] = []
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            let next = scalars.index(after: index)
            switch scalars[index] {
            case "\r" where next < scalars.endIndex && scalars[next] == "\n":
                lines.append(scalars[start..<index])
                index = scalars.index(after: next)
                start = index
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(scalars[start..<index])
                index = next
                start = index
            case _:
                index = next
            }
        }
        lines.append(scalars[start...])
        return lines
    }
}
