/// A file of the project with its text told apart from comments and string contents.
struct SourceFile {
    /// From the root of the package: `Sources/Core/Event.swift`.
    let path: String
    /// As they stand.
    let lines: [Substring]
    /// The same lines with the contents of comments and strings blanked. Swift only.
    let code: [Substring]
    /// The same lines with the contents of strings blanked. Swift only.
    let codeAndComments: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = Self.split(text)
        if path.hasSuffix(".swift") {
            let mask = CodeMask(text)
            code = Self.split(mask.code)
            codeAndComments = Self.split(mask.codeAndComments)
        } else {
            code = lines
            codeAndComments = lines
        }
    }

    private static func split(_ text: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.last?.isEmpty == true ? lines.dropLast() : lines
    }

    var isSwift: Bool { path.hasSuffix(".swift") }

    /// `Core` of `Sources/Core/JSON/JSONValue.swift`; nil outside of Sources.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    /// The file's name without folders and ending.
    var name: Substring {
        let file = path.split(separator: "/").last ?? ""
        return file.prefix { $0 != "." }
    }

    /// Whether a comment on the line, or alone on the one before, gives a reason.
    func hasReason(_ index: Int) -> Bool {
        [index, index - 1].contains { candidate in
            guard lines.indices.contains(candidate),
                let start = codeAndComments[candidate].firstRange(of: "//")
            else { return false }
            let isAlone = code[candidate].allSatisfy(\.isWhitespace)
            let words = codeAndComments[candidate][start.upperBound...].split(separator: " ")
            return (candidate == index || isAlone) && words.count >= 3
        }
    }

    func finding(_ index: Int, _ message: String) -> Finding {
        Finding(path: path, line: index + 1, message: message)
    }
}
