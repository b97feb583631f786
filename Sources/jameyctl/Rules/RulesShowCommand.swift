import ArgumentParser
import Core

/// `jameyctl rules show`
struct RulesShowCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows the rules in force, and how often each had something to say.",
        discussion: """
            Counted since the agent started or the rules took effect; with a name everything \
            about one rule. Only the agent counts, so it has to run: jameyctl rules history and \
            rules diff need none. Exits with 1 when there is no such rule. With --json, each as \
            GET /rules tells it. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "Only this one, with everything about it.")
    var rule: String?

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws {
        if rule?.isEmpty == true { throw ValidationError("a rule has a name") }
    }

    func perform() throws(Ending) {
        let list = try daemon.client().list("/rules", "rules", limit: Limits.daemonListMax)
        let set = RuleSetInForce(list)
        guard let rule else { return try show(set) }
        guard let report = set.report(of: rule) else {
            throw .failure(
                Exit.noValue, "the rules in force have no rule '\(rule.printable)'")
        }
        try report.tell(asJSON: json)
    }

    private func show(_ set: RuleSetInForce) throws(Ending) {
        if !json {
            var output = LineOutput()
            for line in set.head { try output.line(line) }
            try output.flush()
        }
        try set.list.show(set.table, asJSON: json, nothing: "they have no rule")
    }
}
