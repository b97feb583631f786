import Core
import Mind

/// A directory of rule files, as a command was given it.
struct RulesDirectory {
    let path: String

    /// Every file that can be of rules or of tests.
    func read(isJSON: Bool) throws(Ending) -> [TextDirectory.File] {
        do throws(TextDirectoryError) {
            return try TextDirectory.read(
                path, suffixes: RuleFile.suffixes, filesMax: Limits.ruleFilesMax,
                bytesMax: Limits.ruleFileBytesMax)
        } catch {
            let problem = SourceError(
                file: path, position: .start, message: error.description,
                hint: "name the directory that holds the rule files")
            throw try Complaints(errors: [problem], code: Exit.noInput).ending(isJSON: isJSON)
        }
    }

    func rules(
        in files: [TextDirectory.File], isJSON: Bool
    ) throws(Ending) -> RuleSet {
        do throws(RuleSetErrors) {
            return try RuleSetLoader.load(try RuleFile.all(files))
        } catch {
            let errors = error.errors.map(withPath)
            throw try Complaints(errors: errors).ending(isJSON: isJSON)
        }
    }

    /// As a person who stands outside of the directory would open it.
    func withPath(_ error: SourceError) -> SourceError {
        var error = error
        error.file = within(error.file)
        return error
    }

    func within(_ name: String) -> String { path + (path.hasSuffix("/") ? "" : "/") + name }
}
