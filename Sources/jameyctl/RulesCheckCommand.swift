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
        let place = RulesDirectory(path: directory)
        let set = try place.rules(in: try place.read(isJSON: json), isJSON: json)
        var output = LineOutput()
        if json { try output.line(Self.json(set)) } else { try output.line(summary(set)) }
        try output.flush()
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
