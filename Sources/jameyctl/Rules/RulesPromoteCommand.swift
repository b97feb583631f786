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
            shadow, or it is a rule to be edited; 75 no agent runs; the others as in jameyctl \
            --help.
            """)

    @OptionGroup var store: StoreOption

    @Argument(help: "A rule in mode shadow: says what to edit.")
    var rule: String?

    @OptionGroup var reason: ReasonOption

    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func validate() throws { try reason.check() }

    func perform() throws(Ending) {
        if let rule { throw try Self.advice(on: rule, store) }
        let answer = try reason.carryOut(.promote, at: store.database)
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

    private static func advice(on name: String, _ store: StoreOption) throws(Ending) -> Ending {
        let reader = try store.open()
        let latest: StoredRuleset?
        do throws(ReadError) { latest = try reader.latestRuleset() } catch { throw Ending(error) }
        guard let rule = (try? latest?.rules())?.rules.first(where: { $0.name == name }) else {
            return .failure(Exit.data, "the rules in force have no rule '\(name)'")
        }
        guard rule.mode == .shadow else {
            return .failure(Exit.data, "'\(name)' is in mode \(rule.mode.rawValue), not shadow")
        }
        return .failure(
            Exit.data,
            "\(rule.file):\(rule.line): nothing was done: write 'mode: active' there, then call "
                + "jameyctl rules reload")
    }
}
