/// Files, functions and lines of a size that can be read.
enum Sizes {
    static let fileLinesMax = 400
    static let functionLinesMax = 60
    static let lineCharactersMax = 100

    static func check(_ file: SourceFile) -> [Finding] {
        var findings: [Finding] = []
        if isWritten(file) {
            if file.lines.count > fileLinesMax {
                findings.append(
                    file.finding(0, "\(file.lines.count) lines, \(fileLinesMax) allowed"))
            }
            for (index, line) in file.lines.enumerated() where line.count > lineCharactersMax {
                findings.append(file.finding(index, "\(line.count) columns"))
            }
        }
        if file.isSwift, !file.path.hasPrefix("Tests/Fuzz/") {
            for function in functions(in: file) where function.lines > functionLinesMax {
                findings.append(
                    file.finding(function.start, "\(function.name) has \(function.lines) lines"))
            }
        }
        return findings
    }

    /// Fixtures are data; what people write is Swift and scripts.
    private static func isWritten(_ file: SourceFile) -> Bool {
        file.isSwift || file.path.hasPrefix("scripts/") || file.path.hasSuffix(".sh")
    }

    struct Function: Equatable {
        var name: String
        /// The line of its keyword, from 0.
        var start: Int
        /// From the keyword to the closing brace.
        var lines: Int
    }

    /// Functions, initialisers and subscripts with a body, by counting braces.
    static func functions(in file: SourceFile) -> [Function] {
        let tokens = tokens(of: file)
        var functions: [Function] = []
        for (index, token) in tokens.enumerated() where isDeclaration(index, in: tokens) {
            guard let open = body(after: index, in: tokens), let close = end(of: open, in: tokens)
            else { continue }
            let name = token.text == "func" ? String(tokens[index + 1].text) : String(token.text)
            functions.append(
                Function(
                    name: name, start: token.line, lines: tokens[close].line - token.line + 1))
        }
        return functions
    }

    private struct Token {
        var text: Substring
        var line: Int
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "`"
    }

    private static func tokens(of file: SourceFile) -> [Token] {
        var tokens: [Token] = []
        for (line, text) in file.code.enumerated() {
            var rest = text
            while let first = rest.first {
                let token = isWord(first) ? rest.prefix(while: isWord) : rest.prefix(1)
                if !first.isWhitespace { tokens.append(Token(text: token, line: line)) }
                rest = rest[token.endIndex...]
            }
        }
        return tokens
    }

    private static func isDeclaration(_ index: Int, in tokens: [Token]) -> Bool {
        let before = index > 0 ? tokens[index - 1].text : ""
        guard index + 1 < tokens.count, before != "." else { return false }
        switch tokens[index].text {
        case "func": return true
        case "init", "subscript": return ["(", "?", "<"].contains(tokens[index + 1].text)
        case "deinit": return true
        default: return false
        }
    }

    /// The token of the opening brace; nil for a requirement of a protocol.
    private static func body(after index: Int, in tokens: [Token]) -> Int? {
        var depth = 0
        for position in index + 1..<tokens.count {
            switch tokens[position].text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return position
            case "}" where depth == 0: return nil
            case "func", "init", "deinit", "subscript", "var", "let", "case", "associatedtype":
                if depth == 0, position > index + 1 { return nil }
            default: break
            }
        }
        return nil
    }

    private static func end(of open: Int, in tokens: [Token]) -> Int? {
        var depth = 0
        for position in open..<tokens.count {
            if tokens[position].text == "{" { depth += 1 }
            if tokens[position].text == "}" { depth -= 1 }
            if depth == 0 { return position }
        }
        return nil
    }
}
