import Core
import Mind

/// The rule files of a directory, as they were read.
public struct RuleDirectory: Equatable, Sendable {
    /// In the order of their names, by bytes.
    public var files: [RuleFile]
    /// What the operator should know, though nothing is wrong.
    public var notice: String?

    /// Reads every `*.yaml` and `*.yml` of a directory (`TextDirectory`).
    ///
    /// A missing directory has no rules, and a notice.
    /// - Throws: every file that cannot be read, at once; the rules in force stay.
    public static func read(_ path: String) throws(RuleSetErrors) -> RuleDirectory {
        let found: [TextDirectory.File]
        do throws(TextDirectoryError) {
            found = try TextDirectory.read(
                path, suffixes: RuleFile.suffixes, filesMax: Limits.ruleFilesMax,
                bytesMax: Limits.ruleFileBytesMax)
        } catch {
            if error == .doesNotExist {
                let notice = "\(path) does not exist: the two default rules apply"
                return RuleDirectory(files: [], notice: notice)
            }
            throw RuleSetErrors(errors: [
                SourceError(file: path, position: .start, message: error.description)
            ])
        }
        let files = try RuleFile.all(found)
        let notice = files.isEmpty ? "\(path) has no rule files: the two default rules apply" : nil
        return RuleDirectory(files: files, notice: notice)
    }
}
