import Core
import Mind

/// Rule files in a body: `{"files":[{"name","text"}]}`.
enum RuleFilesBody {
    /// - Returns: in the order of their names, by bytes, as those of a directory.
    /// - Throws: `BAD_FILES`, `BAD_NAME`.
    static func files(_ body: JSONValue) throws(APIError) -> [RuleFile] {
        guard let elements = body["files"]?.array,
            (1...Limits.ruleFilesMax).contains(elements.count)
        else { throw fault("must be a list of 1 to \(Limits.ruleFilesMax) files") }
        var files: [RuleFile] = []
        for element in elements {
            guard let name = element["name"]?.string, let text = element["text"]?.string else {
                throw fault(#"must be files: {"name":"10.yaml","text":…}"#)
            }
            files.append(RuleFile(name: try RuleFileName.check(name), text: text))
        }
        files.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (file, next) in zip(files, files.dropFirst())
        where file.name.hasSameBytes(as: next.name) {
            throw fault("has '\(file.name)' twice")
        }
        return files
    }

    private static func fault(_ message: String) -> APIError {
        APIError(RequestFields.fault("files", message))
    }
}
