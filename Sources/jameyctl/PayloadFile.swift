import Core
import Glibc
import Mind

/// A JSON file that a command was given; `-` is standard input.
struct PayloadFile {
    let path: String

    private var name: String { path == "-" ? "standard input" : path }

    func document(isJSON: Bool) throws(Ending) -> JSONValue {
        let bytes = try read(isJSON: isJSON)
        do throws(JSONError) { return try JSONScanner.scan(bytes) } catch {
            let position = FilePosition(line: error.line, column: error.column)
            let line = Self.line(error.line, of: String(decoding: bytes, as: UTF8.self))
            let found = SourceError(
                file: name, position: position, message: error.message, sourceLine: line)
            throw try Complaints(errors: [found]).ending(isJSON: isJSON)
        }
    }

    func read(isJSON: Bool) throws(Ending) -> [UInt8] {
        let bound = Limits.payloadBytesMax
        do throws(TextFileError) {
            if path == "-" { return try TextFile.readAll(STDIN_FILENO, bytesMax: bound) }
            return try TextFile.readBytes(path, bytesMax: bound) { _ in nil }
        } catch {
            var hint: String?
            var code = Exit.noInput
            switch error {
            case .notRegular: hint = "for a pipe, write --payload -"
            case .tooLarge: code = Exit.data
            case .cannotOpen, .cannotRead, .refused, .notUTF8: hint = "name another file"
            }
            let found = SourceError(
                file: name, position: .start, message: error.description, hint: hint)
            throw try Complaints(errors: [found], code: code).ending(isJSON: isJSON)
        }
    }

    /// A line of a text, from 1; nil where there is none.
    static func line(_ number: Int, of text: String) -> String? {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(number - 1) ? String(lines[number - 1]) : nil
    }
}
