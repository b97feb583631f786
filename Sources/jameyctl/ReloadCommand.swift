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
        let body = JSONWriter.object { json in
            if force { json.member("force", true) }
            json.member("message", ifPresent: message)
        }
        let answered = try daemon.client().post("/reload", body)
        let answer: RulesAnswer
        do throws(RequestError) { answer = try RulesAnswer(json: answered.body) } catch {
            throw DaemonAnswer.foreign
        }
        try RulesAnswerText(json: json).show(answer) {
            switch $0 {
            case .activated: "the directory's rules are in force"
            case .unchanged: "the rules are as before"
            case .held:
                """
                nothing was done: a rollback or a promotion holds until the files of the rule
                directory change; --force takes them as they are
                """
            }
        }
    }
}
