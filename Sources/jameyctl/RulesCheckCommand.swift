import ArgumentParser
import Core
import Mind

/// `jameyctl rules check`
struct RulesCheckCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a directory of rule files as the agent would, and tells every error.",
        discussion: """
            Exit codes: 0 the rules are good, 65 they are not, 66 there is no such directory. \
            With --json the answer is one JSON object on standard output in each case.
            """)

    @Argument(help: "Its *.yaml and *.yml are read, in the order of their names.")
    var directory: String

    @Flag(help: "Tell the result as JSON.")
    var json = false

    func perform() throws(Ending) {
        let found = try files()
        let set: RuleSet
        do throws(RuleSetErrors) {
            set = try RuleSetLoader.load(try RuleFile.all(found))
        } catch {
            throw try Complaints(errors: error.errors.map(withPath)).ending(isJSON: json)
        }
        var output = LineOutput()
        if json { try output.line(Self.json(set)) } else { try output.line(summary(set)) }
        try output.flush()
    }

    private func files() throws(Ending) -> [TextDirectory.File] {
        do throws(TextDirectoryError) {
            return try TextDirectory.read(
                directory, suffixes: RuleFile.suffixes, filesMax: Limits.ruleFilesMax,
                bytesMax: Limits.ruleFileBytesMax)
        } catch {
            let problem = SourceError(
                file: directory, position: .start, message: error.description,
                hint: "name the directory that holds the rule files")
            throw try Complaints(errors: [problem], code: Exit.noInput).ending(isJSON: json)
        }
    }

    /// As a person who stands outside of the directory would open it.
    private func withPath(_ error: SourceError) -> SourceError {
        var error = error
        error.file = directory + (directory.hasSuffix("/") ? "" : "/") + error.file
        return error
    }

    private func summary(_ set: RuleSet) -> String {
        let isDefault = set.files == [DefaultRules.file]
        let routes = "\(counted(set.routes.count, "route")) with the built-in one"
        let origin =
            isDefault
            ? "no routes and no rules, so the two default rules apply"
            : "\(routes), \(counted(set.rules.count, "rule")): good"
        return "\(directory): \(origin)\n\(set.digest)"
    }

    private static func json(_ set: RuleSet) -> [UInt8] {
        JSONWriter.object {
            $0.member("ok", true)
            $0.member("files", set.files.map(\.name))
            $0.member("routes", set.routes.count)
            $0.member("rules", set.rules.count)
            $0.member("ruleset", set.digest)
        }
    }
}
