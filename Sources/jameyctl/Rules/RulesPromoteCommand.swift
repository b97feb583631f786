import ArgumentParser
import Core
import Mind
import Store

/// `jameyctl rules promote`
struct RulesPromoteCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Has the rule set take effect that the agent runs in shadow.",
        discussion: """
            It is an event of the log. What takes effect is what ran: the files of rules.shadow \
            as they were read last. No directory is touched: the set stays in force, over \
            restarts too, until the files of the rule directory are others than now; move those \
            of the shadow there, which changes nothing more. A rule in mode shadow is promoted \
            by editing its file; with its name, this says where. Exit codes: 65 nothing is in \
            shadow, or it is a rule to be edited; 69 no agent answers there; 75 no agent has the \
            store of --database open; the others as in jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Argument(help: "A rule in mode shadow: says what to edit.")
    var rule: String?

    @OptionGroup var reason: ReasonOption

    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func validate() throws { try reason.check() }

    func perform() throws(Ending) {
        let place = try reason.author.resolve(place)
        if let rule { throw Self.advice(on: rule, try RuleLine.all(at: place)) }
        let answer = try reason.carryOut(.promote, at: place)
        try RulesAnswerText(json: json).show(answer) {
            switch $0 {
            case .activated, .held:
                """
                what ran in shadow is in force, over restarts too, until the files of the rule
                directory change. Move the files of the shadow directory there
                """
            case .unchanged: "this rule set is in force already"
            }
        }
    }

    private static func advice(on name: String, _ rules: [RuleLine]) -> Ending {
        guard let rule = rules.first(where: { $0.name == name }) else {
            return .failure(Exit.data, "the rules in force have no rule '\(name)'")
        }
        guard rule.mode == "shadow" else {
            return .failure(Exit.data, "'\(name)' is in mode \(rule.mode), not shadow")
        }
        return .failure(
            Exit.data,
            "\(rule.file):\(rule.line): nothing was done: write 'mode: active' there, then call "
                + "jameyctl rules reload")
    }
}

/// Where a rule of the set in force stands, and whether it acts.
private struct RuleLine {
    var name: String
    var mode: String
    var file: String
    var line: Int64

    /// Those in force.
    static func all(at place: Place) throws(Ending) -> [RuleLine] {
        switch place {
        case .file(let store):
            let reader = try store.open()
            let latest: StoredRuleset?
            do throws(ReadError) { latest = try reader.latestRuleset() } catch {
                throw Ending(error)
            }
            let rules = (try? latest?.rules())?.rules ?? []
            return rules.map {
                RuleLine(
                    name: $0.name, mode: $0.mode.rawValue, file: $0.file, line: Int64($0.line))
            }
        case .daemon(let daemon):
            let rules = try daemon.list("/rules", "rules", limit: Limits.daemonListMax)
            return rules.elements.map { rule in
                RuleLine(
                    name: rule["name"]?.string ?? "", mode: rule["mode"]?.string ?? "",
                    file: rule["file"]?.string ?? "", line: rule["line"]?.int ?? 0)
            }
        }
    }
}
