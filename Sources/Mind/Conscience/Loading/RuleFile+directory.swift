import Core

extension RuleFile {
    /// How the names of rule files end.
    public static let suffixes = [".yaml", ".yml"]

    /// The rule files of a directory, whoever read it; files of tests (`*_test.yaml`) are none.
    /// - Throws: every file that could not be read, at once.
    public static func all(_ files: [TextDirectory.File]) throws(RuleSetErrors) -> [RuleFile] {
        var read: [RuleFile] = []
        var errors: [SourceError] = []
        for file in files where !isTest(file.name) {
            switch file.text {
            case .success(let text):
                read.append(RuleFile(name: file.name, text: text))
            case .failure(let error):
                errors.append(
                    SourceError(file: file.name, position: .start, message: error.description))
            }
        }
        if !errors.isEmpty { throw RuleSetErrors(errors: errors) }
        return read
    }

    /// Names these files as a rule set of them is named, whether they are one or not.
    public static func digest(of files: [RuleFile]) -> String { RuleSetDigest.digest(of: files) }
}

extension RuleSet {
    /// Its files, but for the one that stands in where they hold nothing: those of a directory.
    public var writtenFiles: [RuleFile] { files.filter { $0 != DefaultRules.file } }
}
