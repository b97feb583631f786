/// Swift text with the contents of strings and comments replaced by blanks, line by line in place.
///
/// Knows escapes, interpolations, multi-line and raw strings, nested comments; no regex literals,
/// of which the project has none.
struct CodeMask {
    private var codeBytes: [UInt8] = []
    private var codeAndCommentBytes: [UInt8] = []
    private let text: [UInt8]
    private var position = 0
    private var modes: [Mode] = [.code(parentheses: 0)]

    private enum Mode {
        /// The file, or an interpolation, with its open parentheses.
        case code(parentheses: Int)
        case string(hashes: Int, isMultiline: Bool)
    }

    init(_ text: String) {
        self.text = Array(text.utf8)
        while position < self.text.count, let mode = modes.last {
            switch mode {
            case .code(let parentheses): stepInCode(parentheses)
            case .string(let hashes, let isMultiline): stepInString(hashes, isMultiline)
            }
        }
    }

    /// The text with comments and string contents blanked.
    var code: String { String(decoding: codeBytes, as: UTF8.self) }
    /// The text with string contents blanked.
    var codeAndComments: String { String(decoding: codeAndCommentBytes, as: UTF8.self) }

    private func isAt(_ word: StaticString, offset: Int = 0) -> Bool {
        let start = position + offset
        let count = word.utf8CodeUnitCount
        guard start + count <= text.count else { return false }
        for index in 0..<count where text[start + index] != word.utf8Start[index] { return false }
        return true
    }

    private func isAtHashes(_ count: Int, offset: Int) -> Bool {
        (0..<count).allSatisfy { isAt("#", offset: offset + $0) }
    }

    private var isAtNewline: Bool { text[position] == UInt8(ascii: "\n") }

    private enum Kind { case code, comment, content }

    private mutating func take(_ count: Int, as kind: Kind) {
        for _ in 0..<min(count, text.count - position) {
            let blank = isAtNewline ? UInt8(ascii: "\n") : UInt8(ascii: " ")
            codeBytes.append(kind == .code ? text[position] : blank)
            codeAndCommentBytes.append(kind == .content ? blank : text[position])
            position += 1
        }
    }

    private mutating func stepInCode(_ parentheses: Int) {
        if isAt("//") {
            while position < text.count, !isAtNewline { take(1, as: .comment) }
        } else if isAt("/*") {
            skipBlockComment()
        } else if let hashes = hashesBeforeQuote() {
            let isMultiline = isAt("\"\"\"", offset: hashes)
            modes.append(.string(hashes: hashes, isMultiline: isMultiline))
            take(hashes + (isMultiline ? 3 : 1), as: .code)
        } else if isAt("(") {
            modes[modes.count - 1] = .code(parentheses: parentheses + 1)
            take(1, as: .code)
        } else if isAt(")") {
            if parentheses == 0, modes.count > 1 {
                modes.removeLast()
            } else {
                modes[modes.count - 1] = .code(parentheses: parentheses - 1)
            }
            take(1, as: .code)
        } else {
            take(1, as: .code)
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if isAt("/*") {
                depth += 1
                take(2, as: .comment)
            } else if isAt("*/") {
                depth -= 1
                take(2, as: .comment)
            } else {
                take(1, as: .comment)
            }
        } while depth > 0 && position < text.count
    }

    private func hashesBeforeQuote() -> Int? {
        var hashes = 0
        while isAt("#", offset: hashes) { hashes += 1 }
        return isAt("\"", offset: hashes) ? hashes : nil
    }

    private mutating func stepInString(_ hashes: Int, _ isMultiline: Bool) {
        let quotes = isMultiline ? 3 : 1
        if isAt("\\"), isAtHashes(hashes, offset: 1) {
            if isAt("(", offset: 1 + hashes) {
                take(hashes + 2, as: .code)
                modes.append(.code(parentheses: 0))
            } else {
                take(hashes + 2, as: .content)
            }
        } else if isMultiline ? isAt("\"\"\"") : isAt("\""), isAtHashes(hashes, offset: quotes) {
            take(quotes + hashes, as: .code)
            modes.removeLast()
        } else {
            // A plain string ends with its line at the latest.
            if isAtNewline, !isMultiline { modes.removeLast() }
            take(1, as: .content)
        }
    }
}
