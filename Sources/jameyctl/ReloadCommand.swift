import ArgumentParser
import Core

/// `jameyctl reload`
struct ReloadCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Has the agent read its rule directories again.",
        discussion: """
            Wrong files change nothing. While a rollback or a promotion holds, the directory's \
            files take effect only once they have changed, or with --force. Credentials are read \
            again by systemctl reload jameyd. Exits with 65 when the files are wrong. With \
            --json, what POST /reload answers. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Option(name: [.short, .long], help: "Why; it stays in the history.")
    var message: String?

    @Flag(help: "Also where a rollback or a promotion holds.")
    var force = false

    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func validate() throws {
        let most = Limits.activationMessageBytesMax
        guard message?.utf8.count ?? 0 <= most else {
            throw ValidationError("--message has at most \(most) bytes")
        }
    }

    func perform() throws(Ending) {
        let action = RulesRequest.Action.reload(isForced: force)
        let answer = try daemon.client().carryOut(action, message: message)
        try RulesAnswerText(json: json).showReload(answer)
    }
}
